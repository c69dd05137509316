"""Deletion of PDF slips after the configured number of days, whoever left them.

Only files named like slips are touched: the folder may hold other things as well.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from kiosk.config.file_replacement import delete
from kiosk.incidents import report_incident
from kiosk.log_news import LogNews

_log = logging.getLogger(__name__)
_NAME = re.compile(r"slip-([0-9]{8})-[0-9]{6}[0-9]*\.pdf")
_UNFINISHED = ".slip-*"
"""Left by an interrupted printing."""
_FINISHED_WITHIN = 600.0
"""Seconds after which such a file is certainly abandoned."""
SWEEP_SECONDS = 600.0
_STOP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class SlipFolder:
    """The folder of PDF slips, and how long they are kept."""

    folder: Path
    days: int
    """Days a slip is kept; 1: only the day it was printed."""
    _news: LogNews = field(default_factory=LogNews, init=False, repr=False, compare=False)

    def slips(self) -> dict[Path, date]:
        """The slips in the folder, with the day (in Japan) of each. Raises OSError; a missing folder holds none."""
        try:
            names = {path: _NAME.fullmatch(path.name) for path in self.folder.iterdir()}
        except FileNotFoundError:
            return {}
        return {path: day for path, match in names.items() if match and (day := _day(match[1])) is not None}

    def overdue(self, today: date) -> list[Path]:
        """The slips to be deleted. Raises OSError.

        A slip dated in the future was printed while the clock was wrong and would never become due. Tomorrow's date is allowed, since
        midnight may just have passed.
        """
        return [path for path, day in self.slips().items() if not -1 <= (today - day).days < self.days]

    def sweep(self, today: date) -> int:
        """Delete overdue slips and what interrupted printings left. Returns the number of files deleted; `doctor` reports those that
        remain.
        """
        deleted = 0
        with suppress(OSError):
            for path in [*self.overdue(today), *self._unfinished()]:
                try:
                    delete(path)
                    deleted += 1
                except OSError as error:
                    if self._news.is_news(path, error.errno):
                        _log.warning("slip not deleted: errno %s", error.errno)
        return deleted

    def _unfinished(self) -> Iterator[Path]:
        for path in self.folder.glob(_UNFINISHED):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _FINISHED_WITHIN:
                    yield path


@contextmanager
def swept(slips: SlipFolder, today: Callable[[], date], every: float = SWEEP_SECONDS) -> Iterator[None]:
    """Sweep at once and then every `every` seconds, on a thread of its own: the folder may be on a server that does not respond."""
    ended = threading.Event()

    def sweep() -> None:
        while True:
            try:
                slips.sweep(today())
            except Exception as error:
                report_incident(error)
            if ended.wait(every):
                return

    thread = threading.Thread(target=sweep, name="slips", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_STOP_SECONDS)


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return None
