"""番号を入れる欄: what the page waits for, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.effects import Effect, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    BesideClosed,
    CardPlaced,
    Event,
    FieldsChosen,
    FieldSeen,
    FieldsFailed,
    FieldTaught,
    FieldTypingBegan,
    RegistrationChosen,
    StatusChosen,
    TargetForgotten,
    TargetKept,
    TargetsRead,
    TargetTried,
    TargetTryPressed,
    TeachingStopped,
    TeachPressed,
    TimeUp,
)
from kiosk.domain.field_effects import ForgetTarget, KeepTarget, ReadTargets, StopTeaching, TeachField, TryTarget
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn, target_for_service, target_name, title_parts
from kiosk.domain.machine import step
from kiosk.domain.model import Insertion, LocalService, ReaderCondition, Service
from kiosk.domain.states import Counter, CounterFacts, CounterRules, FieldAct, FieldDone, Fields, Section
from tests.support.domain.random_fields import SEEN, TARGET

TAUGHT = TaughtField(replace(TARGET, name="", title=SEEN.title, services=()))


class Page:
    """A counter at which the page is open and the configuration read, and what it asks for."""

    def __init__(self) -> None:
        self.counter = Counter(CounterRules(), date(2026, 11, 30), reader=ReaderCondition.READY)
        self.asked: list[Effect] = []
        self.happen(StatusChosen())
        self.happen(FieldsChosen())
        self.answer(TargetsRead, targets=(TARGET,))

    def happen(self, event: Event) -> None:
        self.counter, effects = step(self.counter, event)
        self.asked += effects

    def answer(self, kind: Callable[..., Event], **told: object) -> None:
        self.happen(kind(self.page.ticket, **told))

    @property
    def page(self) -> Fields:
        assert self.counter.fields is not None
        return self.counter.fields

    def of(self, kind: type[Effect]) -> list[Effect]:
        return [effect for effect in self.asked if isinstance(effect, kind)]


@pytest.fixture
def at() -> Page:
    return Page()


def test_from_a_click_to_a_target_in_the_configuration(at: Page) -> None:
    at.happen(TeachPressed(WayIn.KEYS))
    [asked] = at.of(TeachField)
    assert isinstance(asked, TeachField)
    assert (asked.way, asked.unchecked, at.page.act) == (WayIn.KEYS, False, FieldAct.WATCHING)
    other = SeenField("terminal", "端末", reason="silent-program")
    for seen in (other, SEEN):
        at.answer(FieldSeen, seen=seen)
        assert at.page.seen == seen
    at.answer(FieldTypingBegan, number="1234567890")
    assert (at.page.act, at.page.number) == (FieldAct.TYPING, "1234567890")
    at.answer(FieldTaught, taught=TAUGHT)
    assert (at.page.act, at.page.taught, at.page.seen) == (FieldAct.TAUGHT, TAUGHT, None)
    at.happen(TargetKept("貸出", "図書館システム", ("loan",), "enter"))
    [kept] = at.of(KeepTarget)
    assert isinstance(kept, KeepTarget)
    assert kept.target == replace(TAUGHT.target, name="貸出", title="図書館システム", services=("loan",), suffix="enter")
    at.answer(TargetsRead, targets=(TARGET, kept.target))
    assert (at.page.act, at.page.done, at.page.name, at.page.taught) == (FieldAct.NOTHING, FieldDone.KEPT, "貸出", None)


def test_what_could_not_be_written_is_still_there_to_be_tried_again(at: Page) -> None:
    at.happen(TeachPressed())
    at.answer(FieldTaught, taught=TAUGHT)
    at.happen(TargetKept("貸出", "図書館システム"))
    at.answer(FieldsFailed, code=Code.FILE_UNUSABLE, params=(("place", "x"), ("reason", "denied")))
    assert (at.page.act, at.page.taught) == (FieldAct.TAUGHT, TAUGHT)
    assert at.page.problem is not None
    at.happen(TargetKept("貸出", "図書館システム"))
    assert len(at.of(KeepTarget)) == 2


def test_a_trial_tells_whether_it_was_read_back(at: Page) -> None:
    for checked, done in ((True, FieldDone.TRIED), (False, FieldDone.TRIED_UNCHECKED)):
        at.happen(TargetTryPressed("貸出"))
        at.answer(TargetTried, checked=checked)
        assert (at.page.done, at.page.name) == (done, "貸出")
    at.happen(TargetTryPressed("貸出"))
    at.answer(FieldsFailed, code=Code.HANDOVER_FIELD_FILLED)
    assert at.page.problem is not None
    assert (at.page.done, len(at.of(TryTarget))) == (None, 3)


def test_that_somebody_has_removed_what_was_to_be_tried_is_said(at: Page) -> None:
    at.happen(TargetTryPressed("貸出"))
    at.answer(TargetsRead, targets=())
    assert (at.page.done, at.page.name, at.page.targets) == (FieldDone.GONE, "貸出", ())


def test_a_target_is_forgotten(at: Page) -> None:
    at.happen(TargetForgotten("貸出"))
    [asked] = at.of(ForgetTarget)
    assert isinstance(asked, ForgetTarget)
    at.answer(TargetsRead, targets=())
    assert (asked.name, at.page.targets, at.page.done) == ("貸出", (), FieldDone.FORGOTTEN)


def test_one_thing_at_a_time(at: Page) -> None:
    at.happen(TargetTryPressed("貸出"))
    for event in (TeachPressed(), TargetTryPressed("貸出"), TargetForgotten("貸出"), TargetKept("貸出", "図書館システム")):
        at.happen(event)
    assert [type(effect) for effect in at.asked if isinstance(effect, TryTarget | TeachField | ForgetTarget | KeepTarget)] == [TryTarget]


@pytest.mark.parametrize(
    "event",
    [TeachingStopped(), BesideClosed(), StatusChosen(), RegistrationChosen(), CardPlaced(Insertion(1, "r"))],
)
@pytest.mark.parametrize("typing", [False, True])
def test_whatever_ends_the_page_ends_the_teaching(at: Page, event: Event, typing: bool) -> None:
    at.happen(TeachPressed())
    if typing:
        at.answer(FieldTypingBegan, number="1234567890")
    ticket = at.page.ticket
    at.happen(event)
    assert at.of(StopTeaching) == [StopTeaching()]
    assert (at.counter.fields is not None) is isinstance(event, TeachingStopped)
    before = at.counter
    at.happen(FieldTaught(ticket, TAUGHT))
    assert at.counter == before


@pytest.mark.parametrize("event", [BesideClosed(), StatusChosen(), RegistrationChosen(), CardPlaced(Insertion(1, "r"))])
def test_whatever_ends_the_page_ends_a_trial(at: Page, event: Event) -> None:
    at.happen(TargetTryPressed("貸出"))
    at.happen(event)
    assert at.of(StopTeaching) == [StopTeaching()]


def test_while_a_patron_is_served_it_stays_closed() -> None:
    counter = Counter(CounterRules(), date(2026, 11, 30), reader=ReaderCondition.READY)
    busy, _ = step(counter, RegistrationChosen())
    status, _ = step(busy, StatusChosen())
    after, effects = step(status, FieldsChosen())
    assert (after.fields, after.beside) == (None, Section.STATUS)
    assert not any(isinstance(effect, ReadTargets) for effect in effects)


@pytest.mark.parametrize("event", [TeachPressed(), TargetTryPressed("貸出"), TargetForgotten("貸出"), TeachingStopped()])
def test_while_the_page_is_closed_nothing_is_typed_or_written(event: Event) -> None:
    counter = Counter(CounterRules(), date(2026, 11, 30), reader=ReaderCondition.READY)
    after, effects = step(counter, event)
    assert after.fields is None
    assert not any(isinstance(effect, TeachField | TryTarget | ForgetTarget | KeepTarget) for effect in effects)


def test_a_demo_has_no_configuration_to_teach() -> None:
    counter = Counter(CounterRules(), date(2026, 11, 30), facts=CounterFacts(demo=True))
    assert step(counter, FieldsChosen()) == (counter, ())


def test_what_was_seen_goes_from_the_screen_when_nobody_keeps_it(at: Page) -> None:
    at.happen(TeachPressed())
    at.answer(FieldTaught, taught=TAUGHT)
    [timer] = [effect for effect in at.of(StartTimer) if isinstance(effect, StartTimer) and effect.ticket == at.page.timer]
    assert isinstance(timer, StartTimer)
    at.happen(TimeUp(timer.ticket))
    assert (at.page.act, at.page.taught, at.page.targets) == (FieldAct.NOTHING, None, (TARGET,))


def test_the_page_reads_the_configuration_each_time_it_is_opened(at: Page) -> None:
    at.happen(StatusChosen())
    assert (at.counter.beside, at.counter.fields) == (Section.STATUS, None)
    at.happen(FieldsChosen())
    assert (at.counter.beside, len(at.of(ReadTargets))) == (Section.FIELDS, 2)


def test_a_service_has_the_target_that_names_it_else_the_one_for_all() -> None:
    room = replace(TARGET, name="部屋", services=("学習室",))
    others = replace(TARGET, name="他", services=())
    targets = (others, TARGET, room)
    asked = (Service.LOAN, LocalService("学習室"), Service.RENEWAL)
    assert [target_for_service(targets, service) for service in asked] == [TARGET, room, others]
    assert target_for_service((TARGET,), Service.RENEWAL) is None


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("貸出 - 図書館システム - Chromium", ("貸出", "図書館システム", "Chromium", "貸出 - 図書館システム - Chromium")),
        ("図書館システム", ("図書館システム",)),
        ("利用者 長岡|返却", ("利用者 長岡", "返却", "利用者 長岡|返却")),
        (" - ", ("-",)),
        ("貸出 - " + "長" * 200, ("貸出", "長" * 160, "貸出 - " + "長" * 155)),
    ],
)
def test_the_parts_of_a_title_are_offered_and_the_whole(title: str, parts: tuple[str, ...]) -> None:
    assert title_parts(title) == parts


def test_a_field_that_jumps_or_submits_is_left_after_the_last_digit() -> None:
    habits = ("plain", "formats", "renders", "jumps", "submits", "unchecked")
    assert [habit for habit in habits if replace(TARGET, habit=habit).leaves] == ["jumps", "submits"]


def test_a_target_is_called_after_its_services() -> None:
    assert target_name(("貸出", "返却"), "番号の欄") == "貸出、返却"
    assert target_name((), "番号の欄") == "番号の欄"
    assert len(target_name(("とても長い名前のサービス",) * 9, "")) == 40


def test_nothing_of_what_is_seen_reaches_a_log() -> None:
    for seen in (SEEN, TAUGHT.target, TargetKept("貸出", "山田太郎さん")):
        assert "図書館システム" not in repr(seen)
        assert "利用者番号" not in repr(seen)
        assert "山田" not in repr(seen)
    assert isinstance(TARGET, FieldTarget)
