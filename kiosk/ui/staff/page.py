"""Base class of the staff window's pages: scrolling body, fixed footer, initial focus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.domain.events import BackPressed, Event, LeavePressed, LibraryCardEntered, NextPressed
from kiosk.domain.states import Counter
from kiosk.text import plain, say
from kiosk.ui.staff.choice_buttons import Choice
from kiosk.ui.staff.panels import column, row
from kiosk.ui.staff.scroll import BAR, ScrollArea
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.scan_field import ScanField
from kiosk.ui.widgets.words import Words

Emit = Callable[[Event], None]


class StaffPage(QWidget):
    """A page, created when its state is entered and destroyed when it is left, so that no patron data remains.

    Pages hold no logic: `show_state` renders a state, presses go out through `tell`.
    """

    copied = Signal(str)
    """Text to put on the clipboard."""
    field_changed = Signal()
    """Something was typed into a field of an item, deleted or entered."""
    takes_barcodes = False
    """Whether the page handles barcodes, whatever has the focus."""
    where_barcodes_go = "staff.barcode.close"
    """Text key shown for a barcode the page does not handle: what can be done with it, and where."""
    starts_in_field = True
    """Whether the number field gets the initial focus; otherwise nothing that could be pressed does."""
    escape: Event | None = None
    """Event emitted by Esc."""

    def __init__(self, emit: Emit, sizes: StaffSizes, name: str) -> None:
        super().__init__()
        self.tell, self.sizes = emit, sizes
        self._ways_out: list[tuple[Button, str]] = []
        self.setAccessibleName(plain(name))
        self._scroll = ScrollArea()
        inside = QWidget()
        inside.setProperty("scrolled", "true")
        x, y = sizes.margin_x, sizes.margin_y
        self.body = column(sizes.gap, (x, y, x - BAR, round(y * 0.7)))
        inside.setLayout(self.body)
        self._scroll.setWidget(inside)
        self._in_sight: QWidget | None = None
        self._scroll.verticalScrollBar().rangeChanged.connect(self._see)
        self._foot: QHBoxLayout | None = None
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self._scroll, 1)

    def pieces(self, counter: Counter) -> Iterator[None]:
        """Build the page ahead, a few milliseconds' worth per step, while nobody waits.

        The next patron is not known yet. Whatever is missing when a state is shown is built then.
        """
        return iter(())

    def parts(self) -> Sequence[QWidget]:
        """Return the parts that can be rendered one at a time."""
        return [self]

    def removable(self) -> Sequence[QWidget]:
        """Return all widgets in an order in which they can be destroyed one by one."""
        return [self]

    def show_state(self, counter: Counter) -> None:
        """Show this state."""

    def number_field(self) -> ScanField | None:
        """Return the field for entering a number, if any."""
        return None

    def holds_number(self) -> bool:
        """Return whether a number of an item stands in a field, shown or not, that has not been entered."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the keys that nothing else handles."""
        areas = (area for area in self.findChildren(ScrollArea) if area.isVisible())
        event.setAccepted(any(area.scroll_by(Qt.Key(event.key())) for area in areas))

    def take_barcode(self, text: str) -> None:
        """Handle a complete barcode, scanned anywhere on this page (if `takes_barcodes`)."""
        self.tell(LibraryCardEntered(text))

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to a widget just added, once the layout is done and its position is known."""
        self._in_sight = widget
        # Owned by the widget, so that it does not outlive it.
        place = QTimer(widget, singleShot=True, interval=0)
        place.timeout.connect(self._see)
        place.start()

    def keep_in_place(self, in_use: QWidget) -> None:
        """Keep this widget's position while widgets above it come and go."""
        self._scroll.keep_in_place(in_use)

    def _see(self) -> None:
        if self._in_sight is not None and shiboken6.isValid(self._in_sight) and self._in_sight.isVisibleTo(self):
            self._scroll.ensureWidgetVisible(self._in_sight, 0, self.sizes.gap)

    # --- what most pages have -----------------------------------------------------------------------------------------------

    def head(self, title: str, lead: str = "") -> tuple[Words, Words]:
        """Add the page heading and a sentence below it; return both labels."""
        words, below = Words(title, "title", line=1.35), Words(lead, "sub")
        texts = column(2)
        texts.addWidget(words)
        texts.addWidget(below)
        self.body.addLayout(texts)
        # Not before it has a parent: it would flash up as a window.
        below.setVisible(bool(lead))
        return words, below

    def foot(self) -> QHBoxLayout:
        """Return the footer's button row, which is always visible."""
        if self._foot is None:
            x, y = self.sizes.margin_x, self.sizes.margin_y
            self._foot = row(round(self.sizes.gap * 0.6), (x, round(y * 0.35), x, round(y * 0.75)))
            self._whole.addLayout(self._foot)
        return self._foot

    def button(
        self, text: str, kind: str, event: Event, *, icon: str = "", key: str = "", chord: str = "", icon_behind: bool = False
    ) -> Button:
        """Create a button that emits `event`."""
        made = Button(text, kind, icon=icon, key=key, chord=chord, icon_behind=icon_behind)
        says(made, event, self.tell)
        if key and isinstance(event, LeavePressed):
            self._ways_out.append((made, key))
        return made

    def choice(self, icon: str, title: str, note: str, event: Event, *, chord: str) -> Choice:
        """Create a choice that emits `event`."""
        made = Choice(icon, title, note, self.sizes, chord=chord)
        says(made, event, self.tell)
        return made

    def guard_ways_out(self, guarded: bool) -> None:
        """Label the exit buttons with whether their key must be held, because work would be lost."""
        for button, key in self._ways_out:
            held = say("staff.key.held", key=key)
            button.show_key(held if guarded else key)

    def leave_button(self, text: str = "", *, key: str = "") -> Button:
        return self.button(text or say("staff.action.leave"), "quiet", LeavePressed(), icon="close", key=key or "F12")

    def wizard_foot(self, next_step: str = "") -> Button | None:
        """Fill the footer: やめる at the left; もどる and, given a next step, 次へ at the right. Returns the latter."""
        foot = self.foot()
        foot.addWidget(self.leave_button())
        foot.addStretch(1)
        foot.addWidget(self.button(say("staff.action.back"), "secondary", BackPressed(), icon="left", chord="B"))
        self.escape = BackPressed()
        if not next_step:
            return None
        text = say("staff.action.next", step=next_step)
        onward = self.button(text, "primary", NextPressed(), icon="right", icon_behind=True, chord="N")
        foot.addWidget(onward)
        return onward
