"""Incidents: bugs of our own, logged under a number that staff are shown.

Of an exception only type and location are recorded, never its text or any value: a library may have put anything there.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kiosk.domain.errors import KioskError
from kiosk.failure import new_number

_log = logging.getLogger(__name__)
_AGAIN_SECONDS = 60.0


class BrokeApart(Exception):
    """A bug in a child process. `places`: that process's record of it."""

    def __init__(self, name: str, places: tuple[str, ...]) -> None:
        super().__init__(name)
        self.places = places


def record_incident(error: BaseException) -> str:
    """Log a failure of our own code. Returns the incident number under which staff and administrator find it in the log."""
    number = new_number()
    _log.error("incident %s\n%s", number, "\n".join(places(error)))
    return number


def report_incident(error: BaseException) -> None:
    """Report a bug on a thread that continues, as if it had ended the thread: through `threading.excepthook`."""
    threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread())))


def places(error: BaseException) -> Iterator[str]:
    """Yield the type and a line per frame, then the same for each cause."""
    cause: BaseException | None = error
    while cause is not None:
        code = f" {cause.code}" if isinstance(cause, KioskError) else ""
        yield f"  {type(cause).__module__}.{type(cause).__qualname__}{code}"
        for frame in traceback.extract_tb(cause.__traceback__):
            yield f"    {frame.filename}:{frame.lineno} {frame.name}"
        if isinstance(cause, BrokeApart):
            yield from cause.places
        cause = cause.__cause__ or cause.__context__


class Incident(NamedTuple):
    """A recorded bug."""

    number: str
    is_new: bool
    """False if the same bug was recorded before."""


class RecurringIncidents:
    """Records bugs of something that is retried: the same bug soon after keeps its number and is logged once. Thread-safe."""

    def __init__(self, again_within: float = _AGAIN_SECONDS, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`again_within`: seconds, more than pass between two tries."""
        self._again_within, self._monotonic = again_within, monotonic
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], tuple[str, float]] = {}

    def record(self, error: BaseException) -> Incident:
        with self._lock:
            what, now = tuple(places(error)), self._monotonic()
            self._known = {known: (number, last) for known, (number, last) in self._known.items() if now - last < self._again_within}
            known = self._known.get(what)
            number = known[0] if known else record_incident(error)
            self._known[what] = number, now
            return Incident(number, is_new=known is None)
