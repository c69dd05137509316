"""Copied text as another program on the same screen finds it: marked as confidential, and cleared when the patron leaves."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.domain.clipboard_marks import MARKS
from tests.support.screens.accessible_desktop import Desktop
from tests.support.wait import LIMIT

if sys.platform != "win32":
    from Xlib import X, Xatom
    from Xlib.display import Display
    from Xlib.protocol.event import SelectionNotify

pytestmark = pytest.mark.window

ROOT = Path(__file__).parents[2]
NUMBER, ITEM = "2104067853", "1103447109"


class Other:
    """Another program, which asks for what is copied or owns it itself."""

    def __init__(self, name: str) -> None:
        self._display = Display(name)
        self._window = self._display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)

    def close(self) -> None:
        self._display.close()

    def owned(self, selection: str) -> bool:
        return bool(self._display.get_selection_owner(self._display.intern_atom(selection)) != X.NONE)

    def take(self, selection: str) -> None:
        """Own it, and never answer anybody."""
        self._window.set_selection_owner(self._display.intern_atom(selection), X.CurrentTime)
        self._display.sync()

    def read(self, selection: str, target: str) -> bytes | list[str]:
        display, window = self._display, self._window
        place = display.intern_atom("FOUND")
        window.convert_selection(display.intern_atom(selection), display.intern_atom(target), place, X.CurrentTime)
        display.flush()
        end = time.monotonic() + LIMIT
        while True:
            while display.pending_events():
                event = display.next_event()
                if isinstance(event, SelectionNotify):
                    if event.property == X.NONE:
                        return b""
                    found = window.get_full_property(place, X.AnyPropertyType)
                    assert found is not None
                    if found.property_type == Xatom.ATOM:
                        return [display.get_atom_name(atom) for atom in found.value]
                    return bytes(found.value)
            assert select.select([display.fileno()], [], [], max(0, end - time.monotonic()))[0], "nobody answers"


class Window:
    """The process of `clipboard_program.py`."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.support.screens.clipboard_program"]
        self.child = subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.child.stdout is not None
        assert self.child.stdout.readline() == "ready\n"

    def does(self, what: str) -> float:
        """Seconds it took."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        print(what, file=self.child.stdin, flush=True)
        return float(self.child.stdout.readline())

    def close(self) -> None:
        self.child.communicate(timeout=LIMIT)


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with Desktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop


@pytest.fixture
def window(desktop: Desktop) -> Iterator[Window]:
    window = Window({**os.environ, **desktop.environment, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0"})
    yield window
    window.close()


@pytest.fixture
def other(desktop: Desktop) -> Iterator[Other]:
    other = Other(desktop.environment["DISPLAY"])
    yield other
    other.close()


def test_every_way_to_copy_marks_what_is_copied(window: Window, other: Other) -> None:
    for way, selection, text in (
        ("button", "CLIPBOARD", NUMBER),
        ("mouse", "PRIMARY", NUMBER),
        ("label_key", "CLIPBOARD", NUMBER),
        ("field_copy", "CLIPBOARD", ITEM),
        ("field_copy", "PRIMARY", ITEM),
        ("field_insert", "CLIPBOARD", ITEM),
        ("field_cut", "CLIPBOARD", ITEM),
        ("field_mouse", "PRIMARY", ITEM),
    ):
        window.does(way)
        found = other.read(selection, "UTF8_STRING")
        assert isinstance(found, bytes)
        assert found.decode().replace(" ", "") == text, way
        assert MARKS.keys() <= set(other.read(selection, "TARGETS")), way
        for name, value in MARKS.items():
            assert other.read(selection, name) == value, way


def test_nothing_is_dragged_away(window: Window, other: Other) -> None:
    window.does("drag")
    assert not other.owned("XdndSelection")


def test_it_is_gone_with_the_patron_from_clipboard_and_selection(window: Window, other: Other) -> None:
    window.does("label_key")
    assert other.owned("CLIPBOARD")
    assert other.owned("PRIMARY")
    window.does("leave")
    assert not other.owned("CLIPBOARD")
    assert not other.owned("PRIMARY")


def test_what_another_program_has_copied_since_then_stays(window: Window, other: Other) -> None:
    window.does("button")
    other.take("CLIPBOARD")
    window.does("leave")
    assert other.owned("CLIPBOARD")


def test_a_program_that_does_not_answer_keeps_nobody_waiting(window: Window, other: Other) -> None:
    """Qt waits five seconds for what another program owns."""
    window.does("button")
    other.take("CLIPBOARD")
    other.take("PRIMARY")
    assert window.does("leave") < 2


def test_what_is_copied_here_is_pasted_into_a_field(window: Window, other: Other) -> None:
    window.does("paste_own")
    found = other.read("PRIMARY", "UTF8_STRING")
    assert isinstance(found, bytes)
    assert found.decode().replace(" ", "") == NUMBER


@pytest.mark.parametrize("way", ["paste_key", "paste_mouse"])
def test_a_silent_program_that_owns_the_clipboard_holds_nothing_up(window: Window, other: Other, way: str) -> None:
    other.take("CLIPBOARD")
    other.take("PRIMARY")
    assert window.does(way) < 1
    assert window.does("button") < 1


def test_what_another_program_has_copied_is_pasted(window: Window, other: Other, desktop: Desktop) -> None:
    copying = Window({**os.environ, **desktop.environment, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0"})
    try:
        copying.does("button")
        window.does("paste_theirs")
        found = other.read("PRIMARY", "UTF8_STRING")
        assert isinstance(found, bytes)
        assert found.decode().replace(" ", "") == NUMBER
    finally:
        copying.close()


def test_nothing_is_left_when_the_program_ends(window: Window, other: Other) -> None:
    window.does("button")
    window.does("stop")
    assert not other.owned("CLIPBOARD")
