"""Teaching fields of other programs waits on a thread of its own, and stops when nobody wants it any more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.events import Event, FieldSeen, FieldsFailed, FieldTaught, FieldTypingBegan, TargetsRead, TargetTried
from kiosk.domain.field_effects import FieldQuestion, ForgetTarget, KeepTarget, ReadTargets, StopTeaching, TeachField, TryTarget
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.domain.model import Ticket
from kiosk.effects.fields_thread import FieldsThread
from tests.support.domain.random_fields import SEEN, TARGET
from tests.support.wait import LIMIT

TEACH = TeachField(Ticket(7), WayIn.KEYS, unchecked=False)


class Config:
    """A configuration, and a program into which somebody clicks when `clicked` is set."""

    def __init__(self) -> None:
        self.kept: dict[str, FieldTarget] = {TARGET.name: TARGET}
        self.clicked = threading.Event()
        self.typed = threading.Event()
        self.typed.set()

    def targets(self) -> tuple[FieldTarget, ...]:
        return tuple(self.kept.values())

    def teach(
        self,
        way: WayIn,
        *,
        unchecked: bool,
        seen: Callable[[SeenField], None],
        typing: Callable[[str], None],
        is_wanted: Callable[[], bool],
    ) -> TaughtField | None:
        seen(SEEN)
        while not self.clicked.wait(0.01):
            if not is_wanted():
                return None
        typing("1234567890")
        return TaughtField(TARGET)

    def keep(self, target: FieldTarget) -> None:
        self.kept[target.name] = target

    def forget(self, name: str) -> None:
        del self.kept[name]

    def try_out(self, name: str, *, is_wanted: Callable[[], bool]) -> bool | None:
        while not self.typed.wait(0.01):
            if not is_wanted():
                return None
        return True


class Thread:
    def __init__(self, config: Config | None) -> None:
        self._said: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.thread = FieldsThread(config, self._said.put)

    def ask(self, question: FieldQuestion | StopTeaching) -> None:
        self.thread.ask(question)

    def said(self) -> Event:
        return self._said.get(timeout=LIMIT)

    @property
    def is_silent(self) -> bool:
        return self._said.empty()


@pytest.fixture
def config() -> Config:
    return Config()


@pytest.fixture
def thread(config: Config) -> Iterator[Thread]:
    made = Thread(config)
    yield made
    config.clicked.set()
    made.thread.stop(LIMIT)


def test_each_question_is_answered_with_its_ticket(thread: Thread, config: Config) -> None:
    thread.ask(ReadTargets(Ticket(1)))
    assert thread.said() == TargetsRead(Ticket(1), (TARGET,))
    thread.ask(TryTarget(Ticket(2), TARGET.name))
    assert thread.said() == TargetTried(Ticket(2), checked=True)
    thread.ask(ForgetTarget(Ticket(3), TARGET.name))
    assert thread.said() == TargetsRead(Ticket(3), ())
    # Somebody may have removed it in the file meanwhile.
    thread.ask(TryTarget(Ticket(4), TARGET.name))
    assert thread.said() == TargetsRead(Ticket(4), ())
    thread.ask(KeepTarget(Ticket(5), TARGET))
    assert thread.said() == TargetsRead(Ticket(5), (TARGET,))


def test_what_is_seen_is_told_before_what_was_learnt(thread: Thread, config: Config) -> None:
    thread.ask(TEACH)
    assert thread.said() == FieldSeen(TEACH.ticket, SEEN)
    config.clicked.set()
    assert [thread.said(), thread.said()] == [FieldTypingBegan(TEACH.ticket, "1234567890"), FieldTaught(TEACH.ticket, TaughtField(TARGET))]


def test_who_stops_teaching_hears_nothing_more_of_it(thread: Thread, config: Config) -> None:
    for at_the_end in (False, True):
        thread.ask(TEACH)
        assert thread.said() == FieldSeen(TEACH.ticket, SEEN)
        if at_the_end:
            thread.thread.drop()
        else:
            thread.ask(StopTeaching())
        thread.ask(ReadTargets(Ticket(8)))
        assert thread.said() == TargetsRead(Ticket(8), (TARGET,))
        assert thread.is_silent


def test_a_trial_that_nobody_wants_any_more_ends_without_an_answer(thread: Thread, config: Config) -> None:
    config.typed.clear()
    thread.ask(TryTarget(Ticket(7), TARGET.name))
    thread.ask(StopTeaching())
    thread.ask(ReadTargets(Ticket(8)))
    assert thread.said() == TargetsRead(Ticket(8), (TARGET,))
    assert thread.is_silent


def test_without_a_configuration_everything_is_impossible() -> None:
    thread = Thread(None)
    thread.ask(TEACH)
    assert thread.said() == FieldsFailed(TEACH.ticket, Code.HANDOVER_IMPOSSIBLE)
    thread.thread.stop(LIMIT)
