"""Time passing, and bugs of our own."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from kiosk.domain.events.about import By, GoesOn, Harmless, Said, SignOfLife, Told
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Ticket


@dataclass(frozen=True, slots=True)
class TimeUp:
    """A timer expired."""

    about: ClassVar = Told(SignOfLife.NEVER)
    ticket: Ticket


class Ticked(Fieldless):
    """A few seconds have passed; `Counter.monotonic` holds the time."""

    __slots__ = ()
    about: ClassVar = Told(SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class DayBegan:
    """The date changed."""

    about: ClassVar = Told(SignOfLife.NEVER)
    today: date


@dataclass(frozen=True, slots=True)
class Broke:
    """Our own code failed; `incident` identifies it in the log."""

    about: ClassVar = Told(SignOfLife.NEVER)
    incident: str


class BrokeSeen(Fieldless):
    """Staff acknowledged the failure; the counter starts over."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Harmless("the session is gone already, and the incident is in the log"), GoesOn.NO)


ClockEvent = TimeUp | Ticked | DayBegan | Broke | BrokeSeen
