"""Numbers pasted into a field: clipboard and field are looked at directly before. The program is played; `test_pasting` has real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover import Key, Target, hand_over, window_keys
from kiosk.library.handover.elements import Field, Habit, Unknown
from kiosk.library.handover.learning import learn
from tests.support.screens.scripted_fields import NOTE_FIELD, NUMBER_FIELD, WINDOW, ScriptedFields

NUMBER, COPIED = "0123456789", "前の方の書名"
WAYS = [WayIn.PASTE, WayIn.PASTE_INSERT]
each_way = pytest.mark.parametrize("way", WAYS)


def target(habit: Habit = Habit.PLAIN, suffix: Key = Key.NONE, way: WayIn = WayIn.PASTE) -> Target:
    of = NUMBER_FIELD
    return Target("図書館システム", suffix=suffix, field=Field(of.role, of.name, of.identifier, of.tag, of.address, habit), way=way)


def paste(fields: ScriptedFields, target: Target) -> int:
    return hand_over(NUMBER, target, fields.desktop(), fields)


def refused(fields: ScriptedFields, target: Target) -> tuple[Code, dict[str, str | int]]:
    with pytest.raises(Refused) as caught:
        paste(fields, target)
    return caught.value.code, caught.value.params


def grouped(text: str) -> str:
    digits = text.replace(" ", "")
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def moves(fields: ScriptedFields) -> None:
    fields.focus = NOTE_FIELD


@each_way
@pytest.mark.parametrize("habit", Habit)
def test_the_number_stands_in_the_field_and_what_was_copied_is_there_again(way: WayIn, habit: Habit) -> None:
    fields = ScriptedFields()
    assert paste(fields, target(habit, way=way)) == 0
    assert (fields.shown, fields.keys, fields.copied) == ({"card": NUMBER, "note": ""}, 1, COPIED)
    assert fields.shown_when_given_back == NUMBER


def test_the_key_after_it_follows_the_reading_back() -> None:
    fields = ScriptedFields()
    paste(fields, target(suffix=Key.ENTER))
    assert fields.suffixes == ["card \r"]


def test_what_cannot_be_given_back_is_told() -> None:
    assert paste(ScriptedFields(lost=2), target()) == 2


@each_way
def test_without_the_clipboard_nothing_is_pasted(way: WayIn) -> None:
    fields = ScriptedFields(is_busy=True)
    assert refused(fields, target(way=way)) == (Code.HANDOVER_CLIPBOARD, {})
    assert refused(fields, Target("図書館システム", way=way)) == (Code.HANDOVER_CLIPBOARD, {})
    assert (fields.keys, fields.copied) == (0, COPIED)


def test_what_another_program_copies_meanwhile_is_neither_pasted_nor_taken_away() -> None:
    fields = ScriptedFields(on_hold=lambda fields: setattr(fields, "copied", "別のもの"))
    assert refused(fields, target())[0] is Code.HANDOVER_CLIPBOARD
    assert (fields.keys, fields.copied) == (0, "別のもの")


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (moves, Code.HANDOVER_FIELD_ELSEWHERE),
        (lambda fields: setattr(fields, "selected", ""), Code.HANDOVER_FIELD_FILLED),
        (lambda fields: setattr(fields, "blind", Unknown.NO_ANSWER), Code.HANDOVER_FIELD_ELSEWHERE),
        (lambda fields: setattr(fields, "front", replace(WINDOW, handle=9)), Code.HANDOVER_NO_WINDOW),
    ],
)
def test_what_changes_while_the_clipboard_is_taken_keeps_the_number_out(happens: Callable[[ScriptedFields], None], code: Code) -> None:
    """Some programs end their selection once another one has the primary selection: the number would stand behind what is there."""
    fields = ScriptedFields(shown={"card": "987", "note": ""}, selected="card", on_hold=happens)
    assert refused(fields, target(way=WayIn.PASTE_INSERT)) == (code, {})
    assert (fields.keys, fields.shown["card"], fields.copied) == (0, "987", COPIED)


@pytest.mark.parametrize("habit", [Habit.PLAIN, Habit.FORMATS, Habit.JUMPS, Habit.RENDERS])
def test_a_program_that_does_not_paste_is_told_once_the_time_is_up(habit: Habit) -> None:
    fields = ScriptedFields(pastes=False)
    assert refused(fields, target(habit)) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})
    assert (fields.suffixes, fields.copied, fields.shown_when_given_back) == ([], COPIED, "")


def test_a_window_without_a_field_gets_the_key_after_it_only_if_its_program_has_fetched_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_keys, "_FETCHED_SECONDS", 0.01)
    to_window = Target("図書館システム", suffix=Key.ENTER, way=WayIn.PASTE_INSERT)
    fields = ScriptedFields()
    assert paste(fields, to_window) == 0
    assert (fields.shown["card"], fields.suffixes, fields.copied) == (NUMBER, ["card \r"], COPIED)
    fields = ScriptedFields(pastes=False)
    assert refused(fields, to_window) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})
    assert (fields.suffixes, fields.copied) == ([], COPIED)


@each_way
@pytest.mark.parametrize(
    ("happens", "form", "habit"),
    [({}, str, Habit.PLAIN), ({}, grouped, Habit.FORMATS), ({1: moves}, str, Habit.JUMPS)],
)
def test_a_field_is_taught_by_pasting(
    way: WayIn, happens: dict[int, Callable[[ScriptedFields], None]], form: Callable[[str], str], habit: Habit
) -> None:
    fields = ScriptedFields(after=happens, renders=form)
    learnt = learn(NUMBER, WINDOW, NUMBER_FIELD, fields.desktop(), fields, way=way)
    assert (learnt.habit, learnt.is_noticed, fields.shown["card"], fields.copied) == (habit, True, form(NUMBER), COPIED)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (ScriptedFields(is_busy=True), Code.HANDOVER_CLIPBOARD),
        (ScriptedFields(on_hold=lambda fields: setattr(fields, "copied", "別のもの")), Code.HANDOVER_CLIPBOARD),
        (ScriptedFields(on_hold=moves), Code.HANDOVER_CHANGED),
        (ScriptedFields(pastes=False), Code.HANDOVER_NOT_SHOWN),
    ],
)
def test_a_field_that_cannot_be_pasted_into_is_not_taught_that_way(fields: ScriptedFields, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        learn(NUMBER, WINDOW, NUMBER_FIELD, fields.desktop(), fields, way=WayIn.PASTE)
    assert caught.value.code is code
