"""What every way to the controls of other programs has to hold: the real one, with a program in Qt, the
one that other tests play, and Windows' with objects in place of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import pytest
from jeepney import DBusAddress, Properties
from jeepney.io.blocking import open_dbus_connection

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover import Key, ProgramWindow, Target, desktop, hand_over, uia
from kiosk.library.handover.atspi_bus import somebody_listens
from kiosk.library.handover.elements import Element, Elements, Field, Habit, Unknown
from kiosk.library.handover.teaching import teach
from kiosk.library.handover.typing_process import hand_over_apart
from kiosk.library.handover.uia import UiaElements
from tests.support.screens.form_window import TITLE, FormWindow, form_window
from tests.support.screens.scripted_fields import NOTE_FIELD, NUMBER_FIELD, WINDOW, ScriptedFields
from tests.support.screens.xvfb import Terminal
from tests.support.wait import LIMIT, wait_until
from tests.support.windows.played_uia import ADDRESS, PATTERNS, VALUE, ComFailure, PlayedAutomation

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]


class Program(Protocol):
    """A program with two fields, and who acts in it."""

    def window(self) -> ProgramWindow: ...

    def field(self, name: str = "card") -> Field: ...

    def do(self, *words: str) -> dict[str, str]: ...

    def elements(self) -> AbstractContextManager[Elements]: ...


@dataclass
class Real:
    form: FormWindow

    def window(self) -> ProgramWindow:
        return self.form.window()

    def field(self, name: str = "card") -> Field:
        return self.form.field(name)

    def do(self, *words: str) -> dict[str, str]:
        return self.form.do(*words)

    @contextmanager
    def elements(self) -> Iterator[Elements]:
        with self.form.accessible.elements(5) as elements:
            yield elements


class Played:
    def __init__(self) -> None:
        self._fields = ScriptedFields()
        self._elements = {"card": NUMBER_FIELD, "note": NOTE_FIELD}

    def window(self) -> ProgramWindow:
        return WINDOW

    def field(self, name: str = "card") -> Field:
        of = self._elements[name]
        return Field(of.role, of.name, of.identifier, of.tag, of.address)

    def do(self, *words: str) -> dict[str, str]:
        match words:
            case ("focus", name):
                self._fields.focus = self._elements[name]
            case ("text", name, *text):
                self._fields.shown[name], self._fields.selected = "".join(text), ""
            case ("select", name):
                self._fields.selected = name
        return self._fields.shown

    @contextmanager
    def elements(self) -> Iterator[Elements]:
        with self._fields.elements(5) as elements:
            yield elements


class PlayedOnWindows:
    """The adapter for Windows, with objects in place of COM's."""

    def __init__(self) -> None:
        self._automation = PlayedAutomation()

    def window(self) -> ProgramWindow:
        return WINDOW

    def field(self, name: str = "card") -> Field:
        return Field("edit", {"card": "利用者番号", "note": "備考"}[name], name, "", ADDRESS)

    def do(self, *words: str) -> dict[str, str]:
        one = self._automation.fields[words[1]]
        match words:
            case ("focus", _):
                one.SetFocus()
            case ("text", _, *text):
                one.has[VALUE], one.selected = "".join(text), False
            case ("select", _):
                one.selected = True
        return {name: str(of.has[VALUE]) for name, of in self._automation.fields.items()}

    @contextmanager
    def elements(self) -> Iterator[Elements]:
        yield UiaElements(self._automation, PATTERNS, ComFailure, time.monotonic() + 60)


@pytest.fixture(scope="module")
def form() -> Iterator[FormWindow]:
    with form_window() as form:
        yield form


@pytest.fixture(params=["real", "played", "played-on-windows"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Program:
    if request.param == "played":
        return Played()
    if request.param == "played-on-windows":
        monkeypatch.setattr(uia, "CALL_SECONDS", 30.0)
        return PlayedOnWindows()
    form: FormWindow = request.getfixturevalue("form")
    for name in ("note", "card"):
        form.do("text", name, "")
    form.do("focus", "card")
    return Real(form)


def test_the_field_with_the_focus_is_told_with_what_stays_the_same(program: Program) -> None:
    with program.elements() as elements:
        for name in ("note", "card"):
            program.do("focus", name)
            found = elements.focused(program.window())
            assert isinstance(found, Element)
            assert program.field(name).fits(found)
            assert elements.has_focus(found) is True


def test_a_move_of_the_focus_is_known_at_once(program: Program) -> None:
    with program.elements() as elements:
        found = elements.focused(program.window())
        assert isinstance(found, Element)
        program.do("focus", "note")
        assert elements.has_focus(found) is False
        program.do("focus", "card")
        assert elements.has_focus(found) is True


def test_what_a_field_shows_and_whether_typing_leaves_any_of_it(program: Program) -> None:
    with program.elements() as elements:
        found = elements.focused(program.window())
        assert isinstance(found, Element)
        assert (elements.text(found), elements.is_free(found)) == ("", True)
        program.do("text", "card", "0123")
        assert (elements.text(found), elements.is_free(found)) == ("0123", False)
        program.do("select", "card")
        assert elements.is_free(found) is True


def test_a_field_without_the_focus_is_found_and_given_it(program: Program) -> None:
    with program.elements() as elements:
        found = elements.find(program.window(), program.field("note"))
        assert isinstance(found, Element)
        assert elements.has_focus(found) is False
        elements.give_focus(found)
        program.do("text", "card", "")
        assert elements.has_focus(found) is True


def test_a_program_that_takes_a_value_shows_it_wherever_the_focus_is(program: Program) -> None:
    with program.elements() as elements:
        found = elements.find(program.window(), program.field("note"))
        assert isinstance(found, Element)
        assert elements.set_text(found, "2104067851") is True
        wait_until(lambda: elements.text(found) == "2104067851", "the value", LIMIT)
        assert program.do("focus", "card")["card"] == ""


def test_a_field_that_is_nowhere_is_gone(program: Program) -> None:
    with program.elements() as elements:
        assert elements.find(program.window(), replace(program.field(), name="住所")) is Unknown.GONE


class Clicked:
    """The fields of other programs; somebody clicks into one of them once it is waited for."""

    def __init__(self, form: FormWindow) -> None:
        self._form = form

    def switched_on(self) -> AbstractContextManager[None]:
        return self._form.accessible.switched_on()

    @contextmanager
    def elements(self, limit: float) -> Iterator[Elements]:
        with self._form.accessible.elements(limit) as elements:
            wait = elements.wait

            def clicked(seconds: float) -> float:
                if self._form.hands.active() != TITLE:
                    self._form.hands.activate(TITLE)
                return wait(seconds)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(elements, "wait", clicked)
                yield elements


def test_a_number_lands_in_a_taught_field_of_a_real_program(form: FormWindow) -> None:
    """From teaching, where a terminal is in front at first, to the number of the first patron."""
    for name in ("card", "note"):
        form.do("text", name, "")
    form.do("focus", "card")
    terminal = Terminal("端末", form.desktop)
    try:
        form.hands.activate("端末")
        taught = teach("0123456789", desktop(), Clicked(form), 20)
        assert (taught.window.title, taught.field) == (TITLE, replace(form.field(), habit=Habit.PLAIN))
        assert form.do("text", "card", "") == {"card": "", "note": ""}
        form.do("focus", "note")
        hand_over("2104067851", Target("図書館システム", suffix=Key.TAB, field=taught.field), desktop(), form.accessible)
        assert form.shown() == {"card": "2104067851", "note": ""}
    finally:
        terminal.close()


def test_a_value_is_set_from_a_process_apart_and_the_key_after_it_pressed(form: FormWindow) -> None:
    for name in ("card", "note"):
        form.do("text", name, "")
    form.do("focus", "card")
    hand_over_apart("2104067851", Target("図書館システム", suffix=Key.TAB, field=form.field(), way=WayIn.SET_VALUE))
    assert form.shown() == {"card": "2104067851", "note": ""}
    with form.accessible.elements(5) as elements:
        wait_until(lambda: isinstance(now := elements.focused(form.window()), Element) and now.name == "備考", "the tab", LIMIT)


def test_the_key_before_the_number_calls_up_the_field(form: FormWindow) -> None:
    for name in ("card", "note"):
        form.do("text", name, "")
    form.do("focus", "note")
    target = Target("図書館システム", field=form.field(), prefix=Key.F2, pause=0.01)
    hand_over_apart("2104067851", target)
    assert form.shown() == {"card": "2104067851", "note": ""}


def test_the_counter_types_into_a_field_from_a_process_apart(form: FormWindow) -> None:
    for name in ("card", "note"):
        form.do("text", name, "")
    form.do("focus", "note")
    hand_over_apart("2104067851", Target("図書館システム", field=form.field(), name="貸出の番号"))
    assert form.shown() == {"card": "2104067851", "note": ""}
    with pytest.raises(Refused) as refused:
        hand_over_apart("2104067852", Target("図書館システム", field=form.field()))
    assert refused.value.code is Code.HANDOVER_FIELD_FILLED
    assert form.shown() == {"card": "2104067851", "note": ""}


def test_what_the_counter_switched_on_stays_on_for_a_screen_reader_that_has_come(form: FormWindow) -> None:
    status = Properties(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status"))
    with open_dbus_connection("SESSION") as bus:

        def is_on() -> bool:
            return bool(bus.send_and_get_reply(status.get("IsEnabled"), timeout=LIMIT).body[0][1])

        def switch(name: str, on: bool) -> None:
            bus.send_and_get_reply(status.set(name, "b", on), timeout=LIMIT)

        before = is_on()
        for reader in (False, True):
            switch("IsEnabled", False)
            with form.accessible.switched_on():
                assert is_on()
                # Chromium crashes when the last listener leaves at the wrong moment.
                assert somebody_listens()
                switch("ScreenReaderEnabled", reader)
            assert is_on() is reader
        switch("ScreenReaderEnabled", False)
        # Orca 43 that somebody starts by hand does not set it, and listens.
        switch("IsEnabled", False)
        with ExitStack() as ends:
            ends.enter_context(form.accessible.switched_on())
            with form.accessible.elements(60) as listener:
                listener.focused(form.window())
                ends.close()
                assert is_on()
        switch("ScreenReaderEnabled", False)
        switch("IsEnabled", before)
