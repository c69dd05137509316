"""What is done with the store beside the acts at the counter."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class AdministrativeAct(StrEnum):
    """What is written down beside the acts at the counter: whatever else was done with the store, its copies, its keys and its trust."""

    SHEET = "sheet"
    BACKUP = "backup"
    RESTORE = "restore"
    BEGUN = "begun"
    """A new store for old keys, because somebody asked for it."""
    MOVED = "moved"
    LISTED = "listed"
    TRUST_ADDED = "trust-added"
    TRUST_REMOVED = "trust-removed"
    LISTS_FORGOTTEN = "lists-forgotten"
    """The memory of the revocation lists was taken away: an older one may serve now."""
    CAUGHT_UP = "caught-up"
    """The anchor was behind after a crash, by an unbroken chain."""
    ACCEPTED = "accepted"
    """Staff confirmed what was found to be wrong with the store."""
