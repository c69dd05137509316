"""The patron window: steps above, one page, the way out and the languages below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kiosk.domain.events import Touched
from kiosk.domain.model import Pin
from kiosk.domain.states import AskingPin, Counter, CounterFacts, LastTryWarning, Registered, Screen
from kiosk.text import plain, say
from kiosk.ui.patron.done import DonePage
from kiosk.ui.patron.footer import Footer
from kiosk.ui.patron.handover import OfferedPage, ReturningPage
from kiosk.ui.patron.last_try import LastTryPage
from kiosk.ui.patron.message import MessagePage
from kiosk.ui.patron.messages import DONE, PIN, STEPS, message_for, step_labels
from kiosk.ui.patron.overlay import CardLeftBand, IdleBand
from kiosk.ui.patron.page import Emit, Page
from kiosk.ui.patron.pin import PinPage
from kiosk.ui.theme import PatronSizes, patron_sizes, style_sheet
from kiosk.ui.widgets.focus import FocusRing
from kiosk.ui.widgets.steps import StepBar

COMMON_WIDTH_MM = 345
"""A 15.6 inch display's width: the guess where neither the config nor the display tells."""


class PatronWindow(QWidget):
    """Projects the counter for the patron. Everything is built for the window's size, and built anew when that changes.

    `width_mm` is the display's width. With `keypad` a keyboard's digits reach the PIN pad. `takes_focus` is false where the
    patron has a display and no keyboard of their own: then no key ever comes here.
    """

    def __init__(
        self,
        emit: Emit,
        confirm_pin: Callable[[Pin], None],
        *,
        width_mm: float = COMMON_WIDTH_MM,
        keypad: bool = False,
        takes_focus: bool = True,
    ) -> None:
        super().__init__()
        self.setObjectName("PatronWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._emit, self._confirm_pin = emit, confirm_pin
        self._width_mm, self._keypad = width_mm, keypad
        if not takes_focus:
            self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._sizes: PatronSizes | None = None
        self._shown: tuple[Counter, CounterFacts] | None = None
        self._may_close = False
        self.setWindowTitle(plain(say("patron.window")))
        self.setAccessibleName(plain(say("patron.window")))
        self.setMinimumSize(640, 480)

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        """Show this state."""
        self._shown = (counter, facts)
        if self._sizes is None:
            self._build()
        self._show(counter)

    # --- building -----------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        sizes = patron_sizes(self.width(), self.height(), self.width() / self._width_mm)
        if sizes == self._sizes:
            return
        self._sizes = sizes
        for old in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.hide()
            old.setParent(None)
            old.deleteLater()
        old_layout = self.layout()
        if old_layout is not None:
            # A layout leaves its widget only with another widget.
            QWidget().setLayout(old_layout)
        self.setStyleSheet(style_sheet(sizes, patron=True))
        self._fill(sizes)

    def _fill(self, sizes: PatronSizes) -> None:
        self._message = MessagePage(sizes, self._emit)
        self._last_try, self._done = LastTryPage(sizes, self._emit), DonePage(sizes, self._emit)
        self._pin = PinPage(sizes, self._emit, self._confirm_pin, self._keypad)
        self._offered, self._returning = OfferedPage(sizes, self._emit), ReturningPage(sizes, self._emit)
        self._pages = QStackedWidget()
        for page in (self._message, self._last_try, self._pin, self._done, self._offered, self._returning):
            self._pages.addWidget(page)
        self._steps = StepBar(circle=round(sizes.body * 1.55))
        self._head = QWidget()
        self._head.setFixedHeight(sizes.top)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(sizes.margin_x, 0, sizes.margin_x, 0)
        head.addWidget(self._steps)
        self._footer = Footer(sizes, self._emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._pages, 1)
        column.addWidget(self._footer)
        self._idle, self._card_left = IdleBand(sizes, self._emit, self), CardLeftBand(sizes, self)
        self._ring = FocusRing(self)

    # --- showing ------------------------------------------------------------------------------------------------------------

    def _show(self, counter: Counter) -> None:
        page, step, leave = self._page_for(counter)
        page.show_counter(counter)
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
        if step is not None:
            labels = step_labels(counter.language)
            accessible = say("patron.steps.accessible", counter.language, all=len(STEPS), now=step + 1, label=plain(labels[step]))
            self._steps.show_steps(labels, step, plain(accessible))
        self._steps.setVisible(step is not None)
        self._footer.show_leave(leave, counter.language)
        self._idle.show_counter(counter)
        self._card_left.show_counter(counter)
        self._raise_bands()

    def _page_for(self, counter: Counter) -> tuple[Page, int | None, str]:
        """The page, the step it belongs to and the label of the way out."""
        if counter.screen is Screen.OFFERED:
            return self._offered, None, ""
        if counter.screen is Screen.RETURNING:
            return self._returning, None, ""
        match counter.flow:
            case LastTryWarning():
                return self._last_try, PIN, "patron.leave"
            case AskingPin():
                return self._pin, PIN, "patron.leave"
            case Registered():
                return self._done, DONE, "patron.end"
        message = message_for(counter)
        return self._message, message.step, message.leave

    def _raise_bands(self) -> None:
        for band in (self._card_left, self._idle):
            if band.isVisibleTo(self):
                band.rise(self.height() - self._footer.height())

    # --- Qt -----------------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shown is not None:
            self._build()
            self._show(self._shown[0])
            # Heights for widths settle with the layout; the bands stand on the footer after that.
            QTimer.singleShot(0, self, self._raise_bands)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self._pages.currentWidget()
        if isinstance(page, Page):
            page.key_pressed(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.TouchBegin:
            self._emit(Touched())
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._emit(Touched())

    def close_for_good(self) -> None:
        """The program ends; a patron cannot close this window."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
