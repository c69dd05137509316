"""Setup of the tour: a store rolled back to an older copy."""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import uuid4

from kiosk.demo.ils import PATRONS
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import now
from kiosk.store.anchor import AnchorFile
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository


def put_older_store_back(store: Path, keys: Keys, anchor: AnchorFile) -> None:
    """Save a link, then restore the copy made before it, as somebody might who restores a folder by hand."""
    with Repository(store, keys, "", now, anchor=anchor):
        pass
    copy = store.read_bytes()
    with Repository(store, keys, "", now, anchor=anchor) as repository:
        number = LibraryCardNumber(PATRONS["busy"])
        repository.save_link(uuid4(), LinkToken(secrets.token_bytes(32)), number, revocation=Revocation.NOT_CHECKED)
    store.write_bytes(copy)
