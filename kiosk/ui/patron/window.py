"""The patron window: step bar, one page, footer with exit button and languages."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from kiosk.config import DisplaySettings
from kiosk.domain.availability import why_unavailable
from kiosk.domain.consequences import has_consequences, subject
from kiosk.domain.events import Touched
from kiosk.domain.keyboard import Why
from kiosk.domain.patron_view import patron_view
from kiosk.domain.pin import Pin
from kiosk.domain.session_end import as_the_patron_reads
from kiosk.domain.states import Counter, Problem
from kiosk.text import plain, say
from kiosk.ui.countdown import Countdown
from kiosk.ui.keys import Keys
from kiosk.ui.patron.page import Emit
from kiosk.ui.patron.page_stack import Frame
from kiosk.ui.pointer_presses import Presses
from kiosk.ui.reading_time import ReadingTime
from kiosk.ui.theme import PatronSizes, patron_sizes, style_sheet
from kiosk.ui.timing import QtTiming, Timing
from kiosk.ui.widgets.control import Control, click, event_of
from kiosk.ui.widgets.focus import FocusRing
from kiosk.ui.widgets.practice_banner import PracticeBand

_LEAST_BAND, _BANDS = 13, 50
"""Minimum letter height of the practice banner in pixels, and the fraction of the window's shorter side used above that."""
GUESSED_DIAGONAL_MM = 15.6 * 25.4
"""Used if neither the config nor the display gives its size."""


class PatronWindow(QWidget):
    """Projection of the counter for the patron, built for one window size and rebuilt when that changes.

    With two displays and no keypad the window accepts no focus, so it receives no keys.
    """

    def __init__(self, emit: Emit, confirm_pin: Callable[[Pin], None], display: DisplaySettings, timing: Timing | None = None) -> None:
        super().__init__()
        self.setObjectName("PatronWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._emit, self._confirm_pin, self._display = emit, confirm_pin, display
        self._by_keyboard = display.single or display.keypad
        if not self._by_keyboard:
            self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._sizes: PatronSizes | None = None
        self._frame: Frame | None = None
        self._shown: Counter | None = None
        self._closed: Problem | None = None
        self._may_close = False
        self._measured = QSize()
        """Window size, in pixels, that the configured width in mm refers to; kept when the display is rotated."""
        self._reading, self._countdown = ReadingTime(self, self._show), Countdown(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._practice = PracticeBand(self)
        self._column.addWidget(self._practice)
        self.setWindowTitle(plain(say("staff.window.patron")))
        self.setAccessibleName(plain(say("staff.window.patron")))
        self._ring = FocusRing(self)
        self._timing = timing or QtTiming()
        self._keys, self._presses = Keys(self, self, self._timing), Presses(self, self._timing)

    def show_state(self, counter: Counter) -> None:
        """Show this state."""
        counter, before = as_the_patron_reads(counter), self._shown
        if before is None or (before.screen, subject(before.flow)) != (counter.screen, subject(counter.flow)):
            self._keys.turned()
            self._presses.turned()
        self._shown, self._closed = counter, why_unavailable(counter)
        self._reading.follow(counter.flow)
        self._countdown.follow(counter)
        self._practice.say(
            plain(say("patron.practice", counter.language)) if counter.facts.practice else "",
            max(_LEAST_BAND, min(self.width(), self.height()) // _BANDS),
        )
        self._show()

    def _show(self) -> None:
        if self._shown is not None:
            self._built().show_state(self._shown, patron_view(self._shown, self._closed, self._reading.lasted))

    # --- building --------------------------------------------------------------------------------------------------------

    def _built(self) -> Frame:
        sizes = patron_sizes(self.width(), self.height() - self._practice.height(), self._dots_per_mm())
        if self._frame is not None and sizes == self._sizes:
            return self._frame
        if self._frame is not None:
            self._column.removeWidget(self._frame)
            self._frame.hide()
            self._frame.deleteLater()
        else:
            self._ring.raise_()
        if sizes != self._sizes:
            self.setStyleSheet(style_sheet(sizes, patron=True))
        self._sizes = sizes
        self._frame = Frame(
            sizes,
            self._emit,
            self._confirm_pin,
            self._countdown,
            self._timing.now,
            keypad=self._display.keypad,
            focusable=self._by_keyboard,
        )
        self._column.addWidget(self._frame)
        # A layout shows a new widget only later; until then no page can take the focus.
        self._frame.show()
        return self._frame

    def _dots_per_mm(self) -> float:
        """Logical pixels per millimetre: from the config, else as reported by the display, else guessed."""
        if self._display.patron_width_mm:
            # A rotated display has its sides swapped; the scale stays the same.
            if self._measured.transposed() != self.size():
                self._measured = self.size()
            return self._measured.width() / self._display.patron_width_mm
        screen = self.screen()
        measured, pixels = screen.physicalSize(), screen.size()
        diagonal = math.hypot(measured.width(), measured.height())
        # Displays of unknown size report 0; projectors and virtual displays report nonsense.
        if 200 <= diagonal <= 1500 and pixels == self.size():
            return pixels.width() / measured.width()
        return math.hypot(self.width(), self.height()) / GUESSED_DIAGONAL_MM

    # --- keys ------------------------------------------------------------------------------------------------------------

    def control_for(self, button: QAbstractButton) -> Control:
        event = event_of(button)
        guarded = event is not None and self._shown is not None and has_consequences(self._shown, event)
        return Control(lambda: click(button), guarded, button, button.accessibleName())

    def control_of_key(self, key: Qt.Key) -> Control | None:
        return None

    def control_of_enter(self) -> Control | None:
        """Held Enter confirms a PIN or staff code typed on a keyboard."""
        button = self._frame.enter() if self._frame is not None else None
        return None if button is None else Control(lambda: click(button), True, button, button.accessibleName())

    def control_of_chord(self, letter: str) -> Control | None:
        return None

    def takes_text(self) -> bool:
        return self._frame is not None and self._frame.takes_text()

    def scanned(self, text: str, whole: bool) -> None:
        """Show a hint: no patron page takes a barcode."""
        self.hint(Why.NOTHING, None)

    def spoiled(self) -> None:
        if self._frame is not None:
            self._frame.throw_away()

    def hint(self, why: Why, control: Control | None) -> None:
        if self._frame is not None and self._shown is not None:
            # There are no chords here, and a partial code is as useless as a whole one.
            self._frame.tell_of_key(why if why in (Why.HOLD, Why.NOISE) else Why.NOTHING, self._shown.language)

    def alive(self) -> None:
        self._emit(Touched())

    # --- Qt --------------------------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        """Always false: the page is built for the window, whatever size that gets.

        On Windows Qt lets no window whose height depends on its width become smaller than its layout's least size, not even to fit a
        display that was turned upright (`QWidgetWindowPrivate::closestAcceptableGeometry`).
        """
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._frame is not None:
            self._frame.key_pressed(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            # Pixmaps must be redrawn at the new scale.
            self._sizes = None
            self._show()
        if event.type() == QEvent.Type.TouchBegin:
            self._emit(Touched())
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._emit(Touched())

    def have_frame(self, framed: bool) -> None:
        """Without a frame there is nothing to drag, and no menu of the window (Alt+Space). A window that is shown is hidden by a change."""
        if framed == (not self.windowFlags() & Qt.WindowType.FramelessWindowHint):
            return
        kept = self.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
        # All of them at once: with one that says what the frame has, Qt adds none of its own.
        self.setWindowFlags(Qt.WindowType.Window | kept | (Qt.WindowType(0) if framed else Qt.WindowType.FramelessWindowHint))

    def close_for_good(self) -> None:
        """Close on shutdown; a patron cannot close this window."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
