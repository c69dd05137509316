"""A field is taught: somebody clicks into it, a trial number is typed, and what the field does with it is kept. The program is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover import Key, ProgramWindow, Target, hand_over, teaching
from kiosk.library.handover.elements import Element, Field, Habit, Unknown
from kiosk.library.handover.learning import GivenUp, learn
from kiosk.library.handover.no_elements import NoElements
from kiosk.library.handover.teaching import Taught, teach, watch
from tests.support.screens.scripted_fields import CLOCK, NOTE_FIELD, NUMBER_FIELD, WINDOW, ScriptedFields

NUMBER = "2104123456"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teaching, "time", CLOCK)


def shown_at_first(fields: ScriptedFields, terminal: bool = True) -> Taught:
    """Teach, with a terminal in front until somebody clicks into the window."""
    fields.front = replace(WINDOW, handle=1, title="端末") if terminal else WINDOW
    fields.later = {3: lambda: setattr(fields, "front", WINDOW)}
    return teach(NUMBER, fields.desktop(), fields, 20)


def refused(fields: ScriptedFields) -> tuple[Code, dict[str, str | int]]:
    with pytest.raises(Refused) as caught:
        shown_at_first(fields)
    return caught.value.code, caught.value.params


def grouped(text: str) -> str:
    digits = text.replace(" ", "")
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def jumps(fields: ScriptedFields) -> None:
    fields.focus = NOTE_FIELD


def submits(fields: ScriptedFields) -> None:
    """The next page has the same field, empty."""
    fields.focus, fields.shown["card"] = replace(NUMBER_FIELD, handle=("p", "/9")), ""


def renders(fields: ScriptedFields) -> None:
    fields.focus = replace(NUMBER_FIELD, handle=("p", f"/again/{fields.keys}"))


@pytest.mark.parametrize(
    ("happens", "form", "habit"),
    [
        ({}, str, Habit.PLAIN),
        ({}, grouped, Habit.FORMATS),
        ({10: jumps}, str, Habit.JUMPS),
        ({10: submits}, str, Habit.SUBMITS),
        (dict.fromkeys(range(1, 11), renders), str, Habit.RENDERS),
        ({5: renders}, grouped, Habit.RENDERS),
        ({10: renders}, str, Habit.RENDERS),
    ],
)
def test_what_a_field_does_is_learnt_and_serves_to_type_into_it(
    happens: dict[int, Callable[[ScriptedFields], None]], form: Callable[[str], str], habit: Habit
) -> None:
    taught = shown_at_first(ScriptedFields(after=happens, renders=form))
    of = NUMBER_FIELD
    assert (taught.window, taught.field) == (WINDOW, Field(of.role, of.name, of.identifier, of.tag, of.address, habit))
    again = ScriptedFields(after=happens, renders=form)
    hand_over(NUMBER, Target("図書館システム", suffix=Key.NONE, field=taught.field), again.desktop(), again)
    assert (again.shown["card"], again.shown["note"]) == ("" if habit is Habit.SUBMITS else form(NUMBER), "")


@pytest.mark.parametrize(
    ("happens", "form", "habit", "noticed"),
    [
        ({}, str, Habit.PLAIN, False),
        ({}, grouped, Habit.FORMATS, True),
        ({10: jumps}, str, Habit.JUMPS, True),
        ({10: submits}, str, Habit.SUBMITS, True),
    ],
)
def test_by_a_value_it_is_learnt_what_the_program_makes_of_it(
    happens: dict[int, Callable[[ScriptedFields], None]], form: Callable[[str], str], habit: Habit, noticed: bool
) -> None:
    """Whether it has noticed anything at all only people can tell, where the field does nothing more."""
    fields = ScriptedFields(after=happens, renders=form)
    taught = taught_by_value(fields)
    assert (taught.field.habit, taught.is_noticed, fields.keys) == (habit, noticed, 0)


def test_where_the_program_takes_no_value_it_is_not_taught_that_way() -> None:
    fields = ScriptedFields(settable=Unknown.GONE)
    with pytest.raises(Refused) as caught:
        taught_by_value(fields)
    assert (caught.value.code, caught.value.params, fields.keys) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "fixed"}, 0)


def test_a_value_set_without_an_answer_is_looked_at() -> None:
    assert taught_by_value(ScriptedFields(settable=Unknown.NO_ANSWER, sets_late=True)).field.habit is Habit.PLAIN
    with pytest.raises(Refused) as caught:
        taught_by_value(ScriptedFields(settable=Unknown.NO_ANSWER))
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})


def test_a_field_is_taught_with_the_keys_that_it_will_get() -> None:
    for way, scan_codes in ((WayIn.KEYS, 0), (WayIn.SCAN_CODES, len(NUMBER))):
        fields = ScriptedFields()
        learn(NUMBER, WINDOW, NUMBER_FIELD, fields.desktop(), fields, way=way)
        assert (fields.keys, fields.scan_codes) == (len(NUMBER), scan_codes)


def taught_by_value(fields: ScriptedFields) -> Taught:
    fields.front = replace(WINDOW, handle=1, title="端末")
    fields.later = {3: lambda: setattr(fields, "front", WINDOW)}
    return teach(NUMBER, fields.desktop(), fields, 20, way=WayIn.SET_VALUE)


def test_what_is_seen_meanwhile_is_told_once_and_nothing_more_once_it_is_not_wanted() -> None:
    fields = ScriptedFields(focus=NOTE_FIELD, front=replace(WINDOW, ours=True))
    fields.later = {2: lambda: setattr(fields, "front", WINDOW), 5: lambda: setattr(fields, "focus", Unknown.NO_FOCUS)}
    seen: list[object] = []
    with pytest.raises(GivenUp):
        watch(fields.desktop(), fields, 20, lambda window, element: seen.append(element), is_wanted=lambda: fields.waits < 9)
    assert seen == [NOTE_FIELD, Unknown.NO_FOCUS]
    assert fields.keys == 0


class Slow(ScriptedFields):
    """Its questions take time, and what waits for events comes back soon."""

    asked = 0

    def focused(self, window: ProgramWindow) -> Element | Unknown:
        Slow.asked += 1
        CLOCK.now += 0.05
        return ScriptedFields.focused(self, window)

    def wait(self, seconds: float) -> float:
        return ScriptedFields.wait(self, min(seconds, 0.01))


@pytest.mark.parametrize(("focus", "seconds"), [(NUMBER_FIELD, 1.5), (Unknown.NO_FOCUS, 20)])
def test_however_long_a_question_takes_a_second_is_a_second(
    monkeypatch: pytest.MonkeyPatch, focus: Element | Unknown, seconds: float
) -> None:
    monkeypatch.setattr(Slow, "asked", 0)
    fields, began = Slow(focus=focus), CLOCK.now
    with suppress(Refused):
        watch(fields.desktop(), fields, 20, in_terminal=False)
    assert seconds <= CLOCK.now - began < seconds + 0.5
    assert Slow.asked <= seconds / 0.1


def test_another_field_than_was_seen_is_not_typed_into() -> None:
    fields = ScriptedFields(focus=NOTE_FIELD)
    with pytest.raises(Refused) as caught:
        learn(NUMBER, WINDOW, NUMBER_FIELD, fields.desktop(), fields)
    assert (caught.value.code, fields.keys) == (Code.HANDOVER_FIELD_ELSEWHERE, 0)


class NoBus:
    def switched_on(self) -> AbstractContextManager[None]:
        return nullcontext()

    @contextmanager
    def elements(self, seconds: float) -> Iterator[NoElements]:
        yield NoElements(Unknown.NO_INTERFACE)


def test_that_programs_tell_nothing_is_said_before_anybody_clicks() -> None:
    with pytest.raises(Refused) as caught:
        teach(NUMBER, ScriptedFields().desktop(), NoBus(), 20)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "no-interface"})


def test_the_window_in_front_at_the_beginning_is_the_terminal() -> None:
    fields = ScriptedFields()
    with pytest.raises(Refused):
        shown_at_first(fields, terminal=False)
    assert fields.keys == 0


def test_a_page_that_moves_the_focus_early_is_not_kept() -> None:
    assert refused(ScriptedFields(after={5: jumps})) == (Code.HANDOVER_CHANGED, {"typed": 5})


def test_a_field_too_short_for_the_number_is_not_kept() -> None:
    fields = ScriptedFields(renders=lambda text: text[:9])
    assert refused(fields) == (Code.HANDOVER_NOT_SHOWN, {"typed": 10})


def test_a_field_with_something_in_it_is_left_alone() -> None:
    fields = ScriptedFields(shown={"card": "9", "note": ""})
    assert refused(fields) == (Code.HANDOVER_FIELD_FILLED, {})
    assert fields.keys == 0


@pytest.mark.parametrize("reason", Unknown)
def test_why_a_program_shows_nothing_is_told(reason: Unknown) -> None:
    assert refused(ScriptedFields(blind=reason)) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": reason.value})


@pytest.mark.parametrize(
    "field",
    [
        replace(NUMBER_FIELD, name="", identifier=""),
        replace(NUMBER_FIELD, name="利用者番号\n(10桁)"),
        replace(NUMBER_FIELD, identifier="x" * 301),
        replace(NUMBER_FIELD, address="x" * 301),
    ],
)
def test_a_field_that_no_configuration_could_tell_from_others_is_not_typed_into(field: Element) -> None:
    fields = ScriptedFields(focus=field)
    assert refused(fields) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "nameless"})
    assert fields.keys == 0


def test_what_cannot_be_typed_into_is_no_field() -> None:
    button: Element = replace(NUMBER_FIELD, role="button", is_editable=False)
    assert refused(ScriptedFields(focus=button)) == (Code.HANDOVER_FIELD_ELSEWHERE, {})
