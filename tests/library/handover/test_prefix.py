"""The key before the number, which calls up the field. The program is played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.library.handover import Key, hand_over, window_keys
from tests.library.handover.test_fields import NUMBER, moves_to, target
from tests.support.screens.scripted_fields import NOTE_FIELD, NUMBER_FIELD, WINDOW, ScriptedFields


def test_the_key_before_the_number_is_pressed_where_the_window_is_and_the_number_where_the_field_is_then() -> None:
    fields = ScriptedFields(focus=NOTE_FIELD, follows=False, after={1: moves_to(NUMBER_FIELD)})
    hand_over(NUMBER, replace(target(suffix=Key.F8), prefix=Key.F2), fields.desktop(), fields)
    assert (fields.shown, fields.suffixes) == ({"card": NUMBER, "note": ""}, ["note f2", "card f8"])


@pytest.mark.parametrize("shown", ["", "987"])
def test_a_page_that_comes_late_gets_the_number_and_not_the_one_that_goes_away(shown: str) -> None:
    """The key is pressed on a page that has the field as well, with the focus."""

    def opens(fields: ScriptedFields) -> None:
        keys.append(fields.keys)
        fields.focus, fields.shown["card"] = replace(NUMBER_FIELD, handle=("p", "/9")), ""

    keys: list[int] = []
    fields = ScriptedFields(shown={"card": shown, "note": ""}, on_look={2: opens})
    hand_over(NUMBER, replace(target(suffix=Key.ENTER), prefix=Key.F2), fields.desktop(), fields)
    assert (keys, fields.shown["card"]) == ([1], NUMBER)


def test_a_field_that_the_key_only_empties_gets_the_number() -> None:
    def empties(fields: ScriptedFields) -> None:
        fields.shown["card"] = ""

    fields = ScriptedFields(shown={"card": "987", "note": ""}, on_look={2: empties})
    hand_over(NUMBER, replace(target(), prefix=Key.ESCAPE), fields.desktop(), fields)
    assert (fields.shown["card"], fields.looks) == (NUMBER, 2)


def test_where_the_key_changes_nothing_the_field_that_is_there_gets_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_keys, "_PREFIX_SECONDS", 0.01)
    fields = ScriptedFields()
    hand_over(NUMBER, replace(target(), prefix=Key.ESCAPE), fields.desktop(), fields)
    assert fields.shown["card"] == NUMBER
    assert fields.looks > 0


def test_after_a_key_that_called_nothing_up_nothing_counts_as_typed() -> None:
    fields = ScriptedFields(focus=NOTE_FIELD, follows=False)
    with pytest.raises(Refused) as caught:
        hand_over(NUMBER, replace(target(), prefix=Key.ESCAPE), fields.desktop(), fields)
    assert (caught.value.code, caught.value.params) == (Code.HANDOVER_FIELD_ELSEWHERE, {})
    assert (fields.suffixes, fields.shown) == (["note \x1b"], {"card": "", "note": ""})


def test_what_the_key_calls_up_may_have_another_title() -> None:
    """Of this library's system still."""
    page = replace(WINDOW, title="図書館システム - 返却")

    def opens(fields: ScriptedFields) -> None:
        fields.front, fields.focus = page, NUMBER_FIELD

    fields = ScriptedFields(focus=NOTE_FIELD, after={1: opens}, having=(WINDOW, page))
    hand_over(NUMBER, replace(target(), prefix=Key.F2), fields.desktop(), fields)
    assert fields.shown["card"] == NUMBER
