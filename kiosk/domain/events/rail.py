"""What staff press in the rail, and what they say of leaving the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.events.about import ASKS_FIRST, ENDS_NOTHING, LIES_OVER, Acting, By, GoesOn, Said
from kiosk.domain.states.pages import Section


@dataclass(frozen=True, slots=True)
class HomeChosen:
    """窓口: leave what is open and wait for a card. Like the other pages of the rail it asks first where work would be lost."""

    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.HOME


@dataclass(frozen=True, slots=True)
class RegistrationChosen:
    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.REGISTRATION


@dataclass(frozen=True, slots=True)
class UnlinkingChosen:
    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.UNLINKING


@dataclass(frozen=True, slots=True)
class StatusChosen:
    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)
    section: ClassVar = Section.STATUS


@dataclass(frozen=True, slots=True)
class HelpChosen:
    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)
    section: ClassVar = Section.HELP


@dataclass(frozen=True, slots=True)
class BesideClosed:
    """Back from 状況 or 使い方 to the work beneath."""

    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavingConfirmed:
    """Leave unfinished work for the page that was pressed in the rail."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavingDenied:
    """Stay with it."""

    about: ClassVar = Said(By.STAFF, ENDS_NOTHING, GoesOn.NO)


RailEvent = HomeChosen | RegistrationChosen | UnlinkingChosen | StatusChosen | HelpChosen
"""A part of the rail was pressed: its `section`."""
LeavingEvent = RailEvent | BesideClosed | LeavingConfirmed | LeavingDenied
