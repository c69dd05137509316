"""Mapping from states to staff pages, pages to build ahead, and registration steps."""

from __future__ import annotations

from kiosk.domain.sections import section
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
from kiosk.ui.staff.page_kind import PageKind


def page_of(flow: Flow) -> PageKind:  # noqa: C901
    match flow:
        case Waiting() | Reading() | FindingLink() | LookingUpPatron():
            return PageKind.IDLE
        case ConfirmingHolder():
            return PageKind.HOLDER
        case PatronShown():
            return PageKind.SERVING
        case LendingRefused() | RegistrationRefused() | UnlinkingRefused():
            return PageKind.REFUSAL
        case ChoosingApplicant():
            return PageKind.APPLICANT
        case ExplainingRecord():
            return PageKind.RECORD
        case CheckingGuardian():
            return PageKind.GUARDIAN
        case AwaitingLibraryCard() | CheckingLibraryCard():
            return PageKind.LIBRARY_CARD
        case AwaitingMyNumberCard() | ReadingMyNumberCard() | FindingLinks():
            return PageKind.MY_NUMBER_CARD
        case ChoosingReplacement():
            return PageKind.REPLACEMENT
        case AlreadyLinked():
            return PageKind.ALREADY_LINKED
        case ConfirmingLink() | ReadingTries() | LastTryWarning() | AskingPin() | CheckingPin() | SavingLink():
            return PageKind.PATRONS_TURN
        case Registered():
            return PageKind.REGISTERED
        case ChoosingUnlinkReason():
            return PageKind.UNLINK_REASON
        case AskingUnlinkNumber():
            return PageKind.UNLINK_NUMBER
        case FindingLinkToClose() | ClosingLink():
            return PageKind.UNLINK_BUSY
        case ConfirmingUnlink():
            return PageKind.UNLINK_CONFIRM
        case ConfirmingStop():
            return PageKind.STOP_CONFIRM
        case Unlinked():
            return PageKind.UNLINKED
        case OutOfOrder():
            return PageKind.INCIDENT


PAGES_BESIDE: dict[Section, PageKind] = {
    Section.STATUS: PageKind.STATUS,
    Section.HELP: PageKind.HELP,
    Section.FIELDS: PageKind.FIELDS,
}

COMES_NEXT: dict[type[Flow], tuple[PageKind, ...]] = {
    Waiting: (PageKind.HOLDER, PageKind.SERVING, PageKind.IDLE),
    PatronShown: (PageKind.IDLE, PageKind.HOLDER, PageKind.SERVING),
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
