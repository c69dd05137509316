"""Setup of the tour: a store rolled back to an older copy."""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import uuid4

from kiosk.demo.ils import PATRONS
from kiosk.demo.registry.library_server import DemoLibraryServer
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import now
from kiosk.store.anchor import AnchorFile
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository


def put_older_store_back(store: Path, keys: Keys, anchor: AnchorFile, server: DemoLibraryServer | None = None) -> None:
    """Save a link, then restore the copy made before it, as somebody might who restores a folder by hand.

    `server`: the library's server, with which the counter is enrolled.
    """
    with Repository(store, keys, "", now, anchor=anchor) as repository:
        if server is not None:
            server.takes_in(repository)
    copy = store.read_bytes()
    with Repository(store, keys, "", now, anchor=anchor) as repository:
        number = LibraryCardNumber(PATRONS["busy"])
        repository.save_link(uuid4(), LinkToken(secrets.token_bytes(32)), number, revocation=Revocation.NOT_CHECKED)
    store.write_bytes(copy)
