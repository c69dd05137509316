"""Mapping from states to staff pages, pages to build ahead, and registration steps."""

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
    ConfirmingStop,
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
    RegistrationStep,
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
from kiosk.ui.staff.unlinking import StopConfirmPage, UnlinkConfirmPage, UnlinkNumberPage, UnlinkReasonPage
from kiosk.ui.theme import StaffSizes

PageKind = Callable[[Emit, StaffSizes], StaffPage]


def page_of(flow: Flow) -> PageKind:  # noqa: C901
    match flow:
        case Waiting() | Reading() | FindingLink() | LookingUpPatron():
            return IdlePage
        case ConfirmingHolder():
            return HolderPage
        case PatronShown():
            return ServingPage
        case LendingRefused() | RegistrationRefused() | UnlinkingRefused():
            return RefusalPage
        case ChoosingApplicant():
            return ApplicantPage
        case ExplainingRecord():
            return RecordPage
        case CheckingGuardian():
            return GuardianPage
        case AwaitingLibraryCard() | CheckingLibraryCard():
            return LibraryCardPage
        case AwaitingMyNumberCard() | ReadingMyNumberCard() | FindingLinks():
            return MyNumberCardPage
        case ChoosingReplacement():
            return ReplacementPage
        case AlreadyLinked():
            return AlreadyLinkedPage
        case ConfirmingLink() | ReadingTries() | LastTryWarning() | AskingPin() | CheckingPin() | SavingLink():
            return PatronsTurnPage
        case Registered():
            return RegisteredPage
        case ChoosingUnlinkReason():
            return UnlinkReasonPage
        case AskingUnlinkNumber():
            return UnlinkNumberPage
        case FindingLinkToClose() | ClosingLink():
            return UnlinkBusyPage
        case ConfirmingUnlink():
            return UnlinkConfirmPage
        case ConfirmingStop():
            return StopConfirmPage
        case Unlinked():
            return UnlinkedPage
        case OutOfOrder():
            return IncidentPage


PAGES_BESIDE: dict[Section, PageKind] = {Section.STATUS: StatusPage, Section.HELP: HelpPage}

COMES_NEXT: dict[type[Flow], tuple[PageKind, ...]] = {
    Waiting: (HolderPage, ServingPage, IdlePage),
    PatronShown: (IdlePage, HolderPage, ServingPage),
}
"""Pages likely to be opened next, one or two steps ahead; built in advance."""


def steps(counter: Counter) -> tuple[list[str], int]:
    """Return the labels of the registration steps and the index of the current one; ([], 0) outside a registration.

    書類の確認 is omitted for an adult.
    """
    flow = counter.flow
    step = flow.about.step
    if step is None or section(counter) is not Section.REGISTRATION:
        return [], 0
    draft = getattr(flow, "draft", None) or getattr(getattr(flow, "goal", None), "draft", None)
    child = step is RegistrationStep.GUARDIAN or (draft is not None and draft.by_guardian)
    steps = [each for each in RegistrationStep if child or each is not RegistrationStep.GUARDIAN]
    return [say(f"staff.step.{each}") for each in steps], steps.index(step)
