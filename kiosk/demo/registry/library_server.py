"""What the demo can do with its library's server: cut the line to it, let time pass, and act at another counter."""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.demo.registry.line import HOST, Line
from kiosk.domain.errors import KioskError
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import has_reached
from kiosk.equipment import now

if TYPE_CHECKING:
    from kiosk.demo.registry.elsewhere import CounterElsewhere
    from kiosk.demo.registry.process import ServerProcess
    from kiosk.store.repository import Repository
    from kiosk.store.sync.credentials import Credentials

SKIPPED = timedelta(hours=25)
"""One hour more than a counter may go on without its server."""
ELSEWHERE = "中央館 1"
"""The other counter's name in the ledger. Not a sentence: what staff call their counters is theirs to choose."""
_PARTS = ("fastapi", "uvicorn", "psycopg", "urllib3")
_log = logging.getLogger(__name__)


def can_be_run() -> bool:
    """Whether the packages are installed that only the server needs (the extra `registry`)."""
    return all(importlib.util.find_spec(name) is not None for name in _PARTS)


class DemoLibraryServer:
    """Nothing here waits for the server, which takes seconds to start: `begin` goes on beside the windows."""

    def __init__(self, home: Path, site_key: bytes, counter: str) -> None:
        """`counter`: the name of this counter in the ledger."""
        self._home, self._site_key, self._counter = home, site_key, counter
        self._line = Line()
        self._process: ServerProcess | None = None
        self._elsewhere: CounterElsewhere | None = None
        self._store: Repository | None = None
        self._is_closed, self._lock = False, threading.Lock()
        self._skipped = timedelta()
        self._hurry: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """How this counter calls it; the same from the beginning."""
        return f"https://{HOST}:{self._line.port}"

    def takes_in(self, store: Repository) -> bool:
        """Enrol this counter's store, before the server knows. Returns whether it could: an earlier demo may have left links of its own."""
        self._store = store
        if store.is_enrolled():
            store.move_to(self.url)
            return True
        with suppress(ValueError):
            store.enrol(self.url, self._counter)
            return True
        return False

    def begin(self, is_ready: Callable[[Credentials], None], hurry: Callable[[], None]) -> None:
        """Start the server; once it answers, enrol this counter, call `is_ready`, and open the other counter, all on a thread.

        `hurry`: called when it can be reached again.
        """
        self._hurry = hurry
        threading.Thread(target=self._begin, args=(is_ready,), name="demo-server", daemon=True).start()

    def _begin(self, is_ready: Callable[[Credentials], None]) -> None:
        # Loaded beside the windows, not before them.
        from kiosk.demo.registry.elsewhere import CounterElsewhere
        from kiosk.demo.registry.enrolling import enrolled
        from kiosk.demo.registry.process import ServerProcess

        try:
            with self._lock:
                if self._is_closed:
                    return
                self._process = ServerProcess(self._home / "server", self._site_key, (self._counter, ELSEWHERE))
            codes, port = self._process.codes(), self._process.port()
            self._line.lead_to(port)
            is_ready(enrolled(self.url, codes[self._counter]))
            direct = f"https://{HOST}:{port}"
            credentials = enrolled(direct, codes[ELSEWHERE])
            with self._lock:
                if not self._is_closed:
                    self._elsewhere = CounterElsewhere(self._home / "elsewhere", self._site_key, direct, ELSEWHERE, credentials)
        except (ValueError, OSError, KioskError) as error:
            # The demo goes on without: the windows say that the server cannot be reached.
            _log.warning("the demo's library server: %s", error)

    def close(self) -> None:
        """End the server and the other counter."""
        with self._lock:
            self._is_closed = True
        if self._elsewhere is not None:
            self._elsewhere.close()
        if self._process is not None:
            self._process.stop()
        self._line.close()

    # --- the line and the time ------------------------------------------------------------------------------------------

    @property
    def is_cut(self) -> bool:
        return self._line.is_cut

    def cut(self) -> None:
        """Nobody reaches the server from this counter."""
        self._line.cut()

    def mend(self) -> None:
        self._line.mend()
        self._hurry()

    def now(self) -> datetime:
        """The time of this counter, of which some may have been skipped."""
        return now() + self._skipped

    @property
    def has_skipped(self) -> bool:
        return bool(self._skipped)

    def skip(self) -> None:
        """Let more time pass than a counter may go on alone."""
        self._skipped = SKIPPED
        self._hurry()

    def come_back(self) -> None:
        self._skipped = timedelta()
        self._hurry()

    # --- others ---------------------------------------------------------------------------------------------------------

    def register_elsewhere(self, token: LinkToken, number: LibraryCardNumber) -> None:
        if self._elsewhere is not None:
            self._elsewhere.register(token, number)

    def unlink_elsewhere(self, number: LibraryCardNumber) -> None:
        if self._elsewhere is not None:
            self._elsewhere.unlink(number)

    def has_settled(self) -> bool:
        """Whether the other counter is there, and everything done there is answered and has arrived here, unless the line is cut."""
        last = None if self._elsewhere is None else self._elsewhere.last_act()
        if last is None or self._store is None:
            return False
        return self.is_cut or has_reached(self._store.position(), last)

    def retire(self) -> None:
        """Take this counter out of service. It hears of that with the next answer, so it is made to ask again."""
        if self._process is not None:
            self._process.retire(self._counter, self._line.hang_up)
