"""The tray beside the two windows: cards to lay and lift, library cards to scan."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kiosk.demo.library import LIBRARY_CARDS, SampleCard
from kiosk.smartcard.virtual.deck import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.text import plain, say
from kiosk.ui.theme import staff_sizes, style_sheet
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.words import Words

SCAN_MS = 4
"""Between two characters, as a barcode scanner sends them."""


class Tray(QWidget):
    """One button for each card lays it (and lifts what lay there before); closing the tray ends the demo."""

    def __init__(self, deck: Deck, readers: VirtualReaders, staff: QWidget) -> None:
        super().__init__()
        self.setObjectName("StaffWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._deck, self._readers, self._staff = deck, readers, staff
        self.setWindowTitle(plain(say("demo.tray.title")))
        self.setAccessibleName(plain(say("demo.tray.title")))
        self.setStyleSheet(style_sheet(staff_sizes(0), patron=False))
        inside = QWidget()
        inside.setProperty("scrolled", True)
        column = QVBoxLayout(inside)
        column.setSpacing(6)
        column.addWidget(Words(say("demo.tray.cards"), "heading"))
        column.addWidget(Words(say("demo.tray.pin"), "note"))
        lift = Button(say("demo.tray.lift"), "primary")
        lift.clicked.connect(self.lift)
        column.addWidget(lift)
        for name in deck.names:
            self._add(column, f"demo.card.{name}", lambda name=name: self.lay(name))
        column.addSpacing(10)
        column.addWidget(Words(say("demo.tray.library-cards"), "heading"))
        for card in LIBRARY_CARDS:
            self._add(column, f"demo.library-card.{card.name}", lambda card=card: self.scan(card))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(area)
        self.resize(360, 900)

    def _add(self, column: QVBoxLayout, key: str, act: object) -> None:
        button = Button(say(key), "quiet")
        button.clicked.connect(lambda _=False: act())  # type: ignore[operator]
        column.addWidget(button)

    def lay(self, name: str) -> None:
        self._readers.lay(self._deck.card(name))

    def lift(self) -> None:
        self._readers.lift()

    def scan(self, card: SampleCard) -> None:
        """Type the barcode into the staff window, as a scanner at the staff's keyboard does."""
        self._staff.activateWindow()
        # Through the window, not a widget: the page that takes the number may be gone before the last key is released.
        window = self._staff.windowHandle()
        for character in card.barcode:
            QTest.keyClick(window, Qt.Key(ord(character)), Qt.KeyboardModifier.NoModifier, SCAN_MS)
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, SCAN_MS)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        QApplication.exit(0)
