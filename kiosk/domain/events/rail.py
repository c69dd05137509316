"""Presses in the rail, and answers to the question whether to leave the work."""

from __future__ import annotations

from typing import ClassVar

from kiosk.domain.events.about import ASKS_FIRST, ENDS_NOTHING, LIES_OVER, Acting, By, GoesOn, Said
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.states.pages import Section


class HomeChosen(Fieldless):
    """窓口: leave the current work and wait for a card. Like the other pages of the rail it asks first if work would be lost."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.HOME


class RegistrationChosen(Fieldless):
    """連携登録 was pressed in the rail."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.REGISTRATION


class UnlinkingChosen(Fieldless):
    """解除 was pressed in the rail."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ASKS_FIRST, GoesOn.NO)
    section: ClassVar = Section.UNLINKING


class StatusChosen(Fieldless):
    """状況 was pressed in the rail; again closes it."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)
    section: ClassVar = Section.STATUS


class HelpChosen(Fieldless):
    """使い方 was pressed in the rail; again closes it."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)
    section: ClassVar = Section.HELP


class BesideClosed(Fieldless):
    """Back from 状況 or 使い方 to the work underneath."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)


class LeavingConfirmed(Fieldless):
    """Leave unfinished work for the page pressed in the rail."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class LeavingDenied(Fieldless):
    """Stay with the unfinished work."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ENDS_NOTHING, GoesOn.NO)


RailEvent = HomeChosen | RegistrationChosen | UnlinkingChosen | StatusChosen | HelpChosen
"""A part of the rail was pressed: its `section`."""
LeavingEvent = RailEvent | BesideClosed | LeavingConfirmed | LeavingDenied
