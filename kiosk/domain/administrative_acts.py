"""Administrative acts on the store."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class AdministrativeAct(StrEnum):
    """Audited acts other than those at the counter: whatever else is done to the store, its backups, its keys and its trust anchors."""

    SHEET = "sheet"
    BACKUP = "backup"
    RESTORE = "restore"
    BEGUN = "begun"
    """A new store was created for existing keys, on request."""
    MOVED = "moved"
    LISTED = "listed"
    ENROLLED = "enrolled"
    """From then on the library's server held the links."""
    ERASED = "erased"
    """Store and keys were erased, because the library's server had revoked the counter."""
    LOADED = "loaded"
    """All links were replaced by a snapshot of the library's server."""
    EPOCH_BEGUN = "epoch-begun"
    """On the library's server: a new epoch, because the database had lost something."""
    MOVED_IN = "moved-in"
    """On the library's server: the links of another system's list were taken in."""
    KEY_ROTATED = "key-rotated"
    """On the library's server: all links were brought under a new site key."""
    EXPORTED = "exported"
    """All links of the library's server were written to a file."""
    MIGRATED = "migrated"
    """The store was brought to a form that could not take over its links, which were dropped."""
    TRUST_ADDED = "trust-added"
    TRUST_REMOVED = "trust-removed"
    LISTS_FORGOTTEN = "lists-forgotten"
    """The record of revocation lists seen was deleted, so an older list may be accepted."""
    CLIENT_ADDED = "client-added"
    """From then on a program on this computer could ask for numbers."""
    CLIENT_REVOKED = "client-revoked"
    KEYS_IN_FILE = "keys-in-file"
    """The first keys were saved in a file, because the platform's credential store refused them."""
    CAUGHT_UP = "caught-up"
    """After a crash the anchor was behind and was brought up to date along an unbroken chain."""
    ACCEPTED = "accepted"
    """Staff accepted the store despite the problem found."""
