"""Windows for the tests, destroyed completely: what is left of one would receive every event of the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.ui.staff import StaffWindow
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.staff_window import Hands, LiveStaffWindow


def _take_down(desk: ShownPatronWindow) -> None:
    desk.window.close_for_good()
    shiboken6.delete(desk.window)


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    """At a staff window of their own."""
    made = Hands()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


@pytest.fixture
def live(qtbot: QtBot) -> LiveStaffWindow:
    """A staff window with the machine behind it."""
    made = LiveStaffWindow()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


@pytest.fixture
def desk_with(qapp: QApplication) -> Iterator[Callable[..., ShownPatronWindow]]:
    """A new window each time it is called, with the arguments of `ShownPatronWindow`."""
    made: list[ShownPatronWindow] = []

    def make(*size: int, **settings: object) -> ShownPatronWindow:
        made.append(ShownPatronWindow(*size, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for desk in made:
        _take_down(desk)


@pytest.fixture(scope="module")
def _desk_of_module(qapp: QApplication) -> Iterator[ShownPatronWindow]:
    desk = ShownPatronWindow()
    yield desk
    _take_down(desk)


@pytest.fixture
def desk(_desk_of_module: ShownPatronWindow) -> ShownPatronWindow:
    """The patron window of a counter with two displays; one for a whole module, as it is one for a whole day."""
    _desk_of_module.events.clear()
    _desk_of_module.pins.clear()
    _desk_of_module.window.show()
    return _desk_of_module
