"""Who holds the single display, and who is heard while they do (`single_display`)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.events import Event
from kiosk.domain.events.about import By
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ConfirmingLink,
    Counter,
    FindingLinks,
    LastTryWarning,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    RegistrationRefused,
    SavingLink,
    Screen,
    Waiting,
)
from kiosk.domain.transition import Step, card_to_read, start_reading

PATRONS_TURN = (ConfirmingLink, LastTryWarning, AskingPin)
"""Flows in which the patron has to act: the single display is turned to them."""
PATRON_MAY_KEEP = (*PATRONS_TURN, ReadingTries, CheckingPin, SavingLink, AwaitingMyNumberCard, ReadingMyNumberCard, FindingLinks)
PATRON_READS = (Registered, AlreadyLinked, RegistrationRefused)
"""The last page of a registration, which a patron holding the display reads before giving it back."""


def is_heard(counter: Counter, event: Event) -> bool:
    """Whether whoever holds the display may say this. With two displays each has their own, and everybody is heard."""
    if not counter.rules.single_display:
        return True
    match event.about.by:
        case By.STAFF:
            return counter.screen is Screen.STAFF
        case By.PATRON:
            return counter.screen is Screen.PATRON
        case By.EITHER | By.NOBODY:
            return True


def turn_display(counter: Counter) -> Step:
    """Who should hold the display now. It goes to the patron only by their own press and comes back only by staff's."""
    if not counter.rules.single_display:
        return counter, ()
    flow = counter.flow
    if counter.screen is Screen.STAFF and isinstance(flow, PATRONS_TURN):
        return replace(counter, screen=Screen.OFFERED), ()
    if counter.screen is Screen.OFFERED and not isinstance(flow, PATRONS_TURN):
        return replace(counter, screen=Screen.STAFF), ()
    if counter.screen is Screen.PATRON and not isinstance(flow, (*PATRON_MAY_KEEP, *PATRON_READS)):
        return replace(counter, screen=Screen.RETURNING, wrong_staff_code=False), ()
    return counter, ()


def taken_back(counter: Counter, code: str) -> Step:
    """Staff have it again; a card that was laid meanwhile is read now."""
    if code != counter.rules.staff_code:
        return replace(counter, wrong_staff_code=True), ()
    counter = replace(counter, screen=Screen.STAFF, wrong_staff_code=False)
    fresh = card_to_read(counter)
    if fresh is not None and isinstance(counter.flow, Waiting):
        return start_reading(counter, fresh)
    return counter, ()
