"""Findings are kept until they are stale; and when the store is examined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.domain.effects import Effect, LookAtStore
from kiosk.domain.errors import Code
from kiosk.domain.events import CheckFound, Event, HelpChosen, StatusChosen, Ticked
from kiosk.domain.health import Finding, unseen
from kiosk.domain.machine import step
from kiosk.domain.states import Counter, CounterFacts, CounterRules, Problem
from kiosk.domain.watched_checks import WATCHED, best_before

BEGAN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TRUSTED = Finding("trust.ready", {"count": 1, "ends": "2033-07-15"}, BEGAN)


@dataclass
class Run:
    """One counter, at seconds after it began."""

    counter: Counter

    def tell(self, seconds: float, event: Event) -> tuple[Effect, ...]:
        self.counter, effects = step(replace(self.counter, now=BEGAN + timedelta(seconds=seconds), monotonic=seconds), event)
        return effects

    def find(self, seconds: float, outcome: str, **params: str | int) -> None:
        self.tell(seconds, CheckFound(Finding(outcome, params)))

    def known(self, check: str) -> Finding:
        return self.counter.facts.finding(check)


def begun(*findings: Finding) -> Run:
    run = Run(Counter(CounterRules(), date(2026, 11, 23), facts=CounterFacts(findings=findings)))
    run.tell(0, Ticked())
    return run


def test_what_is_not_looked_at_again_becomes_unknown_and_well_again() -> None:
    run = begun(TRUSTED, unseen("printing"))
    run.find(0, "store.fine", links=7)
    run.tell(1, Ticked())
    assert run.known("printing").word == "unseen"
    assert run.known("store").number("links") == 7
    late = best_before("store") + 1
    run.find(late - 2, "trust.ready", count=1)
    run.tell(late, Ticked())
    assert (run.known("store").outcome, run.known("store").number("links")) == ("store.overdue", None)
    assert run.known("store").at == BEGAN
    assert run.known("trust").outcome == "trust.ready"
    assert run.known("printing").word == "unseen"
    late = best_before("printing") + 1
    run.find(late, "trust.ready", count=1)
    run.tell(late, Ticked())
    assert run.known("trust").outcome == "trust.ready"
    assert run.known("printing").word == "overdue"
    run.find(late, "store.fine", links=8)
    assert run.known("store").number("links") == 8


def test_that_acts_are_not_written_down_is_said_until_one_is() -> None:
    run = begun()
    run.find(0, "records.wrong", code=Code.STORE_FULL)
    run.tell(24 * 3600, Ticked())
    assert run.known("records").outcome == "records.wrong"
    run.find(24 * 3600, "records.fine")
    assert run.known("records").outcome == "records.fine"


def test_findings_stand_in_the_order_in_which_people_read_them() -> None:
    run = begun(unseen("disk"), TRUSTED)
    run.find(1, "store.fine")
    run.find(2, "service.running")
    assert [finding.check for finding in run.counter.facts.findings] == ["service", "store", "trust", "disk"]


def test_the_time_that_is_told_is_that_of_the_last_look() -> None:
    run = begun()
    for seconds in (3, 33):
        run.find(seconds, "service.running")
        assert run.known("service").at == BEGAN + timedelta(seconds=seconds)


@pytest.mark.parametrize("first", [(), (unseen("store"),)])
def test_the_store_is_looked_at_at_once_and_when_its_time_has_come(first: tuple[Finding, ...]) -> None:
    run = Run(Counter(CounterRules(), date(2026, 11, 23), facts=CounterFacts(findings=first)))
    assert run.tell(0, Ticked()) == (LookAtStore(),)
    run.find(1, "store.fine", links=1)
    assert run.tell(5, Ticked()) == ()
    assert run.tell(1 + WATCHED["store"], Ticked()) == (LookAtStore(),)


def test_what_another_program_does_in_the_store_is_seen_within_seconds() -> None:
    run = begun()
    run.find(1, "store.fine", links=1)
    assert run.tell(12, Ticked()) == (LookAtStore(),)


def test_a_store_that_is_wrong_is_looked_at_all_the_time() -> None:
    run = begun()
    run.find(1, "store.wrong", code=Code.STORE_REPLACED)
    assert run.tell(5, Ticked()) == (LookAtStore(),)
    run.find(6, "store.fine", links=1)
    assert run.tell(10, Ticked()) == ()


def test_what_is_counted_is_looked_at_when_staff_come_to_read_it() -> None:
    run = begun()
    assert run.tell(1, HelpChosen()) == ()
    assert LookAtStore() in run.tell(2, StatusChosen())
    assert LookAtStore() not in run.tell(3, StatusChosen()), "it was closed"


@pytest.mark.parametrize(
    ("outcome", "params", "doubted"),
    [
        ("store.fine", {"links": 1}, False),
        ("store.doubted", {"code": Code.LINKS_ALTERED, "links": 2}, True),
        ("store.wrong", {"code": Code.STORE_LOCKED}, True),
        ("store.overdue", {}, True),
        ("records.wrong", {"code": Code.STORE_FULL}, True),
    ],
)
def test_a_doubt_of_the_store_goes_only_when_it_could_be_read(outcome: str, params: dict[str, str | int], doubted: bool) -> None:
    run = begun()
    run.find(1, "store.doubted", code=Code.STORE_BEHIND, lacking=3, links=9)
    assert run.counter.doubt == Problem(Code.STORE_BEHIND, (("lacking", 3),))
    run.find(2, outcome, **params)
    assert (run.counter.doubt is not None) is doubted
