"""Who holds the single display, and who is heard while they do (`single_display`)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    BesideClosed,
    BrokeSeen,
    CardLeftSeen,
    CardStopAnswered,
    EndedSeen,
    Event,
    GuardianCheckSet,
    HandoverAsked,
    HoldConfirmed,
    HolderConfirmed,
    HolderDenied,
    ItemEntered,
    LastTryChosen,
    LateSeen,
    LeavingConfirmed,
    LeavingDenied,
    LibraryCardEntered,
    LibraryRetryPressed,
    LinkAgreed,
    MoreTimePressed,
    NextPatronCalled,
    NextPatronDenied,
    NextPressed,
    PadCleared,
    PadConfirmed,
    PadTyped,
    RenewalChosen,
    ReplacementChosen,
    ServiceChosen,
    SlipAsked,
    SlipChosen,
    SlipRetryPressed,
    SlipTroubleSeen,
    StoreAccepted,
    StraySeen,
    UnclearSeen,
    UnlinkConfirmed,
    UnlinkReasonChosen,
)
from kiosk.domain.rail import LEADS_TO
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
from kiosk.domain.turn import Step, card_to_read, start_reading

PATRONS_TURN = (ConfirmingLink, LastTryWarning, AskingPin)
"""Flows in which the patron has to act: the single display is turned to them."""
PATRON_MAY_KEEP = (*PATRONS_TURN, ReadingTries, CheckingPin, SavingLink, AwaitingMyNumberCard, ReadingMyNumberCard, FindingLinks)
PATRON_READS = (Registered, AlreadyLinked, RegistrationRefused)
"""The last page of a registration, which a patron holding the display reads before giving it back."""
PAGES = tuple(LEADS_TO)
"""The pages of the rail."""
STAFF_ONLY = (
    *PAGES,
    BesideClosed,
    LeavingConfirmed,
    LeavingDenied,
    NextPressed,
    BackPressed,
    ApplicantChosen,
    GuardianCheckSet,
    LibraryCardEntered,
    ReplacementChosen,
    HolderConfirmed,
    HolderDenied,
    ServiceChosen,
    ItemEntered,
    NextPatronCalled,
    NextPatronDenied,
    HoldConfirmed,
    RenewalChosen,
    HandoverAsked,
    SlipChosen,
    SlipAsked,
    SlipRetryPressed,
    SlipTroubleSeen,
    LateSeen,
    UnclearSeen,
    CardLeftSeen,
    StraySeen,
    EndedSeen,
    UnlinkReasonChosen,
    CardStopAnswered,
    UnlinkConfirmed,
    LibraryRetryPressed,
    MoreTimePressed,
    BrokeSeen,
    StoreAccepted,
)
"""What only staff may say; it is not heard while the patron holds the single display."""
PATRON_ONLY = (LinkAgreed, LastTryChosen, PadTyped, PadCleared, PadConfirmed)
"""What only the patron may say; it is not heard before the patron has taken the single display."""


def is_heard(counter: Counter, event: Event) -> bool:
    """Whether whoever holds the display may say this. With two displays each has their own, and everybody is heard."""
    if not counter.rules.single_display:
        return True
    if isinstance(event, STAFF_ONLY):
        return counter.screen is Screen.STAFF
    return counter.screen is Screen.PATRON or not isinstance(event, PATRON_ONLY)


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
