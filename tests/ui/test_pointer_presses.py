"""The second half of a double click lands on whatever page has opened meanwhile, and has no effect there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QStackedWidget
from pytestqt.qtbot import QtBot

from kiosk.ui.pointer_presses import Presses
from tests.support.windows.manual_timing import ManualTiming

MIDDLE = QPoint(200, 100)


class Book(QStackedWidget):
    """A button on each page, as large as the page; a press turns it."""

    def __init__(self) -> None:
        super().__init__()
        self.timing, self.heard, self.alive = ManualTiming(), 0, 0
        self.presses = Presses(self, self.timing, self._lives)
        for _ in range(4):
            button = QPushButton()
            button.clicked.connect(self._press)
            self.addWidget(button)

    def _lives(self) -> None:
        self.alive += 1

    def _press(self) -> None:
        self.heard += 1
        self.setCurrentIndex(self.currentIndex() + 1)
        self.presses.turned()

    def click(self, at: QPoint, after: float) -> None:
        self.timing.pass_(after)
        QTest.mouseClick(self.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


@pytest.fixture
def book(qtbot: QtBot) -> Book:
    book = Book()
    qtbot.addWidget(book)
    book.resize(400, 200)
    with qtbot.waitExposed(book):
        book.show()
    return book


@pytest.mark.parametrize("gap", [0.0, 0.12, 0.3])
def test_the_second_half_is_not_for_the_page_that_has_come(book: Book, gap: float) -> None:
    book.click(MIDDLE, after=1)
    book.click(MIDDLE, after=gap)
    assert book.heard == 1
    assert book.alive == 2, "it is a sign of life all the same"


def test_a_third_press_of_a_nervous_hand_is_heard_on_the_page_it_sees(book: Book) -> None:
    for gap in (1, 0.1, 1):
        book.click(MIDDLE, after=gap)
    assert book.heard == 2


def test_two_presses_by_a_hand_are_two(book: Book) -> None:
    book.click(MIDDLE, after=1)
    book.click(MIDDLE, after=0.6)
    assert book.heard == 2


def test_another_place_pressed_at_once_is_meant(book: Book) -> None:
    book.click(MIDDLE, after=1)
    book.click(MIDDLE + QPoint(100, 0), after=0.1)
    assert book.heard == 2
