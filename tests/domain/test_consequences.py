"""What has consequences (`domain.consequences`): nothing that staff or a patron can say has been forgotten."""

from __future__ import annotations

import inspect

from kiosk.domain.consequences import DECIDING, LEAVING
from kiosk.domain.events import (
    BackPressed,
    BesideClosed,
    BrokeSeen,
    GoOnPressed,
    HelpChosen,
    HomeChosen,
    ItemEntered,
    LanguageChosen,
    LeavingDenied,
    LibraryCardEntered,
    LibraryRetryPressed,
    NextPressed,
    PadCleared,
    PadConfirmed,
    PadTyped,
    RegistrationChosen,
    ServiceChosen,
    SlipAsked,
    SlipChosen,
    SlipRetryPressed,
    StatusChosen,
    Touched,
    UnlinkingChosen,
    patron,
    staff,
)

ONE_STEP_BACK = "the page before is one press away, and nothing has been asked of anybody"
ASKS_FIRST = "asks first where anything would be lost (`rail`)"
CHANGED_AGAIN = "changed again by the next press"
BESIDE = "the work stays as it is beneath"
PAPER = "brings out paper, which says what has been done already"
CHARACTERS = "made of characters, which are what a scanner is for; what they may do is judged by the page that takes them"
WITHOUT: dict[type, str] = {
    NextPressed: ONE_STEP_BACK,
    BackPressed: "what was entered on the page before is asked for again",
    ServiceChosen: "changed again by the next press, but where it types the number (tests/domain/test_handing_over.py)",
    HomeChosen: ASKS_FIRST,
    RegistrationChosen: ASKS_FIRST,
    UnlinkingChosen: ASKS_FIRST,
    StatusChosen: BESIDE,
    HelpChosen: BESIDE,
    BesideClosed: BESIDE,
    LeavingDenied: "nothing ends",
    SlipChosen: CHANGED_AGAIN,
    LanguageChosen: CHANGED_AGAIN,
    SlipAsked: PAPER,
    SlipRetryPressed: PAPER,
    LibraryCardEntered: CHARACTERS,
    ItemEntered: CHARACTERS,
    PadTyped: CHARACTERS,
    PadCleared: CHARACTERS,
    PadConfirmed: "no button that a key can reach: by keyboard it is always a held key (`control_of_enter` of the patron's window)",
    LibraryRetryPressed: "asks how the line stands, which the counter does by itself as well",
    BrokeSeen: "the session is gone already, and the incident is in the log",
    GoOnPressed: "nothing ends",
    Touched: "nothing ends",
}
"""What a key that is only tapped may say, and why."""


def sayable() -> set[type]:
    """Whatever people can say on either window."""
    return {
        kind for module in (staff, patron) for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__
    }


def test_everything_that_can_be_said_has_been_thought_about_once() -> None:
    named = [*DECIDING, *LEAVING, *WITHOUT]
    assert len(named) == len(set(named))
    assert set(named) == sayable() | {BrokeSeen}
