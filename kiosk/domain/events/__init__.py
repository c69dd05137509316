"""What happened: the only things that move a machine. Past tense, frozen, without anything personal.

Answers carry the ticket of the question; what the card said also carries the insertion it was said in.
"""

from __future__ import annotations

from kiosk.domain.events.answers import (
    HandedOver,
    HandoverFailed,
    IlsChanged,
    ItemAnswered,
    ItemDescribed,
    LibraryCardRecognised,
    LibraryFailed,
    LinkClosed,
    LinkSaved,
    LinksFound,
    LoansListed,
    LookedAgain,
    PatronFound,
    PatronRefused,
    SlipFailed,
    SlipPrinted,
    StoreFailed,
    StoreLooked,
)
from kiosk.domain.events.card import (
    CardFailed,
    CardKnown,
    CardLifted,
    CardPlaced,
    CardRead,
    CardSlow,
    CardsTurn,
    CardWaits,
    HolderProved,
    PinRejected,
    ReaderChanged,
    ServiceAnswered,
    ServiceSilent,
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
    BesideClosed,
    CardLeftSeen,
    CardStopAnswered,
    EndedSeen,
    GuardianCheckSet,
    HandoverAsked,
    HelpChosen,
    HoldConfirmed,
    HolderConfirmed,
    HolderDenied,
    HomeChosen,
    ItemEntered,
    LateSeen,
    LeavePressed,
    LeavingConfirmed,
    LeavingDenied,
    LibraryCardEntered,
    LibraryRetryPressed,
    MoreTimePressed,
    NextPatronCalled,
    NextPatronDenied,
    NextPressed,
    RegistrationChosen,
    RenewalChosen,
    ReplacementChosen,
    ServiceChosen,
    SlipAsked,
    SlipChosen,
    SlipRetryPressed,
    SlipTroubleSeen,
    StatusChosen,
    StoreAccepted,
    StraySeen,
    TakenBack,
    UnclearSeen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)

Event = (
    CardPlaced
    | CardLifted
    | ReaderChanged
    | ServiceSilent
    | ServiceAnswered
    | CardKnown
    | CardRead
    | CardFailed
    | CardSlow
    | CardsTurn
    | CardWaits
    | TriesRead
    | HolderProved
    | PinRejected
    | LinksFound
    | LinkSaved
    | LinkClosed
    | StoreFailed
    | StoreLooked
    | PatronFound
    | PatronRefused
    | ItemAnswered
    | LoansListed
    | LookedAgain
    | ItemDescribed
    | LibraryCardRecognised
    | LibraryFailed
    | IlsChanged
    | HandedOver
    | HandoverFailed
    | SlipPrinted
    | SlipFailed
    | HomeChosen
    | RegistrationChosen
    | UnlinkingChosen
    | StatusChosen
    | HelpChosen
    | BesideClosed
    | LeavingConfirmed
    | LeavingDenied
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
    | ItemEntered
    | NextPatronCalled
    | NextPatronDenied
    | HoldConfirmed
    | RenewalChosen
    | HandoverAsked
    | SlipChosen
    | SlipAsked
    | SlipRetryPressed
    | LateSeen
    | MoreTimePressed
    | UnclearSeen
    | SlipTroubleSeen
    | LibraryRetryPressed
    | UnlinkReasonChosen
    | CardStopAnswered
    | UnlinkConfirmed
    | TakenBack
    | StoreAccepted
    | CardLeftSeen
    | StraySeen
    | EndedSeen
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
    "BesideClosed",
    "Broke",
    "BrokeSeen",
    "CardFailed",
    "CardKnown",
    "CardLeftSeen",
    "CardLifted",
    "CardPlaced",
    "CardRead",
    "CardSlow",
    "CardStopAnswered",
    "CardWaits",
    "CardsTurn",
    "DayBegan",
    "EndedSeen",
    "Event",
    "GoOnPressed",
    "GuardianCheckSet",
    "HandedOver",
    "HandoverAccepted",
    "HandoverAsked",
    "HandoverFailed",
    "HelpChosen",
    "HoldConfirmed",
    "HolderConfirmed",
    "HolderDenied",
    "HolderProved",
    "HomeChosen",
    "IlsChanged",
    "ItemAnswered",
    "ItemDescribed",
    "ItemEntered",
    "LanguageChosen",
    "LastTryChosen",
    "LateSeen",
    "LeavePressed",
    "LeavingConfirmed",
    "LeavingDenied",
    "LibraryCardEntered",
    "LibraryCardRecognised",
    "LibraryFailed",
    "LibraryRetryPressed",
    "LinkAgreed",
    "LinkClosed",
    "LinkSaved",
    "LinksFound",
    "LoansListed",
    "LookedAgain",
    "MoreTimePressed",
    "NextPatronCalled",
    "NextPatronDenied",
    "NextPressed",
    "PadCleared",
    "PadConfirmed",
    "PadTyped",
    "PatronFound",
    "PatronRefused",
    "PinRejected",
    "ReaderChanged",
    "RegistrationChosen",
    "RenewalChosen",
    "ReplacementChosen",
    "ServiceAnswered",
    "ServiceChosen",
    "ServiceSilent",
    "SlipAsked",
    "SlipChosen",
    "SlipFailed",
    "SlipPrinted",
    "SlipRetryPressed",
    "SlipTroubleSeen",
    "StatusChosen",
    "StoreAccepted",
    "StoreFailed",
    "StoreLooked",
    "StraySeen",
    "TakenBack",
    "TimeUp",
    "Touched",
    "TriesRead",
    "UnclearSeen",
    "UnlinkConfirmed",
    "UnlinkReasonChosen",
    "UnlinkingChosen",
]
