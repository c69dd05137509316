"""The counter's side of the interface for other programs: a thread that keeps the process for HTTP, and decides on each hand-out."""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from kiosk import child_process
from kiosk.domain.errors import KioskError
from kiosk.domain.events import CheckFound, Event
from kiosk.domain.health import Finding
from kiosk.domain.local_client import LocalClient
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.verified_patron import VerifiedPatron
from kiosk.incidents import BrokeApart, RecurringIncidents
from kiosk.local_api.limits import HAND_OUTS
from kiosk.local_api.pipe import (
    Answer,
    Bug,
    Clients,
    Denied,
    FromCounter,
    FromProcess,
    Listening,
    Turn,
    Wanted,
    decode_from_process,
    encode_from_counter,
)
from kiosk.log_news import LogNews

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 2.0
"""How often it is looked whether clients were added or revoked. Before a hand-out it always is."""
_FOUND_AGAIN_SECONDS = 30.0
_RETRY_SECONDS = 5.0
"""After which a process that has ended is started again."""
_GOODBYE_SECONDS = 1.0


class ClientStore(Protocol):
    """The store, as called on this thread. Every method may raise KioskError."""

    def local_clients(self) -> tuple[LocalClient, ...]: ...
    def record_hand_out(self, client: str, number: LibraryCardNumber) -> None: ...


@dataclass(frozen=True, slots=True)
class _Shown:
    """Somebody else is served, or nobody any more."""

    turn: int
    verified: VerifiedPatron | None


@dataclass(frozen=True, slots=True)
class _Said:
    """By a process, perhaps one that was ended since. None: it has ended."""

    process: subprocess.Popen[bytes]
    said: FromProcess | None


class LocalApiThread:
    """Owns the process. `start`, `show` and `stop` are for one thread; all return at once, `stop` within its limit."""

    def __init__(self, port: int, store: ClientStore, post: Callable[[Event], None]) -> None:
        self._port, self._store, self._post = port, store, post
        self._waiting: queue.SimpleQueue[_Shown | _Said | None] = queue.SimpleQueue()
        self._latest = _Shown(0, None)
        """The newest, written by whoever shows: a number that is asked for may be of a patron who has left meanwhile."""
        self._current = self._latest
        self._handed: Counter[str] = Counter()
        self._clients: tuple[LocalClient, ...] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._finding: Finding | None = None
        self._found_at = self._looked_at = 0.0
        self._stopping = threading.Event()
        self._bugs, self._news = RecurringIncidents(), LogNews()
        self._thread = threading.Thread(target=self._run, name="local-api", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def show(self, verified: VerifiedPatron | None) -> None:
        """Who is served now, with which card. To be called at each change of state."""
        if verified != self._latest.verified:
            self._latest = _Shown(self._latest.turn + 1, verified)
            self._waiting.put(self._latest)

    def stop(self, limit: float) -> None:
        """Nothing is handed out from now on."""
        self.show(None)
        self._stopping.set()
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(limit)
        if self._process is not None:
            child_process.end(self._process)

    # --- the thread -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._keep_one()
            except (OSError, child_process.NotBegun):
                self._found(Finding("local-api.broken"))
            except Exception as error:
                self._bugs.record(error)
                self._found(Finding("local-api.broken"))
            self._stopping.wait(_RETRY_SECONDS)

    def _keep_one(self) -> None:
        """Start a process and serve it to its end. Raises OSError, NotBegun."""
        process = child_process.start(["kiosk.local_api", str(self._port)], background=True)
        self._process = process
        try:
            threading.Thread(target=self._listen, args=(process,), name="local-api-listen", daemon=True).start()
            self._clients = None
            self._look(process)
            self._say(process, Turn(self._current.turn, self._current.verified is not None))
            while not self._stopping.is_set() and self._go_on(process):
                pass
        finally:
            self._end(process)

    def _go_on(self, process: subprocess.Popen[bytes]) -> bool:
        """Deal with the next that happens; false once the process has ended."""
        try:
            happened = self._waiting.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            happened = None
        if isinstance(happened, _Shown):
            self._current = happened
            self._handed.clear()
            self._say(process, Turn(happened.turn, happened.verified is not None))
        elif happened is not None and happened.process is process:
            if happened.said is None:
                if self._finding is None or self._finding.outcome != "local-api.taken":
                    self._found(Finding("local-api.broken"))
                return False
            self._hear(process, happened.said)
        if time.monotonic() - self._looked_at >= _LOOK_SECONDS:
            self._look(process)
        if self._finding is not None and time.monotonic() - self._found_at >= _FOUND_AGAIN_SECONDS:
            self._found(self._finding)
        return True

    def _hear(self, process: subprocess.Popen[bytes], said: FromProcess) -> None:
        match said:
            case Listening(succeeded=True):
                self._found(self._as_it_is())
            case Listening(succeeded=False):
                self._found(Finding("local-api.taken", {"port": self._port}))
            case Wanted():
                self._say(process, self._answer(said))
            case Bug(places):
                self._bugs.record(BrokeApart("kiosk.local_api", places))

    def _answer(self, wanted: Wanted) -> Answer:
        """The number, if it may be handed out: it is recorded first, and given only if that patron is still served afterwards."""
        shown = self._current
        if shown.verified is None or wanted.turn != shown.turn or shown != self._latest:
            return Answer(wanted.asked, denied=Denied.OVER)
        if self._handed[wanted.client] >= HAND_OUTS:
            return Answer(wanted.asked, denied=Denied.TOO_OFTEN)
        try:
            if not any((client.name, client.hash) == (wanted.client, wanted.hash) for client in self._store.local_clients()):
                return Answer(wanted.asked, denied=Denied.REVOKED)
            self._store.record_hand_out(wanted.client, shown.verified.number)
        except KioskError as error:
            _log.warning("no number was handed out: %s", error.code)
            return Answer(wanted.asked, denied=Denied.NOT_RECORDED)
        self._handed[wanted.client] += 1
        if shown != self._latest:
            return Answer(wanted.asked, denied=Denied.OVER)
        return Answer(wanted.asked, shown.verified.number.text)

    def _look(self, process: subprocess.Popen[bytes]) -> None:
        """Read who may ask, and tell the process if that has changed."""
        self._looked_at = time.monotonic()
        try:
            clients = self._store.local_clients()
            self._news.is_over("clients")
        except KioskError as error:
            # The store's check tells of it. The last known go on waiting; nothing is handed out meanwhile.
            if self._news.is_news("clients", error.code):
                _log.warning("the clients could not be read: %s", error.code)
            clients = self._clients or ()
        if clients != self._clients:
            self._clients = clients
            self._say(process, Clients(clients))
            if self._finding is not None and self._finding.outcome in ("local-api.on", "local-api.no-clients"):
                self._found(self._as_it_is())

    def _as_it_is(self) -> Finding:
        where, count = {"port": self._port}, len(self._clients or ())
        return Finding("local-api.on", {**where, "count": count}) if count else Finding("local-api.no-clients", where)

    def _found(self, finding: Finding) -> None:
        if finding != self._finding:
            _log.info("%s", finding.outcome)
        self._finding, self._found_at = finding, time.monotonic()
        if not self._stopping.is_set():
            self._post(CheckFound(finding))

    def _say(self, process: subprocess.Popen[bytes], said: FromCounter) -> None:
        if process.stdin is not None:
            process.stdin.write(encode_from_counter(said))
            process.stdin.flush()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """On a thread of its own, for as long as the process says something."""
        with suppress(OSError, ValueError):
            for line in process.stdout or ():
                self._waiting.put(_Said(process, decode_from_process(line)))
        self._waiting.put(_Said(process, None))

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """It ends with its standard input, and otherwise is killed."""
        with suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GOODBYE_SECONDS)
        child_process.end(process)
