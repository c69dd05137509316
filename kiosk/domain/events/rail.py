"""Presses in the rail, and answers to the question whether to leave the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.events.about import ASKS_FIRST, ENDS_NOTHING, LIES_OVER, Acting, By, GoesOn, Said
from kiosk.domain.states.pages import Section


@dataclass(frozen=True, slots=True)
class HomeChosen:
    """窓口: leave the current work and wait for a card. Like the other pages of the rail it asks first if work would be lost."""

    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.HOME


@dataclass(frozen=True, slots=True)
class RegistrationChosen:
    """連携登録 was pressed in the rail."""

    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.REGISTRATION


@dataclass(frozen=True, slots=True)
class UnlinkingChosen:
    """解除 was pressed in the rail."""

    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.UNLINKING


@dataclass(frozen=True, slots=True)
class StatusChosen:
    """状況 was pressed in the rail; again closes it."""

    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)
    section: ClassVar = Section.STATUS


@dataclass(frozen=True, slots=True)
class HelpChosen:
    """使い方 was pressed in the rail; again closes it."""

    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)
    section: ClassVar = Section.HELP


@dataclass(frozen=True, slots=True)
class BesideClosed:
    """Back from 状況 or 使い方 to the work underneath."""

    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavingConfirmed:
    """Leave unfinished work for the page pressed in the rail."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavingDenied:
    """Stay with the unfinished work."""

    about: ClassVar = Said(By.STAFF, ENDS_NOTHING, GoesOn.NO)


RailEvent = HomeChosen | RegistrationChosen | UnlinkingChosen | StatusChosen | HelpChosen
"""A part of the rail was pressed: its `section`."""
LeavingEvent = RailEvent | BesideClosed | LeavingConfirmed | LeavingDenied
