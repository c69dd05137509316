"""The number goes into one field: asked before, read back after. The program is played; `test_chromium` has a real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.field_targets import WayIn
from kiosk.library import handover
from kiosk.library.handover import Key, ProgramWindow, Target, hand_over, reaching
from kiosk.library.handover.elements import Element, Field, Habit, Unknown
from tests.support.screens.scripted_fields import CLOCK, NOTE_FIELD, NUMBER_FIELD, WINDOW, ScriptedDesktop, ScriptedFields

NUMBER = "0123456789"
ONE_AT_A_TIME = [Habit.FORMATS, Habit.JUMPS, Habit.SUBMITS]


def target(habit: Habit = Habit.PLAIN, suffix: Key = Key.NONE) -> Target:
    of = NUMBER_FIELD
    return Target("図書館システム", suffix=suffix, field=Field(of.role, of.name, of.identifier, of.tag, of.address, habit))


def refused(fields: ScriptedFields, habit: Habit = Habit.PLAIN, suffix: Key = Key.NONE) -> Refused:
    with pytest.raises(Refused) as caught:
        hand_over(NUMBER, target(habit, suffix), fields.desktop(), fields)
    return caught.value


def moves_to(where: Element | Unknown) -> Callable[[ScriptedFields], None]:
    def move(fields: ScriptedFields) -> None:
        fields.focus = where

    return move


@pytest.mark.parametrize("habit", Habit)
def test_the_number_stands_in_the_field(habit: Habit) -> None:
    fields = ScriptedFields()
    hand_over(NUMBER, target(habit), fields.desktop(), fields)
    assert fields.shown == {"card": NUMBER, "note": ""}


def test_the_suffix_follows_in_the_same_field() -> None:
    fields = ScriptedFields()
    hand_over(NUMBER, target(suffix=Key.ENTER), fields.desktop(), fields)
    assert fields.suffixes == ["card \r"]


def test_a_field_elsewhere_in_the_window_is_given_the_focus() -> None:
    fields = ScriptedFields(focus=NOTE_FIELD)
    hand_over(NUMBER, target(), fields.desktop(), fields)
    assert fields.shown == {"card": NUMBER, "note": ""}


def test_where_the_program_keeps_its_focus_nothing_is_typed() -> None:
    fields = ScriptedFields(focus=NOTE_FIELD, follows=False)
    assert refused(fields).code is Code.HANDOVER_FIELD_ELSEWHERE
    assert fields.keys == 0


@pytest.mark.parametrize("reason", Unknown)
def test_what_is_unknown_is_not_typed_into(reason: Unknown) -> None:
    fields = ScriptedFields(blind=reason)
    error = refused(fields)
    assert (error.code, error.params) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": reason.value})
    assert fields.keys == 0


def test_where_the_time_is_up_before_a_key_the_desktop_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "LIMIT", 1e-9)
    fields = ScriptedFields()
    desktop = fields.desktop()

    def cut_off() -> ProgramWindow:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE)

    monkeypatch.setattr(ScriptedDesktop, "front", lambda _: cut_off())
    with pytest.raises(Refused) as caught:
        hand_over(NUMBER, target(), desktop, fields)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "no-answer"})


def test_however_long_the_controls_take_to_open_the_window_has_time_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (handover, reaching):
        monkeypatch.setattr(module, "time", CLOCK)
    fields = ScriptedFields(front=None, opening=2.0)
    hand_over(NUMBER, target(), fields.desktop(), fields)
    assert fields.shown["card"] == NUMBER


def test_without_a_way_to_the_controls_nothing_is_typed() -> None:
    fields = ScriptedFields()
    with pytest.raises(Refused) as caught:
        hand_over(NUMBER, target(), fields.desktop(), None)
    assert (caught.value.code, fields.keys) == (Code.HANDOVER_FIELD_UNSEEN, 0)


def test_a_field_with_something_in_it_is_left_alone() -> None:
    fields = ScriptedFields(shown={"card": "9", "note": ""})
    assert refused(fields).code is Code.HANDOVER_FIELD_FILLED
    assert (fields.shown["card"], fields.keys) == ("9", 0)


def test_what_is_selected_is_typed_over() -> None:
    fields = ScriptedFields(shown={"card": "987", "note": ""}, selected="card")
    hand_over(NUMBER, target(), fields.desktop(), fields)
    assert fields.shown["card"] == NUMBER


def test_of_several_windows_the_one_with_the_field_is_brought_forward() -> None:
    other = replace(WINDOW, handle=8)
    fields = ScriptedFields(windows=(other, WINDOW), front=None)
    hand_over(NUMBER, target(), fields.desktop(), fields)
    assert (fields.front, fields.shown["card"]) == (WINDOW, NUMBER)


@pytest.mark.parametrize("having", [(), (WINDOW, replace(WINDOW, handle=8))])
def test_where_not_one_of_several_windows_has_the_field_nothing_is_typed(having: tuple[ProgramWindow, ...]) -> None:
    fields = ScriptedFields(windows=(WINDOW, replace(WINDOW, handle=8)), front=None, having=having)
    assert refused(fields).code is Code.HANDOVER_SEVERAL_WINDOWS
    assert fields.keys == 0


def test_of_several_windows_one_that_hangs_may_have_the_field_as_well() -> None:
    other = replace(WINDOW, handle=8)
    fields = ScriptedFields(windows=(other, WINDOW), front=None, hanging=(other,))
    error = refused(fields)
    assert (error.code, error.params, fields.keys) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "no-answer"}, 0)


def test_where_it_is_unknown_whether_the_field_is_there_it_is_not_said_to_be_elsewhere() -> None:
    error = refused(ScriptedFields(focus=NOTE_FIELD, hanging=(WINDOW,)))
    assert (error.code, error.params) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "no-answer"})


def test_of_several_windows_the_one_in_front_is_the_one_staff_chose() -> None:
    fields = ScriptedFields(windows=(WINDOW, replace(WINDOW, handle=8)), having=(WINDOW, replace(WINDOW, handle=8)))
    hand_over(NUMBER, target(), fields.desktop(), fields)
    assert fields.shown["card"] == NUMBER


@pytest.mark.parametrize("habit", ONE_AT_A_TIME)
@pytest.mark.parametrize("after", [1, 5, 9])
def test_no_key_after_the_focus_has_moved(habit: Habit, after: int) -> None:
    fields = ScriptedFields(after={after: moves_to(NOTE_FIELD)})
    error = refused(fields, habit)
    assert (error.code, error.params) == (Code.HANDOVER_CHANGED, {"typed": after})
    assert fields.shown == {"card": NUMBER[:after], "note": ""}


@pytest.mark.parametrize("after", [1, 5, 9])
def test_a_move_that_nobody_tells_of_is_seen_by_reading_back(after: int) -> None:
    """The program says that the field has the focus still; at most one digit goes astray."""

    def move(fields: ScriptedFields) -> None:
        fields.focus, fields.told = NOTE_FIELD, NUMBER_FIELD

    fields = ScriptedFields(after={after: move})
    error = refused(fields, Habit.FORMATS)
    assert (error.code, error.params) == (Code.HANDOVER_NOT_SHOWN, {"typed": after + 1})
    assert fields.shown == {"card": NUMBER[:after], "note": NUMBER[after : after + 1]}


def by_value(fields: ScriptedFields, habit: Habit = Habit.PLAIN, suffix: Key = Key.NONE) -> None:
    hand_over(NUMBER, replace(target(habit, suffix), way=WayIn.SET_VALUE), fields.desktop(), fields)


@pytest.mark.parametrize("habit", Habit)
def test_a_value_is_set_without_a_key(habit: Habit) -> None:
    fields = ScriptedFields(focus=NOTE_FIELD)
    by_value(fields, habit)
    assert (fields.shown, fields.keys, fields.sets) == ({"card": NUMBER, "note": ""}, 0, 1)


def test_a_program_that_takes_no_value_gets_no_key_instead() -> None:
    for settable in (False, Unknown.GONE):
        fields = ScriptedFields(settable=settable)
        with pytest.raises(Refused) as caught:
            by_value(fields, suffix=Key.ENTER)
        assert (caught.value.code, caught.value.params) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": "fixed"})
        assert (fields.keys, fields.shown["card"]) == (0, "")


def test_a_program_that_sets_the_value_without_an_answer_is_looked_at() -> None:
    """It may have been busy for longer than anybody waits."""
    fields = ScriptedFields(settable=Unknown.NO_ANSWER, sets_late=True)
    by_value(fields, suffix=Key.ENTER)
    assert (fields.shown["card"], fields.suffixes) == (NUMBER, ["card \r"])


@pytest.mark.parametrize("habit", [Habit.PLAIN, Habit.SUBMITS])
def test_without_an_answer_it_is_not_said_that_nothing_was_entered(habit: Habit) -> None:
    fields = ScriptedFields(settable=Unknown.NO_ANSWER)
    with pytest.raises(Refused) as caught:
        by_value(fields, habit)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})


def test_a_value_that_is_shown_otherwise_is_told_and_followed_by_no_key() -> None:
    fields = ScriptedFields(renders=lambda text: text[:7])
    with pytest.raises(Refused) as caught:
        by_value(fields, suffix=Key.ENTER)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})
    assert fields.suffixes == []


def test_a_field_with_something_in_it_keeps_it_where_values_are_set() -> None:
    fields = ScriptedFields(shown={"card": "9", "note": ""})
    with pytest.raises(Refused):
        by_value(fields)
    assert (fields.shown["card"], fields.sets) == ("9", 0)


def test_with_a_pause_each_character_is_read_back() -> None:
    fields = ScriptedFields(after={5: moves_to(NOTE_FIELD)})
    with pytest.raises(Refused) as caught:
        hand_over(NUMBER, replace(target(), pause=0.005), fields.desktop(), fields)
    assert caught.value.params == {"typed": 5}
    assert fields.shown == {"card": NUMBER[:5], "note": ""}


def test_only_a_field_has_a_value() -> None:
    with pytest.raises(ValueError, match="value"):
        Target("図書館システム", way=WayIn.SET_VALUE)


def test_no_suffix_where_the_field_shows_something_else() -> None:
    fields = ScriptedFields(renders=lambda text: text[:7])
    error = refused(fields, suffix=Key.ENTER)
    assert (error.code, error.params) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})
    assert fields.suffixes == []


def test_no_suffix_after_the_focus_has_moved() -> None:
    fields = ScriptedFields(after={len(NUMBER): moves_to(NOTE_FIELD)})
    assert refused(fields, suffix=Key.ENTER).code is Code.HANDOVER_CHANGED
    assert fields.suffixes == []


def test_blanks_that_the_field_adds_are_no_difference() -> None:
    def grouped(text: str) -> str:
        digits = text.replace(" ", "")
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))

    fields = ScriptedFields(renders=grouped)
    hand_over(NUMBER, target(Habit.FORMATS), fields.desktop(), fields)
    assert fields.shown["card"] == "0123 4567 89"


@pytest.mark.parametrize("habit", [Habit.JUMPS, Habit.SUBMITS])
def test_a_field_that_is_left_after_the_last_digit(habit: Habit) -> None:
    fields = ScriptedFields(after={len(NUMBER): moves_to(NOTE_FIELD)})
    hand_over(NUMBER, target(habit), fields.desktop(), fields)
    assert fields.shown == {"card": NUMBER, "note": ""}


@pytest.mark.parametrize("habit", [Habit.JUMPS, Habit.SUBMITS])
def test_no_suffix_can_be_wanted_for_a_field_that_is_left(habit: Habit) -> None:
    with pytest.raises(ValueError, match="focus"):
        target(habit, Key.ENTER)


@given(st.integers(1, 9), st.sampled_from(ONE_AT_A_TIME), st.text("0123456789", min_size=10, max_size=10))
def test_whatever_moves_the_focus_no_digit_is_in_another_field(after: int, habit: Habit, number: str) -> None:
    fields = ScriptedFields(after={after: moves_to(NOTE_FIELD)})
    with pytest.raises(Refused):
        hand_over(number, target(habit), fields.desktop(), fields)
    assert fields.shown["note"] == ""
    assert number.startswith(fields.shown["card"])


@pytest.mark.parametrize(
    "other",
    [
        replace(NUMBER_FIELD, role="text"),
        replace(NUMBER_FIELD, name="備考"),
        replace(NUMBER_FIELD, identifier="card2"),
        replace(NUMBER_FIELD, tag="textarea"),
        replace(NUMBER_FIELD, address="https://library.example/return"),
        replace(NUMBER_FIELD, is_editable=False),
    ],
)
def test_a_field_fits_only_as_it_was_taught(other: Element) -> None:
    of = NUMBER_FIELD
    taught = Field(of.role, of.name, of.identifier, of.tag, of.address)
    assert taught.fits(of)
    assert not taught.fits(other)


@pytest.mark.parametrize("parts", [("", "利用者番号", "card"), ("entry", "", "")])
def test_a_field_that_any_control_would_fit_is_none(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="role"):
        Field(*parts)
