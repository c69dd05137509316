"""Sync of the demo's counter, which begins once the demo's library server answers: the windows do not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.demo.registry.library_server import DemoLibraryServer
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import Event
from kiosk.domain.model import Link, LinkToken
from kiosk.store.repository import Repository

if TYPE_CHECKING:
    from kiosk.store.sync.credentials import Credentials
    from kiosk.store.sync.sync_thread import SyncThread


class LateSync:
    """As `SyncThread`, by the clock of the demo's counter."""

    def __init__(self, server: DemoLibraryServer, store: Repository, max_offline: timedelta, post: Callable[[Event], None]) -> None:
        self._server, self._store, self._max_offline, self._post = server, store, max_offline, post
        self._lock = threading.Lock()
        self._sync: SyncThread | None = None
        self._is_over = False

    def start(self) -> None:
        self._server.begin(self._begin, self._hurry)

    def wake(self) -> None:
        if self._sync is not None:
            self._sync.wake()

    def look(self) -> None:
        if self._sync is not None:
            self._sync.look()

    def find(self, token: LinkToken) -> Link | None:
        """Raises Unavailable."""
        if self._sync is None:
            raise Unavailable(Code.REGISTRY_UNREACHABLE)
        return self._sync.find(token)

    def stop(self, limit: float) -> None:
        with self._lock:
            self._is_over = True
        if self._sync is not None:
            self._sync.stop(limit)

    def _hurry(self) -> None:
        self.wake()
        self.look()

    def _begin(self, credentials: Credentials) -> None:
        from kiosk.store.sync.sync_thread import SyncThread

        with self._lock:
            if self._is_over:
                return
            self._sync = SyncThread(self._store, credentials, self._post, self._max_offline, now=self._server.now)
            self._sync.start()
