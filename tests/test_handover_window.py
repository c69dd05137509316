"""The number in the window of the library's own program, on a real screen with a window manager: staff tap a card and touch nothing else.

The whole counter runs in a process of its own; the library's program is an xterm, which accepts only real keyboard events; what staff read
is read over the accessibility bus.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.demo.ils import PATRONS
from kiosk.domain.model import LibraryCardNumber
from tests.support.screens.accessible_desktop import Desktop, Outsider, name
from tests.support.screens.xvfb import Hands, Own, Terminal, Thief
from tests.support.wait import LIMIT

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]

STAFF, TRAY = "職員", "お試し"
SYSTEM, NOTES = "図書館システム - 貸出", "メモ帳"
PATRON = "own"
NUMBER = PATRONS[PATRON]
ON_TAP, ON_CHOICE = ("--handover", "on-tap"), ("--handover", "on-choice")
ATTEMPTS = 8
"""A number is typed in a few hundredths of a second: whoever is in the way has to be quick."""
NO_PHOTO = ("--photo", "never")


class Place:
    """One screen with a window manager, other programs and the counter. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._ends = ExitStack()
        self._folder = folder

    def __enter__(self) -> Place:
        try:
            self._open()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _open(self) -> None:
        self.desktop = self._ends.enter_context(Desktop(self._folder))
        # Without a locale of this kind xterm cannot show a Japanese title.
        self.desktop.environment["LANG"] = "C.UTF-8"
        self.desktop.start(["openbox"], "openbox")
        self.display = self.desktop.environment["DISPLAY"]
        self.hands = Hands(self.display)
        self._ends.callback(self.hands.close)
        self.hands.until(lambda: self.hands.number("_NET_SUPPORTING_WM_CHECK") != 0, "the window manager")

    def counter(self, *options: str) -> Counter:
        command = [sys.executable, "-m", "tests.support.screens.demo_counter", str(self._folder / "counter"), "two", "--linked", PATRON]
        child = self.desktop.start([*command, "--title", "図書館システム", "--suffix", "enter", *options], "kiosk")
        return Counter(self.desktop.outsider(child.pid))

    def system(self) -> Terminal:
        """The library's own program, in front and with the keyboard."""
        program = Terminal(SYSTEM, self.desktop)
        self._ends.callback(program.close)
        self.hands.activate(SYSTEM)
        program.wait(lambda typed: typed == "", "the shell in the terminal")
        return program

    def notes(self) -> Own:
        """Another window, which is nobody's business."""
        window = Own(self.display, NOTES)
        self._ends.callback(window.close)
        self.hands.activate(NOTES)
        return window

    def check_holds(self, program: Terminal, text: str) -> None:
        """That this has arrived there and nothing else: what was still on its way would come before the z."""
        self.hands.activate(SYSTEM)
        self.hands.tap("z")
        program.wait_typed(f"{text}z")


class Counter:
    """The counter as staff hear it."""

    def __init__(self, outsider: Outsider) -> None:
        self.outsider = outsider
        self.see("staff.home.title", limit=60)

    def lay(self) -> None:
        self.outsider.press(name("demo.card.fine"), window=TRAY)

    def see(self, key: str, limit: float = LIMIT) -> None:
        self.outsider.see(name(key), window=STAFF, limit=limit)

    def hears(self, key: str, *, instead: str) -> bool:
        """Which of the two is said first: this one?"""
        until, shown = time.monotonic() + LIMIT, [""]
        while time.monotonic() < until:
            shown = [each["name"] for each in self.outsider.look(window=STAFF)]
            for said in (key, instead):
                if any(name(said) in each for each in shown):
                    return said == key
        raise AssertionError(f"neither {key} nor {instead}: {shown}")

    def press(self, key: str) -> None:
        self.outsider.press(name(key), window=STAFF)

    def leave(self) -> None:
        self.outsider.press(name("demo.tray.lift"), window=TRAY)
        self.press("staff.action.end")
        self.see("staff.home.title")

    def check_number_to_copy(self) -> None:
        self.outsider.see(LibraryCardNumber(NUMBER).grouped, window=STAFF)
        self.press("staff.number.copy")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


def test_a_tap_types_the_number_at_once_into_the_program_in_front_and_says_where_there_is_none(place: Place) -> None:
    counter = place.counter(*ON_TAP, *NO_PHOTO)
    notes = place.notes()
    counter.lay()
    counter.see("refusal.handover-no-window.staff")
    counter.see("refusal.handover-no-window.staff-next")
    counter.check_number_to_copy()
    assert notes.keys() == 0
    counter.leave()

    system = place.system()
    counter.lay()
    system.wait_typed(f"{NUMBER}\r")
    counter.see("staff.handover.done")
    # The library's program is still the one staff work with.
    assert place.hands.active() == SYSTEM
    place.check_holds(system, f"{NUMBER}\r")
    counter.leave()

    # While the library system is down it is typed, and said to be unchecked.
    counter.see("staff.bar.ils-ready")
    counter.outsider.press(name("demo.tray.library-stop"), window=TRAY)
    place.hands.activate(SYSTEM)
    counter.lay()
    system.wait_typed(f"{NUMBER}\rz{NUMBER}\r")
    counter.see("staff.patron.unchecked-trouble")
    counter.see("staff.bar.ils-unreachable")


def test_after_the_look_at_the_photo_the_program_is_brought_forward(place: Place) -> None:
    """Alt+Y is pressed on the staff window, which is in front then."""
    counter = place.counter(*ON_TAP)
    system = place.system()
    counter.lay()
    counter.see("staff.holder.title")
    place.check_holds(system, "")
    place.hands.activate(name("staff.window.title"))
    place.desktop.keys("alt+y")
    system.wait_typed(f"z{NUMBER}\r")
    place.hands.wait_for(SYSTEM)
    counter.see("staff.handover.done")


def test_on_choice_the_number_goes_with_a_service_of_the_other_program(place: Place) -> None:
    counter = place.counter(*ON_CHOICE, *NO_PHOTO)
    system = place.system()
    counter.lay()
    counter.see("staff.items.field")
    counter.press("staff.patron.hold")
    counter.see("staff.items.hold")
    place.check_holds(system, "")
    counter.press("staff.patron.internet-terminal")
    system.wait_typed(f"z{NUMBER}\r")
    counter.see("staff.patron.entered")


@pytest.mark.parametrize("after", [1, 5])
def test_nothing_more_is_typed_when_another_window_takes_the_keyboard(place: Place, after: int) -> None:
    counter = place.counter(*ON_TAP, *NO_PHOTO)
    notes = place.notes()
    system = place.system()
    before = ""
    for _ in range(ATTEMPTS):
        with Thief(place.display, after, notes.take_keyboard):
            counter.lay()
            stopped = counter.hears("refusal.handover-changed.staff", instead="staff.handover.done")
        assert notes.keys() == 0
        if stopped:
            break
        # The thief came too late.
        before += f"{NUMBER}\r"
        counter.leave()
        place.hands.activate(SYSTEM)
    else:
        raise AssertionError("nobody was ever in the way")
    counter.see("refusal.handover-changed.staff-next")
    place.hands.activate(SYSTEM)
    place.hands.tap("z")
    system.wait(lambda typed: typed is not None and typed.endswith("z"), "the last key")
    typed = str(system.typed).removeprefix(before).removesuffix("z")
    assert after <= len(typed) <= len(NUMBER)
    assert NUMBER.startswith(typed)
    counter.check_number_to_copy()
    # Staff have cleared the field, and ask for it once more.
    counter.press("staff.handover.again")
    system.wait_typed(f"{before}{typed}z{NUMBER}\r")
    counter.see("staff.handover.done")


def test_with_no_library_system_connected_the_number_is_all_and_staff_are_told_what_to_check(place: Place) -> None:
    counter = place.counter(*ON_TAP, *NO_PHOTO, "--no-library")
    system = place.system()
    counter.lay()
    system.wait_typed(f"{NUMBER}\r")
    counter.see("staff.handover.done")
    counter.see("staff.patron.unchecked")
    counter.see("staff.bar.ils-none")
