"""Where a counter can be. Both windows are projections of one `Counter`; `type(counter.flow)` chooses the screen.

A state says where we are (`AskingPin`), holds what its screen shows and the tickets it waits for, and nothing else.
"""

from __future__ import annotations

from kiosk.domain.states.counter import Counter, CounterFacts, CounterRules, Flow, HandoverWhen, Screen, When
from kiosk.domain.states.lending import (
    ConfirmingHolder,
    FindingLink,
    LendingFlow,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Reading,
    Waiting,
)
from kiosk.domain.states.pages import OutOfOrder, Page, ShowingHelp, ShowingStatus
from kiosk.domain.states.problem import Problem
from kiosk.domain.states.proof import AskingPin, CheckingPin, Goal, LastTryWarning, LendGoal, LinkGoal, Proof, ReadingTries
from kiosk.domain.states.registration import (
    AlreadyLinked,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    ChoosingApplicant,
    ChoosingReplacement,
    ConfirmingLink,
    Draft,
    ExplainingRecord,
    FindingLinks,
    ReadingMyNumberCard,
    Registered,
    RegistrationFlow,
    RegistrationRefused,
    SavingLink,
)
from kiosk.domain.states.unlinking import (
    AskingUnlinkNumber,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingUnlink,
    FindingLinkToClose,
    Unlinked,
    UnlinkingFlow,
    UnlinkingRefused,
)

__all__ = [
    "AlreadyLinked",
    "AskingPin",
    "AskingUnlinkNumber",
    "AwaitingLibraryCard",
    "AwaitingMyNumberCard",
    "CheckingGuardian",
    "CheckingLibraryCard",
    "CheckingPin",
    "ChoosingApplicant",
    "ChoosingReplacement",
    "ChoosingUnlinkReason",
    "ClosingLink",
    "ConfirmingHolder",
    "ConfirmingLink",
    "ConfirmingUnlink",
    "Counter",
    "CounterFacts",
    "CounterRules",
    "Draft",
    "ExplainingRecord",
    "FindingLink",
    "FindingLinkToClose",
    "FindingLinks",
    "Flow",
    "Goal",
    "HandoverWhen",
    "LastTryWarning",
    "LendGoal",
    "LendingFlow",
    "LendingRefused",
    "LinkGoal",
    "LookingUpPatron",
    "OutOfOrder",
    "Page",
    "PatronShown",
    "Problem",
    "Proof",
    "Reading",
    "ReadingMyNumberCard",
    "ReadingTries",
    "Registered",
    "RegistrationFlow",
    "RegistrationRefused",
    "SavingLink",
    "Screen",
    "ShowingHelp",
    "ShowingStatus",
    "Unlinked",
    "UnlinkingFlow",
    "UnlinkingRefused",
    "Waiting",
    "When",
]
