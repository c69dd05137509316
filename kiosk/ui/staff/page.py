"""A page of the staff window: what scrolls, the buttons below that never do, and where the keyboard begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.domain.events import BackPressed, Event, LeavePressed, LibraryCardEntered, NextPressed
from kiosk.domain.states import Counter, CounterFacts
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
    """Built when its state is entered and thrown away when it is left, so that nothing of a patron stays behind.

    A page only shows: `show_state` paints a state, presses go out through `tell`.
    """

    copied = Signal(str)
    """What is to be put on the clipboard."""
    takes_barcodes = False
    """Whether a scanned barcode means something here, wherever the keyboard focus is."""
    where_barcodes_go = "staff.barcode.close"
    """The key of what staff are told of one that means nothing here: what can be done with it, and where."""
    starts_in_field = True
    """Whether the keyboard begins in the number field; elsewhere it begins at nothing that could be pressed."""
    escape: Event | None = None
    """What Esc says here."""

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
        """Build what this counter will want to see, a few milliseconds' worth with each step, while nobody waits.

        Nothing is known of the next patron yet. What has not been built when a state is to be shown is built then.
        """
        return iter(())

    def parts(self) -> Sequence[QWidget]:
        """What can be drawn by itself, so that not everything has to be at once."""
        return [self]

    def removable(self) -> Sequence[QWidget]:
        """All of it, in an order in which it can be taken away piece by piece."""
        return [self]

    def show_state(self, counter: Counter, facts: CounterFacts) -> None:
        """Show this state."""

    def number_field(self) -> ScanField | None:
        """Where a number is entered on this page."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing here has a use for scroll what there is to scroll."""
        areas = (area for area in self.findChildren(ScrollArea) if area.isVisible())
        event.setAccepted(any(area.scroll_by(Qt.Key(event.key())) for area in areas))

    def take_barcode(self, text: str) -> None:
        """A whole barcode was read somewhere on this page (`takes_barcodes`): say what it means here."""
        self.tell(LibraryCardEntered(text))

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to what has just been added: its place is known only when everything around it has been laid out anew."""
        self._in_sight = widget
        # The timer belongs to the widget: gone with it, it does nothing.
        place = QTimer(widget, singleShot=True, interval=0)
        place.timeout.connect(self._see)
        place.start()

    def keep_in_place(self, in_use: QWidget) -> None:
        """Whatever comes or goes above it on this page, which fills from below."""
        self._scroll.keep_in_place(in_use)

    def _see(self) -> None:
        if self._in_sight is not None and shiboken6.isValid(self._in_sight) and self._in_sight.isVisibleTo(self):
            self._scroll.ensureWidgetVisible(self._in_sight, 0, self.sizes.gap)

    # --- what most pages have -----------------------------------------------------------------------------------------------

    def head(self, title: str, lead: str = "") -> tuple[Words, Words]:
        """The one heading of the page and a sentence below it."""
        words, below = Words(title, "title", line=1.35), Words(lead, "sub")
        texts = column(2)
        texts.addWidget(words)
        texts.addWidget(below)
        self.body.addLayout(texts)
        # Only now: what is shown before it has a parent flashes up as a window of its own.
        below.setVisible(bool(lead))
        return words, below

    def foot(self) -> QHBoxLayout:
        """The row of buttons below, which stays in sight however small the window is."""
        if self._foot is None:
            x, y = self.sizes.margin_x, self.sizes.margin_y
            self._foot = row(round(self.sizes.gap * 0.6), (x, round(y * 0.35), x, round(y * 0.75)))
            self._whole.addLayout(self._foot)
        return self._foot

    def button(
        self, text: str, kind: str, event: Event, *, icon: str = "", key: str = "", chord: str = "", icon_behind: bool = False
    ) -> Button:
        """A button that says `event`."""
        made = Button(text, kind, icon=icon, key=key, chord=chord, icon_behind=icon_behind)
        says(made, event, self.tell)
        if key and isinstance(event, LeavePressed):
            self._ways_out.append((made, key))
        return made

    def choice(self, icon: str, title: str, note: str, event: Event, *, chord: str) -> Choice:
        """One of a few ways to go on, which says `event`."""
        made = Choice(icon, title, note, self.sizes, chord=chord)
        says(made, event, self.tell)
        return made

    def guard_ways_out(self, guarded: bool) -> None:
        """Whether their key has to be held, because something would be lost: it says so on them."""
        for button, key in self._ways_out:
            held = say("staff.key.held", key=key)
            button.show_key(held if guarded else key)

    def leave_button(self, text: str = "", *, key: str = "") -> Button:
        return self.button(text or say("staff.action.leave"), "quiet", LeavePressed(), icon="close", key=key or "F12")

    def wizard_foot(self, next_step: str = "") -> Button | None:
        """やめる at the left; もどる and, with a step to go to, 次へ at the right. Returns the last."""
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
