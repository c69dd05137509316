"""Key bindings of the staff window (function keys of the rail, F12, Esc, chords) and scans that no field received."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.domain.consequences import has_consequences, why_open
from kiosk.domain.events import BesideClosed, BrokeSeen, Event, LeavePressed, LeavingDenied, Touched
from kiosk.domain.keyboard import Why
from kiosk.domain.states import Counter, OutOfOrder
from kiosk.ui.staff.banners import Banners
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.rail import KEYS, Rail
from kiosk.ui.widgets.control import Control, chord_of, click, event_of

_RAIL_KEYS = {Qt.Key[f"Key_{key}"]: section for section, key in KEYS.items()}
_TOUCH_MS = 1000
"""Minimum interval between two Touched events."""


class StaffKeyActions:
    """The `Ears` of `ui.keys` for `window`. `stand_by` sets the widgets, `follow` the current state."""

    def __init__(self, window: QWidget, emit: Emit) -> None:
        self._window, self._emit = window, emit
        self._counter: Counter | None = None
        self._page: StaffPage | None = None
        self._touched = QElapsedTimer()

    def stand_by(self, rail: Rail, banners: Banners) -> None:
        self._rail, self._banners = rail, banners

    def follow(self, counter: Counter, page: StaffPage | None) -> None:
        """Set the current state. `page`: the visible one."""
        self._counter, self._page = counter, page

    def control_for(self, button: QAbstractButton) -> Control:
        event = event_of(button)
        guarded = event is not None and self._counter is not None and has_consequences(self._counter, event)
        return Control(partial(click, button), guarded, button, button.accessibleName(), chord_of(button), event)

    def control_of_key(self, key: Qt.Key) -> Control | None:
        if key in _RAIL_KEYS:
            live = self._if_live(self._rail.button(_RAIL_KEYS[key]))
            return live or Control(self._banners.tell_of_rail, guarded=False)
        if key is Qt.Key.Key_F12:
            return self._way_out()
        if key is Qt.Key.Key_Escape and self._counter is not None and self._counter.leaving_for is not None:
            return self._saying(LeavingDenied())
        if key is Qt.Key.Key_Escape and self._page is not None and self._page.escape is not None:
            return self._saying(self._page.escape)
        return None

    def control_of_enter(self) -> Control | None:
        return None

    def control_of_chord(self, letter: str) -> Control | None:
        return self._if_live(*(button for button in self._window.findChildren(QAbstractButton) if chord_of(button) == letter))

    def _way_out(self) -> Control | None:
        """F12: the visible button for leaving, or the event itself if there is none; nothing while that button is disabled.

        A question whether to leave is the first thing it closes.
        """
        if self._counter is None:
            return None
        if self._counter.leaving_for is not None:
            return self._saying(LeavingDenied())
        event: Event = BrokeSeen() if isinstance(self._counter.flow, OutOfOrder) else LeavePressed()
        if self._counter.beside is not None:
            event = BesideClosed()
        found = [button for button in self._window.findChildren(QAbstractButton) if event_of(button) == event and button.isVisible()]
        return self._if_live(*found) if found else self._saying(event)

    def _saying(self, event: Event) -> Control:
        guarded = self._counter is not None and has_consequences(self._counter, event)
        return Control(partial(self._emit, event), guarded, event=event)

    def _if_live(self, *buttons: QAbstractButton) -> Control | None:
        return next((self.control_for(button) for button in buttons if button.isVisible() and button.isEnabled()), None)

    def takes_text(self) -> bool:
        return False

    def spoiled(self) -> None:
        """Do nothing: no staff page takes characters without a field."""

    def hint(self, why: Why, control: Control | None) -> None:
        leaves = control is not None and isinstance(control.event, LeavePressed)
        self._banners.tell_of_key(why, control, why_open(self._counter) if leaves and self._counter is not None else None)

    def scanned(self, text: str, whole: bool) -> None:
        """Pass a barcode to the page. Without its suffix more may follow, so it is put into the page's field instead."""
        page = self._page
        if page is None or not page.takes_barcodes:
            self._banners.tell_of_barcode("staff.barcode.close" if page is None else page.where_barcodes_go)
            return
        field = page.number_field()
        if whole or field is None:
            page.take_barcode(text)
        else:
            field.setText(text)
            field.setFocus()

    def alive(self) -> None:
        if not self._touched.isValid() or self._touched.elapsed() >= _TOUCH_MS:
            self._touched.start()
            self._emit(Touched())
