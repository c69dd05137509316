"""Time, and our own failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.domain.model import Ticket


@dataclass(frozen=True, slots=True)
class TimeUp:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class DayBegan:
    today: date


@dataclass(frozen=True, slots=True)
class Broke:
    """Our own code failed; `incident` finds it in the log."""

    incident: str


@dataclass(frozen=True, slots=True)
class BrokeSeen:
    pass
