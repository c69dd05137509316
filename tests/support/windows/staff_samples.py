"""Sample counters and facts: one for each thing the staff window can show, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.health import Finding, overdue
from kiosk.domain.model import (
    Applicant,
    EndedBy,
    GuardianCheck,
    IlsCondition,
    Language,
    LibraryCardNumber,
    Patron,
    ReaderCondition,
    ReplaceReason,
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
    ConfirmingLink,
    ConfirmingUnlink,
    Counter,
    CounterFacts,
    Draft,
    Ended,
    ExplainingRecord,
    FindingLink,
    FindingLinkToClose,
    Flow,
    LeftWork,
    LendingRefused,
    LookingUpPatron,
    MoreTime,
    PatronShown,
    Problem,
    Reading,
    RegistrationRefused,
    Section,
    Stayed,
    Stray,
    Tried,
    Unlinked,
    UnlinkingRefused,
    Waiting,
)
from tests.support.windows.fields_samples import fields_scenes
from tests.support.windows.patron_samples import (
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
    LISTED,
    NUMBER,
    OPERATION,
    OTHER_INSERTION,
    OTHER_READER,
    PATRON,
    READING,
    SEEN_AT,
    TICKET,
    Params,
    counter,
    found,
    problem,
)
from tests.support.windows.registry_samples import BUSY, registry_scenes
from tests.support.windows.serving_samples import RULES, STOPPED, serving_scenes

Scene = tuple[Counter, CounterFacts]
OTHER = LibraryCardNumber("2104067861")
LONG = LibraryCardNumber("2104067853210406")
"""The longest possible number: it must not be cut off."""
CUT_OFF = date(2011, 11, 25)
UNCHECKED = replace(FACTS, revocation_checked=False)
ALTERED = Finding("store.doubted", {"code": Code.LINKS_ALTERED, "links": 3, "pending": 0, "registered": 0, "used": 0})
LACKING = Problem(Code.STORE_BEHIND, (("lacking", 12),))
BEHIND = Finding("store.doubted", {"code": Code.STORE_BEHIND, "lacking": 12, "links": 3, "pending": 0, "registered": 0, "used": 0})
NO_TRUST = Finding("trust.missing", {"files": "authca03.cer", "page": "https://www.jpki.go.jp/ca/"}, SEEN_AT)
NOT_CHECKED = Finding("revocation.none", {}, SEEN_AT)

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
    "unlink-closing": ClosingLink(TICKET, UnlinkReason.LOST, NUMBER, OPERATION, True),
    "unlinked": Unlinked(UnlinkReason.WISH, NUMBER, OPERATION, pending=False),
    "unlinked-lost": Unlinked(UnlinkReason.LOST, NUMBER, OPERATION, pending=True, card_stopped=False),
    "unlink-refused": UnlinkingRefused(replace(problem(Code.NOTHING_TO_UNLINK), entered=NUMBER.text), UnlinkReason.LOST, True),
}
WRONG_NUMBERS = (
    *(Code.NUMBER_EMPTY, Code.NUMBER_CHARACTERS, Code.NUMBER_LENGTH, Code.NUMBER_PREFIX, Code.NUMBER_CHECK_DIGIT),
    *(Code.NUMBER_IS_MY_NUMBER, Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_DIFFERS),
)
LAID_WRONG = (Code.NOT_MY_NUMBER_CARD, Code.CARD_REMOVED, Code.CARD_IN_USE, Code.CARD_ANSWER_UNEXPECTED, Code.BARCODE_ON_WRONG_STEP)
STOPPED_DRAFT = replace(DRAFT, patron=STOPPED)
AWAY = (ReaderCondition.MISSING, ReaderCondition.SERVICE_MISSING, ReaderCondition.DENIED, ReaderCondition.AMBIGUOUS, ReaderCondition.SILENT)
ALIKE: dict[str, object] = {
    "reader_wanted": "ACS ACR122U PICC Interface 00 00",
    "reader_names": ("ACS ACR122U PICC Interface 01 00", OTHER_READER),
}


def beside(section: Section, flow: Flow | None = None, **around: object) -> Counter:
    """状況 or 使い方 over the page of `flow`."""
    return counter(Waiting() if flow is None else flow, beside=section, **around)


def one_of_each() -> dict[str, Scene]:
    """Every page with all its elements at least once, without refusals and problems that differ only in wording."""
    kept = (Code.CARD_EXPIRED, Code.NOT_LINKED, Code.STORE_FULL, Code.LIBRARY_CARD_EXPIRED, Code.PIN_LOCKED, Code.NUMBER_LENGTH)
    codes = tuple(f"-{code}" for code in Code if code not in kept)
    codes += tuple(f"timed-out-{work}" for work in LeftWork if work is not LeftWork.SERVING)
    codes += tuple(f"lending-stayed-{why}" for why in Stayed if why is not Stayed.REFUSED)
    return {name: scene for name, scene in staff_scenes().items() if not name.endswith(codes) or "-reader-" in name}


a_sixth_or_all = pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.trial)], ids=["a sixth", "all"])
"""For slow checks of each page: every sixth in a quick run, all in a long one."""


def troubled() -> dict[str, CounterFacts]:
    """Problems of the counter's parts: one, several at once, and unknown."""
    doubtful: Params = {"now": "2010-01-01 00:00", "zone": "JST", "year": 2010, "month": 1, "day": 1}
    clock = Finding("clock.doubtful", doubtful, SEEN_AT)
    display = Finding("displays.one", {"displays": "", "count": 1, "apart": 0}, SEEN_AT)
    slips = Finding("printing.no-printer", {"printer": "Receipt 80", "names": "－"}, SEEN_AT)
    log = Finding("log.unwritten", {"folder": "/home/kiosk/logs"}, SEEN_AT)
    lists = Finding("revocation.stale", {"count": 3, "until": "2026-11-20 12:00", "numbers": 214}, SEEN_AT)
    records = Finding("records.wrong", {"code": Code.STORE_FULL}, SEEN_AT)
    others = (Finding("files.open", {"files": "x (0644)"}, SEEN_AT), Finding("space.little", {"folder": "/", "megabytes": 84}, SEEN_AT))
    store = Finding("store.wrong", {"code": Code.STORE_DAMAGED}, SEEN_AT)
    migrated: Params = {"dropped": 42, "links": 3, "pending": 0, "registered": 5, "used": 8}
    crashes: Params = {"count": 3, "last": "2026-11-24 10:31", "incident": "1124-1031-8A", "why": "SIGSEGV"}
    more = (*others, Finding("disk.plain", {"folder": "/"}, SEEN_AT), Finding("recovery.unconfirmed", {}, SEEN_AT))
    return {
        "clock": found(FACTS, clock),
        "display": found(FACTS, display),
        "store": found(FACTS, store),
        "migrated": found(FACTS, Finding("store.migrated", migrated, SEEN_AT)),
        "warnings": found(BUSY, records, lists, Finding("recovery.unconfirmed", {}, SEEN_AT)),
        "many": found(UNCHECKED, clock, display, slips, log, NOT_CHECKED, records, *more),
        "no-lists": found(UNCHECKED, NOT_CHECKED),
        "crashed": found(FACTS, Finding("crashes.noted", crashes, SEEN_AT)),
        "overdue": found(FACTS, *(overdue(finding.check, SEEN_AT) for finding in FACTS.findings)),
        "unseen": replace(FACTS, findings=()),
    }


def staff_scenes() -> dict[str, Scene]:  # noqa: PLR0915
    """Everything the staff window can show."""
    shown = {name: (counter(flow), FACTS) for name, flow in STAFF_FLOWS.items()}
    for service in Service:
        shown[f"service-{service}"] = counter(PatronShown(PATRON, Shown.MY_NUMBER_CARD, INSERTION, READING, service)), FACTS
    for code in AT_LENDING:
        shown[f"lending-refused-{code}"] = counter(LendingRefused(problem(code), INSERTION)), FACTS
    book = replace(problem(Code.NUMBER_PREFIX), entered="5201234567")
    shown["waiting-book"] = counter(Waiting(book), ils=IlsCondition.READY), FACTS
    refused = LendingRefused(replace(problem(Code.LIBRARY_CARD_UNKNOWN), entered=NUMBER.text), wrong=book)
    shown["lending-refused-book"] = counter(refused, ils=IlsCondition.READY), FACTS
    shown["lending-refused-lifted"] = counter(LendingRefused(problem(Code.NOT_LINKED)), cards=()), FACTS
    for code in AT_REGISTRATION:
        shown[f"registration-refused-{code}"] = (
            counter(RegistrationRefused(Draft() if code is Code.PROXY_REFUSED else DRAFT, problem(code))),
            FACTS,
        )
    for code in WRONG_NUMBERS:
        shown[f"waiting-{code}"] = counter(Waiting(problem(code))), FACTS
        shown[f"library-card-{code}"] = counter(AwaitingLibraryCard(CHILD, problem(code))), FACTS
    for code in LAID_WRONG:
        shown[f"place-{code}"] = counter(AwaitingMyNumberCard(CHILD, problem(code)), cards=()), FACTS
    for condition in AWAY:
        shown[f"waiting-{condition}"] = counter(Waiting(), reader=condition, **ALIKE), UNCHECKED
        shown[f"place-{condition}"] = counter(AwaitingMyNumberCard(DRAFT), reader=condition, cards=(), **ALIKE), FACTS
        shown[f"status-{condition}"] = beside(Section.STATUS, reader=condition), found(BUSY, NO_TRUST)
    shown["status"] = beside(Section.STATUS), FACTS
    shown["waiting-starting"] = counter(Waiting(), reader=ReaderCondition.STARTING), FACTS
    shown["waiting-unchecked"] = counter(Waiting(problem(Code.NUMBER_LENGTH))), UNCHECKED
    shown["waiting-without-trust"] = counter(Waiting()), found(UNCHECKED, NO_TRUST)
    shown["waiting-demo"] = counter(Waiting()), replace(UNCHECKED, demo=True)
    accepting = replace(BUSY, stale_lists_accepted=True)
    shown["waiting-stale-lists"] = counter(Waiting()), replace(FACTS, stale_lists_accepted=True)
    shown["status-stale-lists"] = (
        beside(Section.STATUS),
        found(accepting, Finding("revocation.unlimited", LISTED, SEEN_AT)),
    )
    too_old = Finding("revocation.too-old", {**LISTED, "closed": 1}, SEEN_AT)
    shown["waiting-too-old-lists"] = counter(Waiting()), found(FACTS, too_old)
    shown["status-too-old-lists"] = beside(Section.STATUS), found(BUSY, too_old)
    shown["waiting-doubted"] = counter(Waiting(), doubt=LACKING), found(FACTS, BEHIND)
    shown["waiting-doubted-unseen"] = counter(Waiting(), doubt=LACKING), found(FACTS, overdue("store", SEEN_AT))
    shown["status-doubted"] = beside(Section.STATUS, doubt=LACKING), found(FACTS, BEHIND)
    refused = LendingRefused(problem(Code.STORE_DOUBTED), INSERTION)
    shown["lending-refused-doubted"] = counter(refused, doubt=problem(Code.LINKS_ALTERED)), found(FACTS, ALTERED)
    for name, facts in troubled().items():
        shown[f"waiting-{name}"] = counter(Waiting()), facts
        shown[f"status-{name}"] = beside(Section.STATUS), facts
    shown["status-busy"] = beside(Section.STATUS, ils=IlsCondition.READY), BUSY
    for ils in (
        IlsCondition.STARTING,
        IlsCondition.UNREACHABLE,
        IlsCondition.LOGIN_REFUSED,
        IlsCondition.LOGIN_LOST,
        IlsCondition.NOT_TRUSTED,
    ):
        shown[f"status-ils-{ils}"] = beside(Section.STATUS, ils=ils), BUSY
    shown |= {name: (scene, FACTS) for name, scene in fields_scenes().items()}
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
    replacing = ConfirmingLink(CHILD, INSERTION, READING, ReplaceReason.REISSUED)
    shown["place-unchecked"] = counter(AwaitingMyNumberCard(CHILD), ils=IlsCondition.UNREACHABLE, cards=()), FACTS
    shown["confirm-unchecked"] = counter(replacing, ils=IlsCondition.UNREACHABLE, interrupted=INTERRUPTED["reader"]), FACTS
    # The library system has recovered by now.
    shown["done-unchecked"] = counter(FLOWS["done-pending"], rules=RULES, ils=IlsCondition.READY), FACTS
    shown["done-slip"] = counter(FLOWS["done-pending"], rules=RULES), FACTS
    shown["card-left"] = counter(Waiting(), card_left=3, spent=frozenset({INSERTION})), FACTS
    lying = frozenset({INSERTION})
    shown["former-card-left"] = counter(STAFF_FLOWS["served-long"], card_left=3, spent=lying, former=lying), FACTS
    one = {"spent": lying, "reader_names": (INSERTION.reader,)}
    shown["waiting-card-lies"] = counter(Waiting(), **one), FACTS
    shown["waiting-former-card-lies"] = counter(Waiting(), former=lying, **one), FACTS
    shown["place-former-card-lies"] = counter(AwaitingMyNumberCard(DRAFT), former=lying, **one), FACTS
    shown["registered-card-left"] = counter(FLOWS["done-pending"], card_left=3, spent=frozenset({INSERTION})), FACTS
    shown |= {name: (scene, FACTS) for name, scene in serving_scenes().items()} | registry_scenes()
    for work in LeftWork:
        shown[f"timed-out-{work}"] = (
            counter(Waiting(), ended=Ended(work, EndedBy.TIME, SEEN_AT, Language.JAPANESE, TICKET), cards=()),
            FACTS,
        )
    told_at_help = Ended(LeftWork.SERVING, EndedBy.TIME, None, Language.JAPANESE, TICKET)
    shown["timed-out-at-help"] = beside(Section.HELP, ended=told_at_help), FACTS
    shown["help"] = beside(Section.HELP), FACTS
    shown["over-served"] = beside(Section.HELP, shown["lending"][0].flow), FACTS
    shown["over-guardian"] = beside(Section.STATUS, STAFF_FLOWS["guardian-one-left"]), FACTS
    asked = {"served": "lending", "holder": "confirming-holder", "registration": "guardian", "unlinking": "unlink-confirm"}
    asked |= {"unanswered": "renewal-answers", "doubt": "hold", "handing": "handover-under-way"}
    for why, at in asked.items():
        to = Section.HOME if why == "holder" else Section.REGISTRATION if why == "unlinking" else Section.UNLINKING
        shown[f"ask-{why}"] = replace(shown[at][0], leaving_for=to), FACTS
    shown["library-card-called"] = counter(AwaitingLibraryCard(Draft(Applicant.SELF, called=NUMBER))), FACTS
    for name, tried in (("trying", Tried()), ("tried", Tried(under_way=False, at=SEEN_AT))):
        ils = IlsCondition.STARTING if tried.under_way else IlsCondition.UNREACHABLE
        shown[f"status-ils-{name}"] = beside(Section.STATUS, ils=ils, tried=tried), BUSY
    everything: dict[str, object] = {
        "doubt": LACKING,
        "card_left": 3,
        "stray_notice": stray,
        "idle_warning": True,
        "papers": shown["slip-trouble"][0].papers,
        "late": shown["late-loan"][0].late,
    }
    shown["all-notices"] = counter(STAFF_FLOWS["served-long"], **everything), FACTS
    shown["more-time"] = counter(STAFF_FLOWS["served-long"], more_time=MoreTime(TICKET, 1, 2)), FACTS
    shown["idle-warning"] = counter(STAFF_FLOWS["served-long"], idle_warning=True), FACTS
    return shown
