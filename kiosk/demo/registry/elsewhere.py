"""A second counter, without windows: a real store in step with the library's server, for acts that this counter only hears of."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from kiosk.domain.events import Event
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, Pending
from kiosk.domain.wire import Position
from kiosk.equipment import now
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.sync_thread import SyncThread

_MAX_OFFLINE = timedelta(days=1)


class CounterElsewhere:
    """Begins anew each time, and fetches the links it does not have. Used on one thread."""

    def __init__(self, folder: Path, site_key: bytes, url: str, name: str, credentials: Credentials) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        self._store = Repository(folder / "kiosk.db", Keys.fresh(site_key), name, now)
        self._store.enrol(url, name)
        self._sync = SyncThread(self._store, credentials, _nobody_looks, _MAX_OFFLINE, now=now)
        self._sync.start()

    def register(self, token: LinkToken, number: LibraryCardNumber) -> None:
        """Link a card there, in place of what stands in its way."""
        by_card, by_number = self._store.links_for([token], number)
        shown = tuple({link.operation for link in (*by_card, by_number) if link is not None})
        reason = ReplaceReason.RENEWED if shown else None
        self._store.save_link(uuid4(), token, number, revocation=Revocation.NOT_CHECKED, replaces=reason, shown=shown)
        self._sync.wake()

    def unlink(self, number: LibraryCardNumber) -> None:
        """Report a card lost there."""
        self._store.close_link(uuid4(), number, UnlinkReason.LOST)
        self._sync.wake()

    def last_act(self) -> Position | None:
        """Where in the ledger the last act done there stands; None while one waits for its answer."""
        states = [own.state for own in self._store.operations()]
        if Pending() in states:
            return None
        accepted = [state.position for state in states if isinstance(state, AcceptedAt)]
        return max(accepted, key=lambda position: position.cursor, default=self._store.position())

    def close(self) -> None:
        self._sync.stop()
        self._store.close()


def _nobody_looks(event: Event) -> None:
    """There is no window that could show it."""
