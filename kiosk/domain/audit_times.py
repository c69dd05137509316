"""Plausibility of the times in an audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum, unique

from kiosk.domain.calendar import JAPAN
from kiosk.domain.lazy_dataclass import dataclass

SLACK = timedelta(minutes=2)
"""Clock corrections up to this size are no fault."""


@unique
class ClockFault(StrEnum):
    BACK = "back"
    """Recorded after an act with a later time: one of the two clocks was wrong, and the trail cannot tell which."""
    AHEAD = "ahead"
    """In the future: the clock was ahead when it was recorded, or is behind now."""
    NO_TIME = "no-time"


@dataclass(frozen=True, slots=True)
class Misdated:
    """A run of rows, `first` to `last`, with the same fault."""

    fault: ClockFault
    first: int
    last: int
    at: datetime | None = None
    """Time of the first row."""
    before: datetime | None = None
    """For BACK: time of the row before the first."""


def misdated(rows: Iterable[tuple[int, str]], now: datetime) -> Iterator[Misdated]:
    """Yield the implausible times in `rows` (position, ISO time), in order. `now` is aware."""
    run: Misdated | None = None
    last: datetime | None = None
    for place, text in rows:
        at = _moment(text)
        fault = _fault(at, last, now)
        if run is not None and (fault is not run.fault or fault is ClockFault.BACK):
            yield run
            run = None
        if fault is not None:
            begun = Misdated(fault, place, place, at, last if fault is ClockFault.BACK else None)
            run = begun if run is None else replace(run, last=place)
        last = at or last
    if run is not None:
        yield run


def _fault(at: datetime | None, last: datetime | None, now: datetime) -> ClockFault | None:
    if at is None:
        return ClockFault.NO_TIME
    if last is not None and last - at > SLACK:
        return ClockFault.BACK
    return ClockFault.AHEAD if at - now > SLACK else None


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(JAPAN) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
