"""The tray's barcodes on a real staff window and a real clock: one code each, however busy the program is meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.demo.library import LIBRARY_CARDS
from kiosk.demo.tray import Tray
from kiosk.domain.events import Event, LibraryCardEntered, Touched
from kiosk.domain.keyboard import QUIET
from kiosk.domain.states import Waiting
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.ui.staff import StaffWindow
from kiosk.ui.timing import QtTiming
from kiosk.ui.widgets.scan_field import ScanField
from tests.support.windows.patron_samples import FACTS, counter, with_facts


class Desk:
    """A staff window with the tray beside it."""

    def __init__(self) -> None:
        self.said: list[Event] = []
        self.blocked = 0.0
        """For how long the program is blocked once a key was taken, in seconds."""
        self.window = StaffWindow(self._hear, timing=QtTiming())
        self.window.show()
        self.window.show_state(with_facts(counter(Waiting(), cards=()), FACTS))
        self.tray = Tray(Deck(), VirtualReaders(), self.window)
        self.tray.show()
        QApplication.processEvents()

    def _hear(self, event: Event) -> None:
        if isinstance(event, Touched):
            QTimer.singleShot(0, self.window, lambda: time.sleep(self.blocked))  # noqa: TID251 - it is the program that is blocked
        else:
            self.said.append(event)

    def scan(self, *, away_from_fields: bool) -> None:
        self.window.activateWindow()
        QApplication.processEvents()
        if away_from_fields:
            self.window.setFocus()
        assert isinstance(QApplication.focusWidget(), ScanField) != away_from_fields
        self.tray.scan(LIBRARY_CARDS[0])
        # As long as it takes to know that nothing follows.
        QTest.qWait(round(1000 * (QUIET + 0.2)))

    def close(self) -> None:
        shiboken6.delete(self.tray)
        shiboken6.delete(self.window)


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.mark.parametrize("away_from_fields", [False, True])
@pytest.mark.parametrize("blocked", [0.0, 0.06, QUIET + 0.2])
def test_a_scan_is_one_code_however_long_the_program_is_blocked_amid_it(desk: Desk, blocked: float, away_from_fields: bool) -> None:
    desk.blocked = blocked
    desk.scan(away_from_fields=away_from_fields)
    [entered] = [event for event in desk.said if isinstance(event, LibraryCardEntered)]
    assert entered.text == LIBRARY_CARDS[0].barcode
