"""What happened: the only things that move a machine. Past tense, frozen, without anything personal.

Answers carry the ticket of the question; what the card said also carries the insertion it was said in.
"""

from __future__ import annotations

from kiosk.domain.events.answers import LinkClosed, LinkSaved, LinksFound, PatronFound, PatronRefused, StoreFailed
from kiosk.domain.events.card import (
    CardFailed,
    CardLifted,
    CardPlaced,
    CardRead,
    CardSlow,
    HolderProved,
    PinRejected,
    ReaderChanged,
    TriesRead,
)
from kiosk.domain.events.clock import Broke, BrokeSeen, DayBegan, TimeUp
from kiosk.domain.events.patron import (
    GoOnPressed,
    HandoverAccepted,
    LanguageChosen,
    LastTryChosen,
    LinkAgreed,
    PadCleared,
    PadConfirmed,
    PadTyped,
    Touched,
)
from kiosk.domain.events.staff import (
    ApplicantChosen,
    BackPressed,
    CardLeftSeen,
    CardStopAnswered,
    GuardianCheckSet,
    HelpChosen,
    HolderConfirmed,
    HolderDenied,
    HomeChosen,
    LeavePressed,
    LibraryCardEntered,
    NextPressed,
    RegistrationChosen,
    ReplacementChosen,
    ServiceChosen,
    StatusChosen,
    TakenBack,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)

Event = (
    CardPlaced
    | CardLifted
    | ReaderChanged
    | CardRead
    | CardFailed
    | CardSlow
    | TriesRead
    | HolderProved
    | PinRejected
    | LinksFound
    | LinkSaved
    | LinkClosed
    | StoreFailed
    | PatronFound
    | PatronRefused
    | HomeChosen
    | RegistrationChosen
    | UnlinkingChosen
    | StatusChosen
    | HelpChosen
    | NextPressed
    | BackPressed
    | LeavePressed
    | ApplicantChosen
    | GuardianCheckSet
    | LibraryCardEntered
    | ReplacementChosen
    | HolderConfirmed
    | HolderDenied
    | ServiceChosen
    | UnlinkReasonChosen
    | CardStopAnswered
    | UnlinkConfirmed
    | TakenBack
    | CardLeftSeen
    | LanguageChosen
    | HandoverAccepted
    | LinkAgreed
    | LastTryChosen
    | PadTyped
    | PadCleared
    | PadConfirmed
    | GoOnPressed
    | Touched
    | TimeUp
    | DayBegan
    | Broke
    | BrokeSeen
)

__all__ = [
    "ApplicantChosen",
    "BackPressed",
    "Broke",
    "BrokeSeen",
    "CardFailed",
    "CardLeftSeen",
    "CardLifted",
    "CardPlaced",
    "CardRead",
    "CardSlow",
    "CardStopAnswered",
    "DayBegan",
    "Event",
    "GoOnPressed",
    "GuardianCheckSet",
    "HandoverAccepted",
    "HelpChosen",
    "HolderConfirmed",
    "HolderDenied",
    "HolderProved",
    "HomeChosen",
    "LanguageChosen",
    "LastTryChosen",
    "LeavePressed",
    "LibraryCardEntered",
    "LinkAgreed",
    "LinkClosed",
    "LinkSaved",
    "LinksFound",
    "NextPressed",
    "PadCleared",
    "PadConfirmed",
    "PadTyped",
    "PatronFound",
    "PatronRefused",
    "PinRejected",
    "ReaderChanged",
    "RegistrationChosen",
    "ReplacementChosen",
    "ServiceChosen",
    "StatusChosen",
    "StoreFailed",
    "TakenBack",
    "TimeUp",
    "Touched",
    "TriesRead",
    "UnlinkConfirmed",
    "UnlinkReasonChosen",
    "UnlinkingChosen",
]
