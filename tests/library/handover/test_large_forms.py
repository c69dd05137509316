"""Fields of large forms, and of programs that answer in part: what is unknown is no "no". On a real accessibility bus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.library.handover import atspi, atspi_bus
from kiosk.library.handover.atspi import AtSpi
from kiosk.library.handover.elements import Element, Field, Unknown
from tests.support.screens.accessible_desktop import Desktop
from tests.support.screens.scripted_program import ADDRESS, WINDOW, ScriptedProgram
from tests.support.wait import LIMIT

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]

CARD = Field("entry", "利用者番号", "card", "input", ADDRESS)
INPUTS, NESTED = 150, 20


@pytest.fixture(scope="module", autouse=True)
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with Desktop(tmp_path_factory.mktemp("bus")) as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", place.environment["DBUS_SESSION_BUS_ADDRESS"])
        yield


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call takes a quarter of a millisecond, and a machine that tests other things meanwhile may stall for longer than any limit."""
    monkeypatch.setattr(atspi_bus, "OPENING_SECONDS", LIMIT)
    monkeypatch.setattr(atspi_bus, "_CALL_SECONDS", LIMIT)
    monkeypatch.setattr(atspi, "_WALK_SECONDS", LIMIT)


def found(program: ScriptedProgram) -> Element | Unknown:
    with program.shown(), AtSpi().elements(LIMIT) as elements:
        return elements.find(WINDOW, CARD)


@pytest.mark.parametrize("searches", [True, False])
@pytest.mark.parametrize("question", ["GetState", "GetRoleName", "GetAttributes", "Name", "Parent"])
def test_of_two_fields_the_one_that_does_not_answer_may_be_the_one(question: str, searches: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atspi_bus, "_CALL_SECONDS", 0.3)
    program = ScriptedProgram(searches=searches)
    program.put("利用者番号", "card")
    program.put("利用者番号", "card", silent=question)
    assert found(program) is Unknown.NO_ANSWER


def test_a_field_of_another_name_need_not_say_where_it_is() -> None:
    program = ScriptedProgram()
    program.put("利用者番号", "card")
    program.put("備考", "note", silent="Parent")
    assert isinstance(found(program), Element)


def test_only_the_field_is_asked_for_its_page() -> None:
    """A hand-over has three seconds."""
    program = ScriptedProgram(nested=NESTED)
    for number in range(INPUTS):
        program.put(f"欄{number}", f"field{number}")
    program.put("利用者番号", "card")
    assert isinstance(found(program), Element)
    assert program.asked["Parent"] <= NESTED + 2
    assert program.asked.total() < 6 * INPUTS


@pytest.mark.parametrize("searches", [True, False])
def test_the_field_with_the_focus_is_told_with_few_questions(searches: bool) -> None:
    program = ScriptedProgram(nested=NESTED, searches=searches)
    for number in range(INPUTS):
        program.put(f"欄{number}", f"field{number}")
    program.put("利用者番号", "card", focused=True)
    with program.shown(), AtSpi().elements(LIMIT) as elements:
        element = elements.focused(WINDOW)
    assert isinstance(element, Element)
    assert CARD.fits(element)
    assert program.asked["Parent"] <= NESTED + 2
