"""One counter and its facts for each thing the staff window can show, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.domain.errors import Code
from kiosk.domain.model import (
    Applicant,
    GuardianCheck,
    IlsCondition,
    LibraryCardNumber,
    Patron,
    ReaderCondition,
    Service,
    Shown,
    UnlinkReason,
)
from kiosk.domain.states import (
    AskingUnlinkNumber,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    ChoosingReplacement,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingHolder,
    ConfirmingUnlink,
    Counter,
    CounterFacts,
    Draft,
    ExplainingRecord,
    FindingLink,
    FindingLinkToClose,
    Flow,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Problem,
    Reading,
    RegistrationRefused,
    ShowingStatus,
    Stray,
    Unlinked,
    UnlinkingRefused,
    Waiting,
)
from tests.ui.scenes import (
    AT_LENDING,
    AT_REGISTRATION,
    CHILD,
    DRAFT,
    ENDS_SOON,
    FACTS,
    FLOWS,
    INSERTION,
    INTERRUPTED,
    LINK,
    NUMBER,
    OTHER_INSERTION,
    OTHER_READER,
    PATRON,
    READING,
    TICKET,
    counter,
    problem,
)
from tests.ui.serving_scenes import RULES, STOPPED, serving_scenes

Scene = tuple[Counter, CounterFacts]
OTHER = LibraryCardNumber("2104067861")
LONG = LibraryCardNumber("2104067853210406")
"""The longest number there is: it must not be cut."""
CUT_OFF = date(2011, 11, 25)
UNCHECKED = replace(FACTS, revocation_checked=False)
BUSY = replace(FACTS, links=12840, registered_this_month=137, uses_this_month=5120, has_registry=True, pending=3)

STAFF_FLOWS: dict[str, Flow] = {
    **FLOWS,
    "finding-link": FindingLink(TICKET, INSERTION, READING),
    "looking-up": LookingUpPatron(TICKET, NUMBER, Shown.LIBRARY_CARD),
    "holder-ends-soon": ConfirmingHolder(INSERTION, ENDS_SOON, Patron(LONG)),
    "served-by-number": PatronShown(Patron(NUMBER, True, date(2028, 3, 31)), Shown.LIBRARY_CARD),
    "served-long": PatronShown(Patron(LONG), Shown.MY_NUMBER_CARD, INSERTION, ENDS_SOON, Service.NDL_DIGITAL),
    "record-child": ExplainingRecord(Draft(Applicant.CHILD)),
    "guardian": CheckingGuardian(CHILD, CUT_OFF),
    "guardian-one-left": CheckingGuardian(replace(CHILD, checks=frozenset(GuardianCheck) - {GuardianCheck.SAME_HOUSEHOLD}), CUT_OFF),
    "guardian-all": CheckingGuardian(replace(CHILD, checks=frozenset(GuardianCheck)), CUT_OFF),
    "library-card-checking": CheckingLibraryCard(TICKET, DRAFT, NUMBER),
    "replacement-both": ChoosingReplacement(DRAFT, INSERTION, READING, replace(LINK, number=OTHER), LINK),
    "unlink-reason": ChoosingUnlinkReason(),
    "unlink-number": AskingUnlinkNumber(UnlinkReason.WISH),
    "unlink-lost": AskingUnlinkNumber(UnlinkReason.LOST),
    "unlink-not-stopped": AskingUnlinkNumber(UnlinkReason.LOST, False, problem(Code.NUMBER_IS_MY_NUMBER)),
    "unlink-finding": FindingLinkToClose(TICKET, UnlinkReason.LOST, NUMBER, True),
    "unlink-confirm": ConfirmingUnlink(UnlinkReason.LOST, LINK, True),
    "unlink-closing": ClosingLink(TICKET, UnlinkReason.LOST, NUMBER, True),
    "unlinked": Unlinked(UnlinkReason.WISH, NUMBER, pending=False),
    "unlinked-lost": Unlinked(UnlinkReason.LOST, NUMBER, pending=True, card_stopped=False),
    "unlink-refused": UnlinkingRefused(problem(Code.NOTHING_TO_UNLINK)),
    "status": ShowingStatus(),
}
WRONG_NUMBERS = (
    *(Code.NUMBER_EMPTY, Code.NUMBER_CHARACTERS, Code.NUMBER_LENGTH, Code.NUMBER_PREFIX, Code.NUMBER_CHECK_DIGIT),
    *(Code.NUMBER_IS_MY_NUMBER, Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_DIFFERS),
)
LAID_WRONG = (Code.NOT_MY_NUMBER_CARD, Code.CARD_REMOVED, Code.CARD_IN_USE, Code.CARD_ANSWER_UNEXPECTED, Code.BARCODE_ON_WRONG_STEP)
STOPPED_DRAFT = replace(DRAFT, patron=STOPPED)
AWAY = (ReaderCondition.MISSING, ReaderCondition.SERVICE_MISSING, ReaderCondition.DENIED, ReaderCondition.AMBIGUOUS)
ALIKE: dict[str, object] = {
    "reader_wanted": "ACS ACR122U PICC Interface 00 00",
    "reader_names": ("ACS ACR122U PICC Interface 01 00", OTHER_READER),
}


def one_of_each() -> dict[str, Scene]:
    """Every page with everything it can hold once: without the refusals and problems that differ in their words alone."""
    kept = (Code.CARD_EXPIRED, Code.NOT_LINKED, Code.STORE_FULL, Code.LIBRARY_CARD_EXPIRED, Code.PIN_LOCKED, Code.NUMBER_LENGTH)
    codes = tuple(f"-{code}" for code in Code if code not in kept)
    return {name: scene for name, scene in staff_scenes().items() if not name.endswith(codes) or "-reader-" in name}


def staff_scenes() -> dict[str, Scene]:
    """Everything the staff window can show."""
    shown = {name: (counter(flow), FACTS) for name, flow in STAFF_FLOWS.items()}
    for service in Service:
        shown[f"service-{service}"] = counter(PatronShown(PATRON, Shown.MY_NUMBER_CARD, INSERTION, READING, service)), FACTS
    for code in AT_LENDING:
        shown[f"lending-refused-{code}"] = counter(LendingRefused(problem(code), INSERTION)), FACTS
    shown["lending-refused-lifted"] = counter(LendingRefused(problem(Code.NOT_LINKED)), cards=()), FACTS
    for code in AT_REGISTRATION:
        shown[f"registration-refused-{code}"] = counter(RegistrationRefused(DRAFT, problem(code))), FACTS
    for code in WRONG_NUMBERS:
        shown[f"waiting-{code}"] = counter(Waiting(problem(code))), FACTS
        shown[f"library-card-{code}"] = counter(AwaitingLibraryCard(CHILD, problem(code))), FACTS
    for code in LAID_WRONG:
        shown[f"place-{code}"] = counter(AwaitingMyNumberCard(CHILD, problem(code)), cards=()), FACTS
    for condition in AWAY:
        shown[f"waiting-{condition}"] = counter(Waiting(), reader=condition, **ALIKE), UNCHECKED
        shown[f"place-{condition}"] = counter(AwaitingMyNumberCard(DRAFT), reader=condition, cards=(), **ALIKE), FACTS
        shown[f"status-{condition}"] = counter(ShowingStatus(), reader=condition), replace(BUSY, authorities=0)
    shown["waiting-starting"] = counter(Waiting(), reader=ReaderCondition.STARTING), FACTS
    shown["waiting-unchecked"] = counter(Waiting(problem(Code.NUMBER_LENGTH))), UNCHECKED
    shown["waiting-without-trust"] = counter(Waiting()), replace(UNCHECKED, authorities=0)
    shown["waiting-demo"] = counter(Waiting()), replace(UNCHECKED, demo=True)
    shown["waiting-stale-lists"] = counter(Waiting()), replace(FACTS, stale_lists_accepted=True)
    shown["status-stale-lists"] = counter(ShowingStatus()), replace(BUSY, stale_lists_accepted=True, warnings=(Code.REVOCATION_STALE,))
    shown["waiting-too-old-lists"] = counter(Waiting()), replace(FACTS, warnings=(Code.REVOCATION_TOO_OLD,))
    shown["status-too-old-lists"] = counter(ShowingStatus()), replace(BUSY, warnings=(Code.REVOCATION_TOO_OLD,))
    warned = replace(BUSY, revocation_checked=False, sheet_missing=True, warnings=(Code.STORE_FULL, Code.REVOCATION_STALE))
    shown["status-warnings"] = counter(ShowingStatus()), warned
    shown["status-busy"] = counter(ShowingStatus(), ils=IlsCondition.READY), BUSY
    for ils in (
        IlsCondition.STARTING,
        IlsCondition.UNREACHABLE,
        IlsCondition.LOGIN_REFUSED,
        IlsCondition.LOGIN_LOST,
        IlsCondition.NOT_TRUSTED,
    ):
        shown[f"status-ils-{ils}"] = counter(ShowingStatus(), ils=ils), BUSY
    shown["place-stopped"] = counter(AwaitingMyNumberCard(STOPPED_DRAFT), cards=()), FACTS
    shown["library-card-stopped-patron"] = counter(AwaitingLibraryCard(STOPPED_DRAFT)), FACTS
    both = (INSERTION, OTHER_INSERTION)
    shown["two-cards"] = counter(STAFF_FLOWS["confirm"], cards=both), FACTS
    stray = Stray(OTHER_INSERTION, Problem(Code.NOT_MY_NUMBER_CARD))
    told: dict[str, object] = {"cards": (OTHER_INSERTION,), "strays": frozenset({OTHER_INSERTION}), "stray_notice": stray}
    shown["stray"] = counter(Waiting(), **told), FACTS
    shown["stray-tried"] = counter(Reading(TICKET, OTHER_INSERTION), **told), FACTS
    for name, interrupted in INTERRUPTED.items():
        for flow in ("confirm", "confirm-child", "pin", "pin-two-left", "last-try"):
            shown[f"{flow}-again-{name}"] = counter(STAFF_FLOWS[flow], interrupted=interrupted), FACTS
    shown["done-slip"] = counter(FLOWS["done-pending"], rules=RULES), FACTS
    shown["card-left"] = counter(Waiting(), card_left=3), FACTS
    shown["registered-card-left"] = counter(FLOWS["done-pending"], card_left=3), FACTS
    shown |= {name: (scene, FACTS) for name, scene in serving_scenes().items()}
    shown["idle-warning"] = counter(STAFF_FLOWS["served-long"], idle_warning=True), FACTS
    return shown
