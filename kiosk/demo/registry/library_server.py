"""What the demo can do with its library's server: cut the line to it, let time pass, and act at another counter."""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.demo.registry.line import HOST, Line
from kiosk.demo.registry.process import ServerProcess
from kiosk.domain.errors import KioskError
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.equipment import now

if TYPE_CHECKING:
    from kiosk.demo.registry.elsewhere import CounterElsewhere
    from kiosk.store.sync.sync_thread import Credentials

AWAY = timedelta(hours=25)
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
        self._process = ServerProcess(home / "server", site_key, (counter, ELSEWHERE))
        self._elsewhere: CounterElsewhere | None = None
        self._skipped = timedelta()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """How this counter calls it; the same from the beginning."""
        return f"https://{HOST}:{self._line.port}"

    def begin(self, is_ready: Callable[[Credentials], None]) -> None:
        """Enrol this counter and the other one once the server answers, on a thread; then call `is_ready` there."""
        self._thread = threading.Thread(target=self._begin, args=(is_ready,), name="demo-server", daemon=True)
        self._thread.start()

    def _begin(self, is_ready: Callable[[Credentials], None]) -> None:
        # Loaded beside the windows, not before them.
        from kiosk.demo.registry.elsewhere import CounterElsewhere
        from kiosk.demo.registry.enrolling import enrolled

        try:
            codes, port = self._process.codes(), self._process.port()
            self._line.lead_to(port)
            is_ready(enrolled(self.url, codes[self._counter]))
            direct = f"https://{HOST}:{port}"
            folder, credentials = self._home / "elsewhere", enrolled(direct, codes[ELSEWHERE])
            self._elsewhere = CounterElsewhere(folder, self._site_key, direct, ELSEWHERE, credentials)
        except (ValueError, KioskError) as error:
            # The demo goes on without: the windows say that the server cannot be reached.
            _log.warning("the demo's library server: %s", error)

    # --- what befalls it ------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The time of this counter, of which some may have been skipped."""
        return now() + self._skipped

    @property
    def is_cut(self) -> bool:
        return self._line.is_cut

    def cut(self) -> None:
        """Nobody reaches the server from this counter."""
        self._line.cut()

    def mend(self) -> None:
        self._line.mend()

    def skip(self) -> None:
        """Let more time pass than a counter may go on alone."""
        self._skipped = AWAY

    def come_back(self) -> None:
        self._skipped = timedelta()

    def register_elsewhere(self, token: LinkToken, number: LibraryCardNumber) -> None:
        if self._elsewhere is not None:
            self._elsewhere.register(token, number)

    def unlink_elsewhere(self, number: LibraryCardNumber) -> None:
        if self._elsewhere is not None:
            self._elsewhere.unlink(number)

    def is_elsewhere_in_step(self) -> bool:
        return self._elsewhere is not None and self._elsewhere.is_in_step()

    def retire(self) -> None:
        """Take this counter out of service."""
        self._process.retire(self._counter)

    def close(self) -> None:
        """End the server and the other counter."""
        if self._elsewhere is not None:
            self._elsewhere.close()
        self._process.stop()
        self._line.close()
