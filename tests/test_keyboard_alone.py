"""A registration and a lending by keyboard alone, in real windows, with single keys pressed as by fingers.

Another process presses the keys on the screen's own keyboard. Content and focus are read over the accessibility bus; only the tray's
buttons, which place and remove the card, and what the patron touches where their display takes no keys are pressed there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.screens.accessible_desktop import Desktop, Outsider, name

pytestmark = [pytest.mark.window, pytest.mark.trial, pytest.mark.timeout(150)]

STAFF, PATRON, TRAY = "職員", "利用者", "お試し"
MOST_TABS = 24


class Hands:
    """Somebody at the counter's keyboard."""

    def __init__(self, desktop: Desktop, kind: str) -> None:
        self._desktop = desktop
        child = desktop.start([sys.executable, "-m", "tests.support.screens.demo_counter", str(desktop.folder / "counter"), kind], "kiosk")
        self.eyes: Outsider = desktop.outsider(child.pid)
        self.eyes.see(name("staff.home.title"), window=STAFF, limit=60)
        # What the window manager of a real desktop does for a window that opens.
        desktop.give_keyboard_to(name("staff.window.title"))

    def press(self, key: str) -> None:
        self._desktop.key_by_itself(key)

    def hold(self, key: str) -> None:
        # Long enough for X to repeat it, most times unmarked.
        self._desktop.hold(key, 1.2)

    def type(self, *keys: str) -> None:
        self._desktop.keys(*keys)

    def tab_to(self, control: str, *, back: bool = False) -> None:
        """Tab until that control has the keyboard."""
        passed = []
        for _ in range(MOST_TABS):
            passed.append(self.eyes.focused())
            if passed[-1] == control:
                return
            self.type("shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not reach “{control}”: {passed}")

    def scan(self, *keys: str, delay: int) -> None:
        """With so many milliseconds between two keys."""
        self._desktop.keys(*("space" if key == " " else key for key in keys), delay=delay)

    def see(self, key: str, window: str = STAFF, **params: str) -> None:
        self.eyes.see(name(key, **params), window=window)

    def lay(self) -> None:
        self.eyes.press(name("demo.card.fine"), window=TRAY)

    def lift(self) -> None:
        self.eyes.press(name("demo.tray.lift"), window=TRAY)


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[Callable[[str], Hands]]:
    with Desktop(tmp_path) as desktop:
        yield lambda kind: Hands(desktop, kind)


def to_the_card(hands: Hands) -> None:
    """Staff's part, from F2 to the card on the reader."""
    hands.press("F2")
    hands.see("staff.applicant.title")
    hands.tab_to(name("staff.applicant.self"))
    hands.press("Return")
    hands.see("staff.key.hold-chord", chord="Alt+1")
    hands.press("alt+1")
    hands.see("staff.record.title")
    hands.tab_to(name("staff.action.next", step=name("staff.step.library-card")))
    hands.press("Return")
    hands.see("staff.library-card.title")
    hands.tab_to(name("staff.number.field"))
    hands.type(*"2104067851", "Return")
    hands.see("staff.my-number-card.title")
    hands.lay()


def lend(hands: Hands, *delays: int) -> None:
    """With a label read on the page of the photo, at so many milliseconds between two keys."""
    hands.see("staff.home.title")
    hands.lay()
    hands.see("staff.holder.title")
    for delay in delays:
        # A label that somebody has printed: a space, a number, Enter.
        hands.tab_to(name("staff.holder.yes"))
        hands.scan(*" 1103000001", "Return", delay=delay)
        hands.see("staff.holder.title")
    hands.tab_to(name("staff.holder.yes"))
    hands.press("Return")
    hands.see("staff.key.hold-chord", chord="Alt+Y")
    hands.press("alt+y")
    hands.see("staff.items.field")
    hands.tab_to(name("staff.patron.interlibrary-loan"))
    hands.press("Return")
    hands.see("staff.patron.enter")
    hands.eyes.see("2104 0678 51", window=STAFF)
    hands.lift()
    hands.press("F12")
    hands.see("staff.home.title")


def test_on_one_display_with_a_keypad_everything_goes_by_keyboard(hands: Callable[[str], Hands]) -> None:
    at = hands("single")
    to_the_card(at)
    at.see("patron.handover.title", PATRON)
    at.tab_to(name("patron.handover.start"))
    at.hold("Return")
    at.see("patron.confirm.act", PATRON)
    at.tab_to(name("patron.confirm.act"))
    at.hold("Return")
    at.see("patron.pin.title", PATRON)
    at.type("1", "9", "BackSpace", *"234")
    at.press("Return")
    at.see("patron.key.hold", PATRON)
    at.hold("Return")
    at.see("patron.done.title", PATRON)
    at.lift()
    at.tab_to(name("patron.end"))
    at.press("Return")
    at.see("patron.returning.title", PATRON)
    at.tab_to(name("staff.single-display.take-back"))
    at.hold("Return")
    at.see("staff.registered.tell")
    at.press("F12")
    lend(at, 5, 60, 100)


def test_with_two_displays_staff_need_no_mouse_and_the_patron_no_keyboard(hands: Callable[[str], Hands]) -> None:
    at = hands("two")
    to_the_card(at)
    at.see("staff.confirm.title")
    at.eyes.press(name("patron.confirm.act"), window=PATRON)
    at.see("patron.pin.title", PATRON)
    # No key ever reaches this pad.
    at.type(*"9999", "Return")
    for digit in "1234":
        at.eyes.press(digit, window=PATRON)
    at.eyes.press(name("patron.pin.confirm"), window=PATRON)
    at.see("staff.registered.title")
    at.lift()
    at.tab_to(name("staff.action.done"))
    at.press("Return")
    lend(at, 60)
