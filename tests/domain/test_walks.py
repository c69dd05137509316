"""Random events, 200,000 in the long run, half of them plausible where they happen: nothing raises, and the invariants hold throughout."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from kiosk.domain.effects import Effect
from kiosk.domain.events import (
    Event,
)
from kiosk.domain.machine import step
from kiosk.domain.model import IlsCondition
from kiosk.domain.rules import BarcodeRule
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import (
    CheckingPin,
    Counter,
    CounterRules,
    Flow,
    Handing,
    HandoverWhen,
    PatronShown,
    Progress,
    SavingLink,
    Screen,
    When,
)
from tests.support.domain.invariants import Invariants
from tests.support.domain.random_events import LOCAL, STAFF_CODE, RandomEvents
from tests.support.domain.random_registry import hold_rules_of_registry

pytestmark = pytest.mark.timeout(180)
"""17 s of a processor, which may be shared by many."""
WALKS, LENGTH = 400, 500

RULES = [
    CounterRules(
        BarcodeRule(length=10),
        confirm_holder=confirm,
        lending_pin=pin,
        end_on_lift=end_on_lift,
        single_display=single_display,
        staff_code=STAFF_CODE,
        local_services=(LOCAL,),
        handover=handover,
        prints_slips=True,
        slip=slip,
    )
    for confirm, pin, end_on_lift, handover, slip in (
        (When.ALWAYS, When.NEVER, False, HandoverWhen.OFF, SlipKind.TODAY),
        (When.FIRST_OF_DAY, When.FIRST_OF_DAY, True, HandoverWhen.ON_CHOICE, SlipKind.NONE),
        (When.NEVER, When.ALWAYS, False, HandoverWhen.ON_TAP, SlipKind.ALL),
    )
    for single_display in (False, True)
]


@pytest.fixture(scope="module", params=[WALKS // 4, pytest.param(WALKS, marks=pytest.mark.trial)])
def seen(request: pytest.FixtureRequest) -> set[object]:
    """What has been met on all walks together; the walks are made here, and nothing may raise."""
    met: set[object] = set()
    for walk in range(request.param):
        walker, witness = RandomEvents(random.Random(walk), purpose=(0.5, 0.7, 0.85)[walk % 3]), Invariants()
        ils = IlsCondition.NONE if walk % 5 == 0 else IlsCondition.READY
        counter = Counter(RULES[walk % len(RULES)], date(2026, 11, 23), ils=ils)
        for number in range(LENGTH):
            counter = replace(counter, next_operation=UUID(int=number))
            event = walker.next(counter, witness.timers)
            after, effects = step(counter, event)
            witness.see(counter, event, after, effects)
            hold_rules_of_registry(counter, event, after, effects)
            met |= {type(after.flow), type(event), after.screen, *(type(effect) for effect in effects)}
            if getattr(after.flow, "slow", False):
                met.add((type(after.flow), "slow"))
            if isinstance(after.flow, PatronShown):
                met |= {entry.progress for entry in after.flow.dealings.entries} | {after.flow.handing}
                met |= {"leaving"} if after.flow.leaving else set()
            counter = after
    return met


def test_random_events_never_raise_and_break_no_rule(seen: set[object]) -> None:
    assert WALKS * LENGTH == 200_000
    assert seen


def test_every_state_is_reached(seen: set[object]) -> None:
    assert set(get_args(Flow)) - seen == set()


def test_every_event_and_effect_happens(seen: set[object]) -> None:
    assert (set(get_args(Event)) | set(get_args(Effect))) - seen == set()


def test_the_display_is_in_every_hand(seen: set[object]) -> None:
    assert set(Screen) - seen == set()


def test_every_end_of_an_item_is_met(seen: set[object]) -> None:
    assert {*Progress, *Handing, "leaving"} <= seen


def test_a_saved_link_is_among_them(seen: set[object]) -> None:
    assert {SavingLink, (CheckingPin, "slow")} <= seen
