"""Sample counters: one for each thing the patron window can show, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code
from kiosk.domain.health import Finding
from kiosk.domain.model import (
    Applicant,
    CardReading,
    EndedBy,
    IlsCondition,
    Insertion,
    Language,
    LibraryCardNumber,
    Link,
    LinkToken,
    Month,
    Patron,
    ReaderCondition,
    RegistryCondition,
    ReplaceReason,
    Revocation,
    Shown,
    Ticket,
    UnlinkReason,
)
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingPin,
    ChoosingApplicant,
    ChoosingReplacement,
    ConfirmingHolder,
    ConfirmingLink,
    ConfirmingUnlink,
    Counter,
    CounterFacts,
    CounterRules,
    Draft,
    Ended,
    ExplainingRecord,
    FindingLinks,
    Flow,
    Interrupted,
    LastTryWarning,
    LeftWork,
    LendGoal,
    LendingRefused,
    LinkGoal,
    OutOfOrder,
    PatronShown,
    Problem,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    RegistrationRefused,
    SavingLink,
    Screen,
    Section,
    Waiting,
)

TODAY = date(2026, 11, 24)
SEEN_AT = datetime(2026, 11, 24, 10, 32, tzinfo=JAPAN)
Params = dict[str, str | int]
LISTED: Params = {"count": 3, "until": "2026-11-25 12:00", "month": 11, "day": 25, "time": "12:00", "numbers": 214}
WELL: tuple[tuple[str, Params], ...] = (
    ("service.running", {}),
    ("reader.found", {"names": "Sony RC-S300/S 0"}),
    ("store.fine", {"links": 0, "pending": 0, "registered": 0, "used": 0}),
    ("trust.ready", {"count": 3, "ends": "2033-07-15", "year": 2033, "month": 7, "day": 15}),
    ("clock.plausible", {"now": "2026-11-24 10:32", "zone": "JST", "year": 2026, "month": 11, "day": 24}),
    ("displays.two", {"displays": "", "count": 2}),
    ("revocation.fresh", LISTED),
    ("printing.printer", {"printer": "Receipt 80"}),
    ("local-api.on", {"port": 17320, "count": 2}),
    ("log.written", {"folder": "/home/kiosk/logs"}),
    ("files.closed", {}),
    ("crashes.none", {}),
    ("space.enough", {"folder": "/home/kiosk", "megabytes": 48213}),
    ("disk.encrypted", {"folder": "/home/kiosk"}),
    ("recovery.confirmed", {}),
)
ALL_WELL = tuple(Finding(outcome, params, SEEN_AT) for outcome, params in WELL)
FACTS = CounterFacts(counter_name="登録カウンター 2", revocation_checked=True, findings=ALL_WELL)


def with_facts(counter: Counter, facts: CounterFacts) -> Counter:
    return replace(counter, facts=facts)


def found(facts: CounterFacts, *changed: Finding) -> CounterFacts:
    """The facts with these findings replaced."""
    checks = {finding.check for finding in changed}
    return replace(facts, findings=(*(one for one in facts.findings if one.check not in checks), *changed))


NUMBER = LibraryCardNumber("2104067853")
PATRON = Patron(NUMBER)
INSERTION = Insertion(1, "reader")
OTHER_READER = "ACS ACR122U PICC Interface 01 00"
OTHER_INSERTION = Insertion(2, OTHER_READER)
READING = CardReading(LinkToken(bytes(32)), Revocation.GOOD)
ENDS_SOON = replace(READING, ends=Month(2027, 1))
DRAFT = Draft(applicant=Applicant.SELF, patron=PATRON)
CHILD = replace(DRAFT, applicant=Applicant.CHILD)
GOAL, CHILDS_GOAL, LEND = LinkGoal(DRAFT, READING), LinkGoal(CHILD, READING), LendGoal(READING, NUMBER)
OPERATION = UUID(int=1)
LINK = Link(READING.token, NUMBER, datetime(2025, 4, 1, tzinfo=UTC), "窓口1", OPERATION)
TICKET = Ticket(5)

FLOWS: dict[str, Flow] = {
    "waiting": Waiting(),
    "reading": Reading(TICKET, INSERTION),
    "reading-slow": Reading(TICKET, INSERTION, slow=True),
    "reading-in-use": Reading(TICKET, INSERTION, in_use=True),
    "reading-behind": Reading(TICKET, INSERTION, behind=OTHER_READER),
    "confirming-holder": ConfirmingHolder(INSERTION, READING, PATRON),
    "served": PatronShown(PATRON, Shown.MY_NUMBER_CARD, INSERTION, READING),
    "served-ends-soon": PatronShown(PATRON, Shown.MY_NUMBER_CARD, INSERTION, ENDS_SOON),
    "applicant": ChoosingApplicant(Draft()),
    "record": ExplainingRecord(DRAFT),
    "guardian": CheckingGuardian(CHILD, TODAY),
    "library-card": AwaitingLibraryCard(DRAFT),
    "place": AwaitingMyNumberCard(DRAFT),
    "place-child": AwaitingMyNumberCard(CHILD),
    "place-again": AwaitingMyNumberCard(DRAFT, Problem(Code.CARD_REMOVED)),
    "reading-for-registration": ReadingMyNumberCard(TICKET, DRAFT, INSERTION),
    "reading-for-registration-slow": ReadingMyNumberCard(TICKET, DRAFT, INSERTION, slow=True),
    "reading-for-registration-in-use": ReadingMyNumberCard(TICKET, DRAFT, INSERTION, in_use=True),
    "reading-for-registration-behind": ReadingMyNumberCard(TICKET, DRAFT, INSERTION, behind=OTHER_READER),
    "finding-links": FindingLinks(TICKET, DRAFT, INSERTION, READING),
    "replacement": ChoosingReplacement(DRAFT, INSERTION, READING, LINK, None),
    "confirm": ConfirmingLink(DRAFT, INSERTION, READING),
    "confirm-child": ConfirmingLink(CHILD, INSERTION, READING),
    "confirm-replacing": ConfirmingLink(DRAFT, INSERTION, READING, ReplaceReason.RENEWED),
    "reading-tries": ReadingTries(TICKET, INSERTION, GOAL),
    "last-try": LastTryWarning(INSERTION, GOAL),
    "last-try-after-mistake": LastTryWarning(INSERTION, GOAL, after_mistake=True),
    "pin": AskingPin(INSERTION, GOAL, 3),
    "pin-child": AskingPin(INSERTION, CHILDS_GOAL, 3),
    "pin-two-left": AskingPin(INSERTION, GOAL, 2),
    "pin-after-mistake": AskingPin(INSERTION, CHILDS_GOAL, 2, after_mistake=True),
    "pin-cleared": AskingPin(INSERTION, GOAL, 3, barcode_cleared=True),
    "pin-lend": AskingPin(INSERTION, LEND, 3),
    "checking-pin": CheckingPin(TICKET, INSERTION, GOAL),
    "checking-pin-slow": CheckingPin(TICKET, INSERTION, GOAL, slow=True),
    "saving": SavingLink(TICKET, DRAFT, INSERTION, OPERATION),
    "done": Registered(DRAFT, OPERATION, pending=False, replaced=False),
    "done-pending": Registered(CHILD, OPERATION, pending=True, replaced=True),
    "already": AlreadyLinked(DRAFT, LINK),
    "unlinking": ConfirmingUnlink(UnlinkReason.LOST, LINK),
    "out-of-order": OutOfOrder("1124-3F0A"),
}

INTERRUPTED = {
    "reader": Interrupted(READING.token, Problem(Code.READER_SERVICE_MISSING), pressed=True),
    "lifted": Interrupted(READING.token, Problem(Code.CARD_REMOVED), pressed=False),
}
"""Reasons for asking for a PIN a second time."""
_PARAMS: dict[str, str | int] = {
    "tries_left": 2,
    "expected": 10,
    "got": 8,
    "prefix": "2104",
    "sw": "6F00",
    "reader": OTHER_READER,
    "wanted": "ACS ACR122U PICC Interface 00 00",
    "readers": "「ACS ACR122U PICC Interface 01 00」、「ACS ACR122U PICC Interface 02 00」",
    "incident": "1124-3F0A",
    "file": "config.toml",
    "line": 12,
    "key": "display.single",
    "stops": "charge-denied too-many-overdue fines",
    "said": "Patron has [2] overdues | see desk",
    "until": "2026-03-31",
}
AT_LENDING = (
    *(Code.NOT_MY_NUMBER_CARD, Code.LIBRARY_CARD_ON_READER, Code.PHONE_NOT_ACCEPTED, Code.NO_CERTIFICATE, Code.CERTIFICATE_UNREADABLE),
    *(Code.CARD_EXPIRED, Code.CARD_NOT_YET_VALID, Code.CARD_STOPPED, Code.ISSUER_UNKNOWN, Code.TRUST_MISSING),
    *(Code.REVOCATION_TOO_OLD,),
    *(Code.PIN_LOCKED, Code.PIN_UNAVAILABLE, Code.KEY_MISMATCH, Code.CARD_REMOVED, Code.CARD_SILENT, Code.CARD_UNREADABLE),
    *(Code.CARD_INTERRUPTED, Code.CARD_WAITED, Code.READER_INTERRUPTED),
    *(Code.CARD_IN_USE, Code.CARD_ANSWER_UNEXPECTED, Code.READER_MISSING, Code.READER_SERVICE_MISSING, Code.READER_DENIED),
    *(
        Code.NOT_LINKED,
        Code.NOT_LINKED_YET,
        Code.LINK_ENDED,
        Code.STOPPED_MEANWHILE,
        Code.HOLDER_DENIED,
        Code.LIBRARY_CARD_EXPIRED,
        Code.LIBRARY_CARD_STOPPED,
        Code.LIBRARY_CARD_UNKNOWN,
    ),
    *(Code.NOT_LINKED_YET, Code.LIBRARY_CARD_DIFFERS),
    *(Code.REGISTRY_TOO_LONG_OFFLINE, Code.REGISTRY_SHUT_OUT),
    *(Code.ILS_UNREACHABLE, Code.STORE_FULL, Code.STORE_READ_ONLY, Code.STORE_LOCKED, Code.STORE_DAMAGED, Code.STORE_UNAVAILABLE),
)
"""Codes with which a card can be refused at the counter."""
ANSWERED = (
    *(Code.LINKED_ELSEWHERE, Code.NUMBER_LINKED_ELSEWHERE, Code.PREMISES_CHANGED),
    *(Code.STOPPED_SINCE, Code.MADE_TOO_LONG_AGO, Code.SITE_KEY_CHANGED, Code.OPERATION_REUSED, Code.COUNTER_DOUBLED),
)
"""Codes with which the register refuses a registration, too."""
AT_REGISTRATION = (Code.PIN_LOCKED, Code.PROXY_REFUSED, *ANSWERED)
"""Further codes that end a registration; the page is the same."""


def problem(code: Code) -> Problem:
    return Problem(code, tuple(_PARAMS.items()))


def counter(flow: Flow, **around: object) -> Counter:
    """A counter in this flow; `around` as in Counter."""
    made = Counter(rules=CounterRules(staff_code="4711"), today=TODAY, flow=flow, reader=ReaderCondition.READY, cards=(INSERTION,))
    made = replace(made, next_operation=OPERATION)
    return replace(made, **around)  # type: ignore[arg-type]


def scenes() -> dict[str, Counter]:
    """Everything the patron window can show, in one language."""
    shown = {name: counter(flow) for name, flow in FLOWS.items()}
    for code in AT_LENDING:
        shown[f"lending-refused-{code}"] = counter(LendingRefused(problem(code)))
    for code in AT_REGISTRATION:
        shown[f"registration-refused-{code}"] = counter(
            RegistrationRefused(Draft() if code is Code.PROXY_REFUSED else DRAFT, problem(code))
        )
    for code in ANSWERED:
        shown[f"registration-undone-{code}"] = counter(RegistrationRefused(DRAFT, problem(code), OPERATION))
    shown["done-not-yet-elsewhere"] = counter(Registered(DRAFT, OPERATION, pending=True, replaced=False))
    shown["waiting-shut-out"] = counter(Waiting(), registry=RegistryCondition.SHUT_OUT)
    shown["help"] = counter(Waiting(), beside=Section.HELP)
    shown["waiting-doubted"] = counter(Waiting(), doubt=problem(Code.STORE_BEHIND))
    for condition in (
        ReaderCondition.MISSING,
        ReaderCondition.SERVICE_MISSING,
        ReaderCondition.DENIED,
        ReaderCondition.AMBIGUOUS,
        ReaderCondition.SILENT,
    ):
        shown[f"waiting-{condition}"] = counter(Waiting(), reader=condition)
        shown[f"place-{condition}"] = counter(AwaitingMyNumberCard(DRAFT), reader=condition)
    for name, interrupted in INTERRUPTED.items():
        for flow in ("confirm", "confirm-child", "confirm-replacing", "pin", "pin-two-left", "pin-lend", "last-try"):
            shown[f"{flow}-again-{name}"] = counter(FLOWS[flow], interrupted=interrupted)
    asking = AskingPin(INSERTION, GOAL, 3)
    shown["idle-warning"] = counter(asking, idle_warning=True)
    lying = frozenset({INSERTION})
    shown["card-left"] = counter(Waiting(), spent=lying)
    shown["done-card-left"] = counter(Registered(DRAFT, OPERATION, pending=False, replaced=False), card_left=2, spent=lying)
    shown["served-card-left"] = counter(PatronShown(Patron(NUMBER), Shown.LIBRARY_CARD), spent=lying)
    shown["reader-taken"] = counter(Waiting(), strays=lying, spent=lying, reader_names=(INSERTION.reader,))
    shown["done-unchecked"] = counter(FLOWS["done-pending"], ils=IlsCondition.UNREACHABLE)
    shown["handover"] = counter(ConfirmingLink(DRAFT, INSERTION, READING), screen=Screen.OFFERED)
    shown["returning"] = counter(Waiting(), screen=Screen.RETURNING)
    shown["returning-wrong-code"] = counter(Waiting(), screen=Screen.RETURNING, wrong_staff_code=True)
    left = Ended(LeftWork.REGISTRATION, EndedBy.TIME, SEEN_AT, Language.JAPANESE, TICKET)
    shown["returning-card-left"] = replace(shown["returning"], spent=lying)
    shown["returning-timed-out"] = replace(shown["returning"], ended=left)
    shown["returning-without-code"] = replace(shown["returning"], rules=CounterRules())
    return shown
