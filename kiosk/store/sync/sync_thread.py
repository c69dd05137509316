"""The thread that keeps a counter and the library's server in step, while the program runs."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import CounterRevoked, Event
from kiosk.domain.model import Link, LinkToken
from kiosk.domain.outbox import jittered
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.store.staging_store import StagingStore
from kiosk.store.sync.bell import Bell
from kiosk.store.sync.client import RegistryClient
from kiosk.store.sync.connection import Connection
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.exchange import Exchange, Revoked, ShutOut
from kiosk.store.sync.question import Question
from kiosk.store.sync.reports import Reports
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.session import Session

_SHUT_OUT_SECONDS = 60.0
"""How often a counter that is shut out asks whether it still is: a server restored from a backup may learn of it again."""
_WITHOUT_SESSION_SECONDS = 5.0
_log = logging.getLogger("kiosk.sync")


class SyncThread:
    """Owns the connections. Every method returns at once, but `stop` (seconds at most) and `find`."""

    def __init__(
        self,
        store: StagingStore,
        credentials: Credentials | None,
        post: Callable[[Event], None],
        max_offline: timedelta,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """`credentials`: None if they are lost, so that the server cannot be recognised until the counter is enrolled anew."""
        self._store, self._credentials, self._post = store, credentials, post
        self._now, self._monotonic, self._draw = now, monotonic, draw
        self._reports = Reports(post, now, monotonic, max_offline)
        self._question = None if credentials is None else Question(store, credentials)
        self._bell, self._stopping = Bell(), threading.Event()
        self._bugs, self._news = RecurringIncidents(), LogNews()
        self._url = ""
        self._connections: tuple[Connection, ...] = ()
        self._seen: float | None = None
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Tell what is known from earlier runs, and begin. Raises Unavailable: one of the store's codes."""
        membership = self._store.membership()
        if membership is not None:
            self._reports.begin(membership.heard, membership.latest, membership.shut_out)
            if membership.retiring:
                self._reports.retires()
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def wake(self) -> None:
        """Something was done here that the server does not know yet."""
        self._bell.ring()

    def find(self, token: LinkToken) -> Link | None:
        """The link that the server has for a card; None if none. For one thread. Raises Unavailable without an answer in time."""
        if self._question is None:
            raise Unavailable(Code.REGISTRY_NOT_TRUSTED)
        return self._question.find(token)

    def look(self) -> None:
        """Tell the condition if time has changed it, even while the thread waits for a server that sends a byte now and then."""
        self._reports.look()

    def stop(self, limit: float = 6.0) -> None:
        """End the thread, within `limit` seconds if it can: a server that cannot even be reached by name may keep it for longer."""
        self._stopping.set()
        self._bell.ring()
        for connection in self._connections:
            connection.abort()
        if self._thread.is_alive():
            self._thread.join(limit)
        if self._question is not None:
            self._question.close()
        if not self._thread.is_alive():
            self._bell.close()

    # --- the thread -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        session: Session | None = None
        while not self._stopping.is_set():
            try:
                self._note_time()
                session = self._session(session)
                self._round(session)
                if self._news.is_over("store"):
                    _log.info("sync: the store can be used again")
            except Unavailable as error:
                self._failed(error, session)
            except Exception as error:
                self._bugs.record(error)
                self._reports.failed()
                self._rest(session)
        for connection in self._connections:
            connection.close()

    def _round(self, session: Session) -> None:
        try:
            session.round()
        except ShutOut:
            self._shut_out(session)
        except Revoked:
            self._shut_out(session)
            self._post(CounterRevoked())

    def _failed(self, error: Unavailable, session: Session | None) -> None:
        if self._stopping.is_set():
            return
        if error.code in (Code.REGISTRY_UNREACHABLE, Code.REGISTRY_NOT_TRUSTED):
            self._reports.failed()
        else:
            # The store's own trouble, which its check shows: it may be over in a moment.
            if self._news.is_news("store", error.code):
                _log.warning("sync: %s", error.code)
        self._rest(session)

    def _shut_out(self, session: Session) -> None:
        now = self._now()
        session.shut_out(jittered(2 * _SHUT_OUT_SECONDS, self._draw()))
        try:
            self._store.mark_shut_out(now)
        finally:
            self._reports.is_shut_out(now)

    def _session(self, before: Session | None) -> Session:
        """The one before, unless the server has moved. Raises Unavailable: registry-not-trusted, without credentials."""
        if self._credentials is None:
            raise Unavailable(Code.REGISTRY_NOT_TRUSTED)
        membership = self._store.membership()
        url = "" if membership is None else membership.registry
        if before is not None and url == self._url:
            return before
        for connection in self._connections:
            connection.close()
        self._url, where = url, ServerUrl.parse(url)
        talk, listen = (Connection.verified(where, self._credentials.authority) for _ in range(2))
        self._connections = talk, listen
        secret, version = self._credentials.secret, self._credentials.version
        exchange = Exchange(self._store, self._reports, self._now, self._monotonic)
        clients = RegistryClient(talk, secret, version), RegistryClient(listen, secret, version)
        return Session(exchange, *clients, self._bell, self._stopping, self._monotonic, self._draw)

    def _note_time(self) -> None:
        """Keep the latest time that was ever seen, also while the server is away."""
        if self._seen is None or self._monotonic() - self._seen >= 60:
            self._seen = self._monotonic()
            self._store.seen_at(self._now())
            self._reports.look()

    def _rest(self, session: Session | None) -> None:
        if session is not None:
            session.found_nobody()
        else:
            self._stopping.wait(_WITHOUT_SESSION_SECONDS)
