"""A background check that fails, even through a bug, ends no patron's session; the next one reports again."""

from __future__ import annotations

import queue
from datetime import date
from typing import Any, cast

from kiosk.domain.events import Broke, CheckFound, Event, StatusChosen
from kiosk.domain.health import Finding
from kiosk.domain.states import Counter, CounterRules, Section
from kiosk.effects import Conductor, Outside
from kiosk.effects.worker import Worker
from tests.support.wait import LIMIT


def nothing(*_: object) -> None:
    pass


def test_a_bug_in_a_look_at_the_store_ends_nobodys_session() -> None:
    posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
    looked: list[bool] = []

    def look() -> Finding:
        looked.append(True)
        raise ZeroDivisionError

    outside = Outside(cast(Any, None), cast(Any, None), posted.put, nothing, nothing, nothing, look)
    conductor = Conductor(Counter(CounterRules(), date(2026, 11, 23)), outside)
    conductor.happen(StatusChosen())
    conductor.stop(limit=LIMIT)
    assert looked == [True]
    told = posted.get(timeout=LIMIT)
    assert isinstance(told, CheckFound)
    assert told.finding.outcome == "store.bug"
    conductor.happen(told)
    assert conductor.counter.beside is Section.STATUS


def test_a_bug_in_what_somebody_waits_for_is_told_and_in_a_look_it_is_not() -> None:
    posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
    worker = Worker("work", posted.put)

    def fail() -> None:
        raise ZeroDivisionError

    worker.look(fail, lambda incident: None)
    worker.do(fail, nothing)
    worker.do(lambda: CheckFound(Finding("records.fine")), nothing)
    worker.stop(LIMIT)
    assert isinstance(posted.get(timeout=LIMIT), Broke)
    assert posted.get(timeout=LIMIT) == CheckFound(Finding("records.fine"))
    assert posted.empty()
