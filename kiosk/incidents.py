"""How a bug of ours ends: written down under a number, and told under that number.

What may be said of an exception is its type and where it happened, never its text or any value: a library may have put anything there.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from kiosk.domain.errors import KioskError

_log = logging.getLogger(__name__)
_AGAIN_SECONDS = 60.0


class BrokeApart(Exception):
    """A bug in a process of its own. `places`: what that process said of it."""

    def __init__(self, name: str, places: tuple[str, ...]) -> None:
        super().__init__(name)
        self.places = places


def record_incident(error: BaseException) -> str:
    """Write down that our own code failed; the number by which staff and administrator find it in the log."""
    number = f"{datetime.now().astimezone():%m%d-%H%M}-{secrets.token_hex(1).upper()}"
    _log.error("incident %s\n%s", number, "\n".join(places(error)))
    return number


def report_incident(error: BaseException) -> None:
    """Tell of a bug on a thread that goes on after it, as if the thread had ended: through `threading.excepthook`."""
    threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread())))


def places(error: BaseException) -> Iterator[str]:
    """Type, and a line for each frame; then the same of what caused it."""
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
    number: str
    is_new: bool
    """False for the same bug again."""


class RecurringIncidents:
    """Of something that is begun again after a bug: the same bug within a minute keeps its number and is written down once. May be
    called on any thread.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], tuple[str, float]] = {}

    def record(self, error: BaseException) -> Incident:
        with self._lock:
            what, now = tuple(places(error)), self._monotonic()
            self._known = {known: (number, last) for known, (number, last) in self._known.items() if now - last < _AGAIN_SECONDS}
            known = self._known.get(what)
            number = known[0] if known else record_incident(error)
            self._known[what] = number, now
            return Incident(number, is_new=known is None)
