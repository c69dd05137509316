"""PDF slips in their folder: each is deleted when its day, or the days the config gives it, are over, whoever left it there.

Only files named as slips are touched: the folder may be one that holds other things as well.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kiosk.incidents import report_incident

_log = logging.getLogger(__name__)
_NAME = re.compile(r"slip-([0-9]{8})-[0-9]{6}[0-9]*\.pdf")
_UNFINISHED = ".slip-*"
"""What a printing that was cut off leaves."""
_FINISHED_WITHIN = 600.0
"""Seconds after which nobody is at work on such a file any more."""
SWEEP_SECONDS = 600.0
_STOP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SlipFolder:
    folder: Path
    days: int
    """How many days a slip is kept; 1: the day on which it was printed."""

    def slips(self) -> dict[Path, date]:
        """What lies there, and from which day in Japan it is. Raises OSError; a folder that was never made holds none."""
        try:
            names = {path: _NAME.fullmatch(path.name) for path in self.folder.iterdir()}
        except FileNotFoundError:
            return {}
        return {path: day for path, match in names.items() if match and (day := _day(match[1])) is not None}

    def overdue(self, today: date) -> list[Path]:
        """Those to be deleted. Raises OSError.

        One of a day to come was printed while the clock was wrong: nobody will ever find out when it is due. But of tomorrow one may
        be, where midnight has just passed.
        """
        return [path for path, day in self.slips().items() if not -1 <= (today - day).days < self.days]

    def sweep(self, today: date) -> int:
        """Delete what is due, and what printings that were cut off have left; how many files. `doctor` tells of what stays."""
        deleted = 0
        with suppress(OSError):
            for path in [*self.overdue(today), *self._unfinished()]:
                try:
                    path.unlink()
                    deleted += 1
                except OSError as error:
                    _log.warning("slip not deleted: errno %s", error.errno)
        return deleted

    def _unfinished(self) -> Iterator[Path]:
        for path in self.folder.glob(_UNFINISHED):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _FINISHED_WITHIN:
                    yield path


@contextmanager
def swept(slips: SlipFolder, today: Callable[[], date], every: float = SWEEP_SECONDS) -> Iterator[None]:
    """Sweeps at once and then `every` so many seconds, on a thread of its own: the folder may lie on a server that does not answer."""
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
