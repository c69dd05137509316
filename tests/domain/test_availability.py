"""The counter's own problems are reported as such: no card is blamed for them, and none is asked for that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kiosk.domain.availability import why_unavailable
from kiosk.domain.clock import ClockBounds
from kiosk.domain.errors import Code
from kiosk.domain.events import CardFailed, Event, PatronRefused, ReaderChanged, ServiceAnswered, ServiceSilent
from kiosk.domain.health import Finding
from kiosk.domain.machine import step
from kiosk.domain.model import Insertion, LibraryCardNumber, ReaderCondition, Shown, Ticket
from kiosk.domain.states import Counter, CounterFacts, CounterRules, LendingRefused, LookingUpPatron, Problem, Reading, Waiting

TODAY = date(2026, 11, 23)
WRONG = (date(2010, 1, 1), date(1970, 1, 1), date(2045, 6, 30))
INSERTION, TICKET = Insertion(1, "R"), Ticket(4)
READY, SILENT, MISSING, STARTING = ReaderCondition.READY, ReaderCondition.SILENT, ReaderCondition.MISSING, ReaderCondition.STARTING


def counter(today: date = TODAY, **more: object) -> Counter:
    made = Counter(CounterRules(), today, reader=READY, cards=(INSERTION,), last_ticket=TICKET)
    return replace(made, **more)  # type: ignore[arg-type]


def refusal_at(today: date, code: Code, *params: tuple[str, str | int]) -> LendingRefused:
    """What becomes of a card that is refused so on that day."""
    after, _ = step(counter(today, flow=Reading(TICKET, INSERTION)), CardFailed(TICKET, INSERTION, code, params))
    assert isinstance(after.flow, LendingRefused)
    return after.flow


@pytest.mark.parametrize("today", WRONG)
@pytest.mark.parametrize("code", [Code.CARD_EXPIRED, Code.CARD_NOT_YET_VALID])
def test_with_a_date_that_cannot_be_the_clock_is_named(today: date, code: Code) -> None:
    refused = refusal_at(today, code)
    assert refused.problem.code is Code.CLOCK_DOUBTFUL
    assert dict(refused.problem.params) == {"year": today.year, "month": today.month, "day": today.day}


@pytest.mark.parametrize("today", WRONG)
def test_an_authority_that_has_ended_by_that_clock_may_not_have(today: date) -> None:
    assert refusal_at(today, Code.ISSUER_UNKNOWN, ("reason", "authority-expired")).problem.code is Code.CLOCK_DOUBTFUL


@pytest.mark.parametrize("code", [Code.CARD_STOPPED, Code.ISSUER_UNKNOWN, Code.NOT_MY_NUMBER_CARD, Code.CARD_REMOVED])
def test_what_no_clock_decides_is_said_as_ever(code: Code) -> None:
    assert refusal_at(WRONG[0], code).problem.code is code


@pytest.mark.parametrize("code", [Code.CARD_EXPIRED, Code.CARD_NOT_YET_VALID])
def test_with_a_possible_date_the_card_is_named(code: Code) -> None:
    assert refusal_at(TODAY, code).problem.code is code


def test_the_doubt_ends_with_the_date_that_was_wrong() -> None:
    bounds = ClockBounds(earliest=datetime(2026, 11, 20, tzinfo=UTC))
    assert counter(date(2026, 11, 19), clock=bounds).doubts_clock
    assert not counter(date(2026, 11, 20), clock=bounds).doubts_clock


@pytest.mark.parametrize(
    ("params", "expected"), [((("until", "2044-03-31"),), Code.CLOCK_DOUBTFUL), ((), Code.LIBRARY_CARD_EXPIRED)], ids=["by-us", "by-them"]
)
def test_a_library_card_held_against_that_clock_is_not_blamed_either(params: tuple[tuple[str, str], ...], expected: Code) -> None:
    looking = LookingUpPatron(TICKET, LibraryCardNumber("2104067853"), Shown.LIBRARY_CARD)
    after, _ = step(counter(WRONG[2], flow=looking), PatronRefused(TICKET, Code.LIBRARY_CARD_EXPIRED, params))
    assert isinstance(after.flow, Waiting | LendingRefused)
    assert after.flow.problem is not None
    assert after.flow.problem.code is expected


# --- the readers' service -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((ServiceSilent(),), SILENT),
        ((ServiceSilent(), ServiceSilent()), SILENT),
        ((ServiceAnswered(),), READY),
        ((ServiceSilent(), ServiceAnswered()), READY),
        # Whatever is heard meanwhile counts from when the service answers again.
        ((ServiceSilent(), ReaderChanged(MISSING)), SILENT),
        ((ServiceSilent(), ReaderChanged(MISSING), ServiceAnswered()), MISSING),
        ((ReaderChanged(MISSING), ServiceSilent(), ServiceSilent(), ServiceAnswered()), MISSING),
        ((ServiceSilent(), ServiceAnswered(), ReaderChanged(STARTING)), STARTING),
    ],
)
def test_a_silent_service_hides_what_was_last_heard(events: tuple[Event, ...], expected: ReaderCondition) -> None:
    now = counter()
    for event in events:
        now, _ = step(now, event)
    assert now.reader is expected
    assert now.reads_cards == (expected in (READY, STARTING))


# --- what keeps cards from being taken ----------------------------------------------------------------------------------


def facts(*findings: Finding) -> CounterFacts:
    return CounterFacts("窓口1", True, findings=findings)


@pytest.mark.parametrize(
    ("counter", "facts", "expected"),
    [
        (counter(), facts(), None),
        (counter(reader=STARTING), facts(), None),
        (counter(reader=SILENT), facts(), Code.READER_SILENT),
        (counter(reader=MISSING), facts(Finding("trust.missing")), Code.READER_MISSING),
        (counter(), facts(Finding("trust.missing")), Code.TRUST_MISSING),
        (counter(), facts(Finding("trust.unusable")), Code.TRUST_UNUSABLE),
        (counter(), facts(Finding("trust.ended", {"ends": "2033-07-15", "count": 0})), Code.TRUST_ENDED),
        (counter(WRONG[2]), facts(Finding("trust.ended", {"ends": "2033-07-15", "count": 0})), Code.CLOCK_DOUBTFUL),
        (counter(), facts(Finding("revocation.too-old", {"closed": 1})), Code.REVOCATION_TOO_OLD),
        (counter(), facts(Finding("revocation.missing", {"closed": 1})), Code.REVOCATION_TOO_OLD),
        (counter(), facts(Finding("revocation.partly", {"closed": 0})), None),
        # However long ago that was found.
        (counter(doubt=Problem(Code.STORE_BEHIND)), facts(Finding("store.overdue")), Code.STORE_DOUBTED),
        (counter(), facts(Finding("store.wrong", {"code": Code.STORE_DAMAGED})), Code.STORE_DAMAGED),
        # One that is only not known keeps nobody away.
        (counter(), facts(Finding("store.overdue"), Finding("trust.overdue"), Finding("service.silent")), None),
        (counter(WRONG[0]), facts(Finding("clock.doubtful")), None),
    ],
)
def test_why_no_card_can_be_taken(counter: Counter, facts: CounterFacts, expected: Code | None) -> None:
    found = why_unavailable(replace(counter, facts=facts))
    assert (found.code if found else None) == expected
