"""When acts were written down: whether the times of a trail follow each other as time does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique

from kiosk.domain.calendar import JAPAN

SLACK = timedelta(minutes=2)
"""A clock that is set right by so much has not been wrong."""


@unique
class ClockFault(StrEnum):
    BACK = "back"
    """It was written down after an act of a later time: one of the two clocks was wrong, and the trail does not tell which."""
    AHEAD = "ahead"
    """Its time is still to come: it was written with a clock that was ahead, or the clock is behind now."""
    NO_TIME = "no-time"


@dataclass(frozen=True, slots=True)
class Misdated:
    """Rows in a run, from `first` to `last`, with the same fault."""

    fault: ClockFault
    first: int
    last: int
    at: datetime | None = None
    """Of the first."""
    before: datetime | None = None
    """For BACK: of the row before the first."""


def misdated(rows: Iterable[tuple[int, str]], now: datetime) -> Iterator[Misdated]:
    """What is odd about the times of `rows` (place, ISO time), in their order. `now` is aware."""
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
