"""Where the library has a staff code, closing the staff window asks for it before the counter ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kiosk.domain.model import Ticket
from kiosk.domain.states import CounterRules, Reading, Waiting
from kiosk.text import plain, say
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.leaving import Leaving
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import FACTS, INSERTION, counter, with_facts

CODE = "4711"
_NOT = 100
"""Milliseconds after which a quit that was asked for would have come."""


@pytest.fixture
def staff(qtbot: QtBot) -> Iterator[StaffWindow]:
    window = StaffWindow(lambda event: None)
    window.resize(1280, 800)
    show(window, CODE)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close_for_good()


def show(window: StaffWindow, code: str) -> None:
    window.show_state(with_facts(counter(Waiting(), rules=CounterRules(staff_code=code)), FACTS))


def ends(limit_ms: int = WAIT_MS) -> bool:
    """Whether the application was asked to."""
    application = cast(QApplication, QApplication.instance())
    limit = QTimer(singleShot=True, interval=limit_ms)
    limit.timeout.connect(lambda: application.exit(99))
    limit.start()
    code = application.exec()
    # A late one would end every event loop of the thread.
    limit.stop()
    return code == 0


def asking(window: StaffWindow) -> Leaving | None:
    return next((dialog for dialog in window.findChildren(Leaving) if dialog.isVisible()), None)


def field_of(window: StaffWindow) -> QLineEdit:
    dialog = asking(window)
    assert dialog is not None
    (field,) = dialog.findChildren(QLineEdit)
    return field


def type_code(window: StaffWindow, code: str) -> None:
    QTest.keyClicks(field_of(window), code)
    QTest.keyClick(field_of(window), Qt.Key.Key_Return)


def test_without_a_code_it_ends_at_once(staff: StaffWindow) -> None:
    show(staff, "")
    staff.close()
    assert (ends(), asking(staff)) == (True, None)


def test_the_code_ends_it_and_a_wrong_one_makes_wait(staff: StaffWindow, qtbot: QtBot) -> None:
    staff.close()
    staff.close()  # which asks once
    type_code(staff, "1234")
    field = field_of(staff)
    assert (field.isEnabled(), field.text(), ends(_NOT)) == (False, "", False)
    qtbot.waitUntil(field.isEnabled, timeout=WAIT_MS)
    type_code(staff, CODE)
    assert (ends(), asking(staff)) == (True, None)


def test_staff_may_stay(staff: StaffWindow) -> None:
    staff.close()
    dialog = asking(staff)
    assert dialog is not None
    (stay,) = [button for button in dialog.findChildren(QPushButton) if button.accessibleName() == plain(say("staff.ending.stay"))]
    stay.click()
    assert (ends(_NOT), asking(staff), staff.isVisible()) == (False, None, True)


def test_a_card_is_served_and_the_question_is_gone(staff: StaffWindow) -> None:
    staff.close()
    shown = with_facts(counter(Waiting(), rules=CounterRules(staff_code=CODE)), FACTS)
    staff.show_state(replace(shown, flow=Reading(Ticket(1), INSERTION)))
    assert (ends(_NOT), asking(staff)) == (False, None)
