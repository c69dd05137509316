"""After a crash nobody knows whose card lies there: it is not read until it is placed again. Staff are told until they have seen it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import ForgetCrashes, ReadCard
from kiosk.domain.events import CardLifted, CardPlaced, CheckFound, CrashesSeen
from kiosk.domain.health import Finding
from kiosk.domain.machine import step
from kiosk.domain.model import Insertion
from kiosk.domain.states import Waiting
from tests.support.domain.scripted_counter import READER, Card, ScriptedCounter

FOUND = Insertion(1, READER)
CRASHES = Finding("crashes.noted", {"count": 1, "last": "2026-11-30 09:23", "incident": "1130-0923-AB", "why": "SIGKILL"})


def test_a_card_that_lies_there_is_read_once_it_is_placed_again() -> None:
    desk = ScriptedCounter(answering=False)
    desk.counter = replace(desk.counter, facts=replace(desk.counter.facts, restarted=True))
    desk.lying[FOUND] = Card("a")
    desk.tell(CardPlaced(FOUND, found=True)).at(Waiting)
    assert desk.of(ReadCard) == []
    again = Insertion(2, READER)
    desk.tell(CardLifted(FOUND), CardPlaced(again))
    assert [effect.insertion for effect in desk.of(ReadCard)] == [again]


def test_staff_have_seen_it() -> None:
    counter, effects = step(ScriptedCounter().counter, CheckFound(CRASHES))
    assert (counter.facts.finding("crashes").outcome, effects) == ("crashes.noted", ())
    counter, effects = step(counter, CrashesSeen())
    assert (counter.facts.finding("crashes").outcome, effects) == ("crashes.none", (ForgetCrashes(),))
