"""Control window of the demo: cards to place, library cards and items to scan, faults of the library system."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.demo import synthetic_keys
from kiosk.demo.ils import DROPPED_AFTER, SILENT, LibraryServer
from kiosk.demo.library import LIBRARY_CARDS, SAMPLE_ITEMS, SampleCard, SampleItem
from kiosk.demo.registry.controls import RegistryControls
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import READER, VirtualReaders
from kiosk.text import plain, say
from kiosk.ui.quitting import quit_soon
from kiosk.ui.shared_display import places, put
from kiosk.ui.staff.scroll import BAR, ScrollArea
from kiosk.ui.theme import staff_sizes, style_sheet
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.words import Words

CLOSE = "Button { min-height: 26px; }"
"""Compact buttons: there are many."""
READERS = (READER, "Virtual Reader 01 00")
"""The second is for the tour."""
LEAST_STAFF = 960
"""Minimum width in pixels left to the staff window beside the tray."""
HEIGHT = 900


class Tray(QWidget):
    """The tray. Pressing a card's button places it on the reader, replacing the previous one; closing the tray ends the demo."""

    def __init__(
        self,
        deck: Deck,
        readers: VirtualReaders,
        staff: QWidget,
        library: LibraryServer | None = None,
        *,
        lays: bool = True,
        registry: RegistryControls | None = None,
    ) -> None:
        """`library` and `registry`: what to control, if any. `lays`: offer cards; False if they are placed on real readers."""
        super().__init__()
        self.setObjectName("StaffWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._deck, self._readers, self._staff, self.library, self.registry = deck, readers, staff, library, registry
        title = plain(say("demo.tray.title" if lays else "demo.practice.tray"))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setStyleSheet(style_sheet(staff_sizes(0), patron=False) + CLOSE)
        inside = QWidget()
        inside.setProperty("scrolled", "true")
        columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inside)
        columns.setSpacing(18)
        for fill in (*((self._add_cards,) if lays else ()), self._add_library_cards, self._add_items):
            column = QVBoxLayout()
            column.setSpacing(5)
            fill(column)
            column.addStretch(1)
            columns.addLayout(column)
        area = ScrollArea()
        area.setWidget(inside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(area)
        self._columns = columns

    def showEvent(self, event: QShowEvent) -> None:
        # Size hints are final only once all widgets are styled.
        self.resize(self._wanted(QBoxLayout.Direction.LeftToRight))
        super().showEvent(event)

    def stand_beside(self, *, shared: bool) -> None:
        """Place the tray right of the staff window, which is narrowed if it can be; otherwise over its right edge.

        `shared`: the patron's window stands on the same display; the tray goes above it.
        """
        display = self._staff.screen().availableGeometry()
        if shared:
            self._wanted(QBoxLayout.Direction.TopToBottom)
            put(self, places(display).free)
            return
        staff, tray = side_by_side(display, self._wanted(QBoxLayout.Direction.LeftToRight))
        if staff is None:
            staff, tray = side_by_side(display, self._wanted(QBoxLayout.Direction.TopToBottom))
        if staff is not None:
            self._staff.showNormal()
            put(self._staff, staff)
        put(self, tray)

    def _wanted(self, direction: QBoxLayout.Direction) -> QSize:
        """Arrange the columns in this direction; return the preferred size."""
        self._columns.setDirection(direction)
        return QSize(self._columns.sizeHint().width() + BAR, HEIGHT)

    def _add_cards(self, column: QVBoxLayout) -> None:
        column.addWidget(Words(say("demo.tray.cards"), "heading"))
        column.addWidget(Words(say("demo.tray.pin"), "note"))
        lift = Button(say("demo.tray.lift"), "primary")
        lift.clicked.connect(lambda: self.lift())
        column.addWidget(lift)
        for name in self._deck.names:
            self._add(column, say(f"demo.card.{name}"), partial(self.lay, name))
        column.addSpacing(10)
        if self.registry is not None:
            self._add_registry(column, self.registry)
        else:
            column.addWidget(Words(say("demo.tray.registry-missing"), "note"))

    def _add_library_cards(self, column: QVBoxLayout) -> None:
        column.addWidget(Words(say("demo.tray.library-cards"), "heading"))
        for card in LIBRARY_CARDS:
            self._add(column, say(f"demo.library-card.{card.name}"), partial(self.scan, card))
        if self.library is not None:
            column.addSpacing(10)
            column.addWidget(Words(say("demo.tray.library"), "heading"))
            self._switch = Button(say("demo.tray.library-stop"), "quiet")
            self._switch.clicked.connect(self.switch_library)
            column.addWidget(self._switch)
            for trouble, mishap in (("lose", DROPPED_AFTER), ("silent", SILENT)):
                self._add(column, say(f"demo.tray.library-{trouble}"), partial(self.library.befall_next, mishap))

    def _add_registry(self, column: QVBoxLayout, registry: RegistryControls) -> None:
        column.addWidget(Words(say("demo.tray.registry"), "heading"))
        self._line = self._add(column, say(f"demo.tray.registry-{registry.line}"), self.switch_line)
        self._time = self._add(column, say(f"demo.tray.registry-{registry.time}"), self.switch_time)
        for name, act in registry.acts().items():
            self._add(column, say(f"demo.tray.registry-{name}"), act)

    def _add_items(self, column: QVBoxLayout) -> None:
        for group, items in SAMPLE_ITEMS.items():
            column.addWidget(Words(say(f"demo.tray.items-{group}"), "heading"))
            for item in items:
                self._add(column, say(f"demo.item.{item.kind}", title=item.title), partial(self.scan, item))
            column.addSpacing(5)

    def _add(self, column: QVBoxLayout, sentence: str, act: Callable[[], None]) -> Button:
        button = Button(sentence, "quiet")
        button.clicked.connect(lambda _=False: act())
        column.addWidget(button)
        return button

    def lay(self, name: str, reader: str = READER) -> None:
        self._readers.lay(self._deck.card(name), reader)

    def lift(self, reader: str = READER) -> None:
        self._readers.lift(reader)

    def plug(self, reader: str) -> None:
        """Reconnect a reader, with the card on it."""
        self._readers.replug(reader)

    def switch_library(self) -> None:
        """Stop or restart the library system; loans are kept."""
        library = self.library
        if library is None:
            return
        if library.running:
            library.stop()
        else:
            library.start()
        self._switch.set_text(say("demo.tray.library-stop" if library.running else "demo.tray.library-start"))

    def switch_line(self) -> None:
        """Cut or mend the line to the library's server."""
        if self.registry is not None:
            self.registry.switch_line()
            self._line.set_text(say(f"demo.tray.registry-{self.registry.line}"))

    def switch_time(self) -> None:
        """Skip more time than the counter may go on alone, or come back."""
        if self.registry is not None:
            self.registry.switch_time()
            self._time.set_text(say(f"demo.tray.registry-{self.registry.time}"))

    def scan(self, card: SampleCard | SampleItem) -> None:
        """Type the barcode into the staff window, as a scanner on the staff's keyboard port does."""
        self._staff.activateWindow()
        synthetic_keys.scan(self._staff.windowHandle(), card.barcode)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        quit_soon("the tray was closed")


def side_by_side(display: QRect, tray: QSize) -> tuple[QRect | None, QRect]:
    """Return the places of staff window and tray; None: the staff window cannot be narrowed and stays as it is."""
    size = tray.boundedTo(display.size())
    left = display.width() - size.width()
    staff = QRect(display.topLeft(), QSize(left, display.height())) if left >= LEAST_STAFF else None
    return staff, QRect(display.topLeft(), size).translated(left, 0)
