"""Which page, which part of the rail and which step belong to a state."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.rail import section
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AskingUnlinkNumber,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    CheckingPin,
    ChoosingApplicant,
    ChoosingReplacement,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingHolder,
    ConfirmingLink,
    ConfirmingUnlink,
    Counter,
    ExplainingRecord,
    FindingLink,
    FindingLinks,
    FindingLinkToClose,
    Flow,
    LastTryWarning,
    LendingRefused,
    LookingUpPatron,
    OutOfOrder,
    PatronShown,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    RegistrationRefused,
    SavingLink,
    Section,
    Unlinked,
    UnlinkingRefused,
    Waiting,
)
from kiosk.text import say
from kiosk.ui.staff.applicant import ApplicantPage, RecordPage
from kiosk.ui.staff.guardian import GuardianPage
from kiosk.ui.staff.help import HelpPage
from kiosk.ui.staff.holder import HolderPage
from kiosk.ui.staff.idle import IdlePage
from kiosk.ui.staff.incident import IncidentPage
from kiosk.ui.staff.library_card import LibraryCardPage
from kiosk.ui.staff.my_number_card import MyNumberCardPage
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.pin import PatronsTurnPage
from kiosk.ui.staff.refusal import RefusalPage
from kiosk.ui.staff.registered import RegisteredPage
from kiosk.ui.staff.replacement import AlreadyLinkedPage, ReplacementPage
from kiosk.ui.staff.serving import ServingPage
from kiosk.ui.staff.status import StatusPage
from kiosk.ui.staff.unlinked import UnlinkBusyPage, UnlinkedPage
from kiosk.ui.staff.unlinking import UnlinkConfirmPage, UnlinkNumberPage, UnlinkReasonPage
from kiosk.ui.theme import StaffSizes

PageKind = Callable[[Emit, StaffSizes], StaffPage]

PAGES: dict[type[Flow], PageKind] = {
    Waiting: IdlePage,
    Reading: IdlePage,
    FindingLink: IdlePage,
    LookingUpPatron: IdlePage,
    ConfirmingHolder: HolderPage,
    PatronShown: ServingPage,
    LendingRefused: RefusalPage,
    ChoosingApplicant: ApplicantPage,
    ExplainingRecord: RecordPage,
    CheckingGuardian: GuardianPage,
    AwaitingLibraryCard: LibraryCardPage,
    CheckingLibraryCard: LibraryCardPage,
    AwaitingMyNumberCard: MyNumberCardPage,
    ReadingMyNumberCard: MyNumberCardPage,
    FindingLinks: MyNumberCardPage,
    ChoosingReplacement: ReplacementPage,
    AlreadyLinked: AlreadyLinkedPage,
    ConfirmingLink: PatronsTurnPage,
    ReadingTries: PatronsTurnPage,
    LastTryWarning: PatronsTurnPage,
    AskingPin: PatronsTurnPage,
    CheckingPin: PatronsTurnPage,
    SavingLink: PatronsTurnPage,
    Registered: RegisteredPage,
    RegistrationRefused: RefusalPage,
    ChoosingUnlinkReason: UnlinkReasonPage,
    AskingUnlinkNumber: UnlinkNumberPage,
    FindingLinkToClose: UnlinkBusyPage,
    ConfirmingUnlink: UnlinkConfirmPage,
    ClosingLink: UnlinkBusyPage,
    Unlinked: UnlinkedPage,
    UnlinkingRefused: RefusalPage,
    OutOfOrder: IncidentPage,
}

PAGES_BESIDE: dict[Section, PageKind] = {Section.STATUS: StatusPage, Section.HELP: HelpPage}

COMES_NEXT: dict[type[Flow], tuple[PageKind, ...]] = {
    Waiting: (HolderPage, ServingPage, IdlePage),
    PatronShown: (IdlePage, HolderPage, ServingPage),
}
"""What is likely to be opened after this, one or two pages on; built in advance."""

_STEPS = ("applicant", "guardian", "library-card", "my-number-card", "confirm", "pin", "save")
_STEP_OF: dict[type[Flow], str] = {
    ChoosingApplicant: "applicant",
    ExplainingRecord: "applicant",
    CheckingGuardian: "guardian",
    AwaitingLibraryCard: "library-card",
    CheckingLibraryCard: "library-card",
    AwaitingMyNumberCard: "my-number-card",
    ReadingMyNumberCard: "my-number-card",
    FindingLinks: "my-number-card",
    ChoosingReplacement: "my-number-card",
    ConfirmingLink: "confirm",
    ReadingTries: "pin",
    LastTryWarning: "pin",
    AskingPin: "pin",
    CheckingPin: "pin",
    SavingLink: "save",
    Registered: "save",
}


def steps(counter: Counter) -> tuple[list[str], int]:
    """The labels of the registration's steps and the present one (from 0); none outside a registration.

    書類の確認 is left out for an adult.
    """
    flow = counter.flow
    step = _STEP_OF.get(type(flow))
    if step is None or section(counter) is not Section.REGISTRATION:
        return [], 0
    draft = getattr(flow, "draft", None) or getattr(getattr(flow, "goal", None), "draft", None)
    child = step == "guardian" or (draft is not None and draft.by_guardian)
    names = [name for name in _STEPS if child or name != "guardian"]
    return [say(f"staff.step.{name}") for name in names], names.index(step)
