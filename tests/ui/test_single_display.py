"""With a single display the patron reaches no window but their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.config import DisplaySettings
from kiosk.domain.states import CounterRules, Screen, Waiting
from kiosk.ui.displays import Displays
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import FACTS, counter, with_facts

PATRONS = [screen for screen in Screen if screen is not Screen.STAFF]


@pytest.fixture
def displays(qapp: QApplication, qtbot: QtBot) -> Iterator[Displays]:
    made = Displays(DisplaySettings(single=True), lambda event: None, lambda pin: None)
    show(made, Screen.STAFF)
    made.show()
    qtbot.waitUntil(lambda: made.staff.isVisible() and made.staff.isActiveWindow(), timeout=WAIT_MS)
    yield made
    made.close()


def show(displays: Displays, screen: Screen) -> None:
    displays.show_state(with_facts(counter(Waiting(), rules=CounterRules(single_display=True), screen=screen), FACTS))


@pytest.mark.parametrize("screen", PATRONS)
def test_staffs_window_cannot_be_brought_to_the_front(displays: Displays, qtbot: QtBot, screen: Screen) -> None:
    qtbot.waitUntil(lambda: not displays.patron.isVisible(), timeout=WAIT_MS)
    show(displays, screen)
    qtbot.waitUntil(displays.patron.isVisible, timeout=WAIT_MS)
    assert not displays.staff.isVisible()


def test_it_comes_back_as_it_was(displays: Displays, qtbot: QtBot) -> None:
    focused, state = displays.staff.focusWidget(), displays.staff.windowState()
    show(displays, Screen.PATRON)
    qtbot.waitUntil(displays.patron.isVisible, timeout=WAIT_MS)
    show(displays, Screen.STAFF)
    qtbot.waitUntil(displays.staff.isActiveWindow, timeout=WAIT_MS)
    assert not displays.patron.isVisible()
    assert displays.staff.focusWidget() is focused
    maximised = Qt.WindowState.WindowMaximized
    assert displays.staff.windowState() & maximised == state & maximised == maximised
