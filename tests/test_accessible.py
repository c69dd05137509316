"""Without seeing the windows, or with tools of their own, people can do everything: another process registers a patron and lends to them
through the accessibility bus alone, using only the names it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.domain.model import GuardianCheck
from tests.support.screens.accessible_desktop import Desktop, Outsider, name

pytestmark = [pytest.mark.window, pytest.mark.timeout(150)]

STAFF, PATRON, TRAY = "職員", "利用者", "お試し"
NUMBER = "2104067851"
NAMED = ("push button", "check box", "radio button", "toggle button", "text")


@pytest.fixture
def outsider(tmp_path: Path) -> Iterator[Outsider]:
    """The demo, as a user starts it, and the process that drives it."""
    with Desktop(tmp_path) as desktop:
        outsider = desktop.outsider(desktop.kiosk("demo").pid)
        outsider.see(name("staff.home.title"), window=STAFF, limit=60)
        yield outsider


def nameless(outsider: Outsider) -> list[str]:
    """What can be pressed or filled and has no name."""
    return [f"{each['role']} {each['actions']}" for each in outsider.look() if each["role"] in NAMED and not each["name"]]


def enter_library_card(outsider: Outsider, number: str) -> None:
    outsider.fill(name("staff.number.field"), number, window=STAFF)
    outsider.press(name("staff.library-card.enter"), window=STAFF)


def agree_and_type(outsider: Outsider, digits: str) -> None:
    outsider.press(name("patron.confirm.act"), window=PATRON)
    outsider.see(name("patron.pin.title"), window=PATRON)
    for digit in digits:
        outsider.press(digit, window=PATRON)
    outsider.press(name("patron.pin.confirm"), window=PATRON)


def test_a_registration_and_a_lending_by_names_and_actions_alone(outsider: Outsider) -> None:
    assert nameless(outsider) == []
    outsider.press(name("staff.home.registration-start"), window=STAFF)
    outsider.press(name("staff.applicant.self"), window=STAFF)
    outsider.press(name("staff.action.next", step=name("staff.step.library-card")), window=STAFF)
    enter_library_card(outsider, "2104067853")
    outsider.see(name("refusal.number-check-digit.staff"), window=STAFF)
    enter_library_card(outsider, NUMBER)
    outsider.see(name("staff.my-number-card.title"), window=STAFF)
    outsider.press(name("demo.card.fine"), window=TRAY)
    outsider.see(name("staff.confirm.title"), window=STAFF)
    assert nameless(outsider) == []
    agree_and_type(outsider, "1234")
    outsider.see(name("staff.registered.title"), window=STAFF)
    outsider.see(name("patron.done.title"), window=PATRON)
    outsider.press(name("demo.tray.lift"), window=TRAY)
    outsider.press(name("staff.action.done"), window=STAFF)
    outsider.see(name("staff.home.title"), window=STAFF)

    outsider.press(name("demo.card.fine"), window=TRAY)
    outsider.press(name("staff.holder.yes"), window=STAFF)
    outsider.see("2104 0678 51", window=STAFF)
    outsider.press(name("staff.patron.internet-terminal"), window=STAFF)
    outsider.see(name("staff.patron.enter"), window=STAFF)
    assert nameless(outsider) == []
    outsider.press(name("demo.tray.lift"), window=TRAY)
    outsider.press(name("staff.action.end"), window=STAFF)
    outsider.see(name("staff.home.title"), window=STAFF)


def test_a_guardian_registers_a_child_by_names_and_actions_alone(outsider: Outsider) -> None:
    outsider.press(name("staff.rail.registration"), window=STAFF)
    outsider.press(name("staff.applicant.child"), window=STAFF)
    outsider.press(name("staff.action.next", step=name("staff.step.guardian")), window=STAFF)
    for check in GuardianCheck:
        outsider.press(name(f"staff.guardian.check-{check}"), window=STAFF)
    assert nameless(outsider) == []
    outsider.press(name("staff.action.next", step=name("staff.step.library-card")), window=STAFF)
    enter_library_card(outsider, "2104119025")
    outsider.see(name("staff.my-number-card.title-child"), window=STAFF)
    outsider.press(name("demo.card.child"), window=TRAY)
    outsider.press(name("patron.confirm.act"), window=PATRON)
    outsider.press("9", window=PATRON)
    outsider.press(name("patron.pin.erase"), window=PATRON)
    for digit in "1234":
        outsider.press(digit, window=PATRON)
    outsider.press(name("patron.pin.confirm"), window=PATRON)
    outsider.see(name("staff.registered.title"), window=STAFF)


def test_sentences_are_read_as_labels_and_fields_can_be_filled(outsider: Outsider) -> None:
    shown = {each["name"]: each for each in outsider.look() if each["name"]}
    assert shown[name("staff.home.title")]["role"] == "label"
    assert shown[name("staff.home.registration-note")]["role"] == "label"
    assert shown[name("staff.number.field")]["role"] == "text"
    assert shown[name("staff.home.registration-start")]["role"] == "push button"
