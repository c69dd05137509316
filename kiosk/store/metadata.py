"""The names of the store's notes (kiosk/ledger/notes.py)."""

from __future__ import annotations

RECOVERY_SHEET = "recovery.confirmed"
IDENTITY = "store.identity"
"""32 random hexadecimal digits, created with the store; copies share them."""
LINKS_DIGEST = "links.digest"
ANCHORED = "store.anchored"
"""An anchor was written; if it is missing later, it was removed."""
DOUBT = "store.doubt"
"""A problem found and not yet confirmed: its code, and the number of missing acts if known."""
ACCEPTED = "store.accepted"
"""Confirmed problems: the audit row up to which the trail was accepted, and the accepted excess of links."""
