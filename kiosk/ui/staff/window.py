"""The staff window: navigation rail, bars and one page. Projects the counter's state and emits staff input; no logic of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

import shiboken6
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kiosk.domain.calendar import JAPAN
from kiosk.domain.consequences import is_work_open, subject
from kiosk.domain.sections import leads_nowhere, section
from kiosk.domain.states import Counter
from kiosk.program_version import is_trial
from kiosk.text import say
from kiosk.ui.clipboard import Clipboard, put
from kiosk.ui.countdown import Countdown, MoreTimeLeft
from kiosk.ui.keys import Keys
from kiosk.ui.pointer_presses import Presses
from kiosk.ui.staff.banners import Banners
from kiosk.ui.staff.idle import IdlePage
from kiosk.ui.staff.key_actions import StaffKeyActions
from kiosk.ui.staff.open_beside import Beside
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.page_kind import PageKind
from kiosk.ui.staff.page_of_state import COMES_NEXT, page_of, steps
from kiosk.ui.staff.page_removal import Removal
from kiosk.ui.staff.panels import column
from kiosk.ui.staff.prebuilt_pages import Spares
from kiosk.ui.staff.rail import Rail
from kiosk.ui.staff.top_and_bottom_bar import StatusBar, TopBar
from kiosk.ui.staff.unentered import Unentered
from kiosk.ui.staff.way_out import WayOut
from kiosk.ui.theme import StaffSizes, staff_sizes, style_sheet
from kiosk.ui.timing import QtTiming, Timing
from kiosk.ui.widgets.focus import FocusRing
from kiosk.ui.widgets.practice_banner import PracticeBand
from kiosk.ui.widgets.scan_field import ScanField

_AFTER_FIRST_PAGE_MS = 300
"""Pause before the version is looked up, which takes as long as a tenth of a start."""


def _now() -> datetime:
    return datetime.now(JAPAN)


def _subject(counter: Counter) -> tuple[object, ...]:
    return subject(counter.flow), counter.beside, counter.leaving_for


def _give_keyboard(widget: QWidget) -> None:
    """Focus `widget`; select a field's content, so that the next scan replaces it instead of being appended."""
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(widget, ScanField):
        widget.selectAll()


class StaffWindow(QWidget):
    """Call `show_state` with every new state; staff input is passed to `emit`."""

    def __init__(self, emit: Emit, clock: Callable[[], datetime] = _now, timing: Timing | None = None) -> None:
        super().__init__()
        self.setObjectName("Window")
        title = say("staff.window.title")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumSize(800, 480)
        self._emit, self._clock = emit, clock
        self._counter: Counter | None = None
        self._sizes = staff_sizes(self.width())
        self._page: StaffPage | None = None
        self._kind: PageKind | None = None
        self._practice, self._whole = PracticeBand(self), column()
        self._whole.addWidget(self._practice)
        self.setLayout(self._whole)
        self._frame: QWidget | None = None
        self._half = ""
        """Partial number typed on the 窓口 page before a card arrived."""
        self._spares = Spares(self, self._build_page)
        self._beside = Beside(self._build_page, self._take_away)
        self._timing = timing or QtTiming()
        self._key_actions = StaffKeyActions(self, emit)
        self._unentered = Unentered(self, emit, self._timing)
        self._keys, self._presses = Keys(self, self._key_actions, self._timing), Presses(self, self._timing, self._key_actions.alive)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tick)
        self._second.start()
        self._countdown, self._more_time = Countdown(self), MoreTimeLeft(self)
        self._removal = Removal(self)
        self._ring = FocusRing(self)
        self._clipboard = Clipboard()
        self._is_painted = self._may_close = False
        self._way_out = WayOut(self)

    def _painted_first(self) -> None:
        """Go on with what would have delayed the first page, on a slow computer also if it waited for a time of its own."""
        self._spares.begin()
        QTimer.singleShot(_AFTER_FIRST_PAGE_MS, self, self._tell_of_trial)

    def _tell_of_trial(self) -> None:
        if is_trial():
            self.setWindowTitle(say("staff.window.trial").format(title=self.windowTitle()))

    # --- what is shown ------------------------------------------------------------------------------------------------------

    def show_state(self, counter: Counter) -> None:
        if self._frame is None:
            self._build(staff_sizes(self.width()))
        if self._counter is None or _subject(self._counter) != _subject(counter):
            self._keys.turned()
            self._presses.turned()
        self._counter = counter
        self._way_out.follow(counter)
        self._countdown.follow(counter)
        self._more_time.follow(counter)
        focused = cast("QWidget | None", self.focusWidget())
        self._spares.shown(counter)
        where = section(counter)
        self._rail.show_section(where, leads_nowhere=leads_nowhere(counter.flow))
        labels, now = steps(counter)
        self._top.show_place(say(f"staff.rail.{where}"), labels, now)
        self._top.show_facts(counter.facts)
        self._practice.say(say("staff.practice") if counter.facts.practice else "", self._sizes.note)
        self._status.show_state(counter)
        self._banners.show_state(counter)
        kind = page_of(counter.flow)
        stays = self._page is not None and self._kind is kind
        if self._page is not None and stays:
            self._page.show_state(counter)
        else:
            self._open(kind, counter)
        if self._page is not None:
            self._page.guard_ways_out(is_work_open(counter))
            if self._beside.show(counter, self._page, self._middle):
                self._came_beside(self._page)
            elif stays:
                self._keep_focus(focused)
        self._key_actions.follow(counter, self._shown)
        self._unentered.follow(counter, self._page)

    @property
    def _shown(self) -> StaffPage | None:
        """The visible page: the one opened beside, or else that of the flow."""
        return self._beside.page or self._page

    def _came_beside(self, work: StaffPage) -> None:
        """Move the focus to the page opened beside, or back to where it was when that closes."""
        self._banners.forget_passing()
        before = self._beside.focused_before()
        if self._beside.page is not None:
            self._focus(self._beside.page)
        elif before is not None:
            _give_keyboard(before)
        else:
            self._focus(work)

    def _take_away(self, page: StaffPage) -> None:
        self._removal.take(page)

    def _open(self, kind: PageKind, counter: Counter) -> None:
        """Replace the page; the old one and its contents disappear in the frame that shows the new one."""
        old, before = self._page, self._kind
        page = self._spares.take(kind) or self._build_page(kind)
        page.show_state(counter)
        page.copied.connect(put)
        self._page, self._kind = page, kind
        self._keep_half_a_number(old, page)
        if old is not None:
            if before is PageKind.SERVING or counter.flow.about.rests:
                self._clipboard.forget()
            self._middle.replaceWidget(old, page)
            self._removal.take(old)
        else:
            self._middle.addWidget(page, 1)
        page.show()
        self._banners.forget_passing()
        self._focus(page)
        self._spares.prepare(COMES_NEXT.get(type(counter.flow), ()), page)

    def _build_page(self, kind: PageKind) -> StaffPage:
        return kind.load()(self._emit, self._sizes)

    def _keep_half_a_number(self, old: StaffPage | None, page: StaffPage) -> None:
        """Restore a partial number on the 窓口 page after a card that led nowhere, selected so that the next scan replaces it.

        It is dropped once another patron is served: otherwise a stray Enter would open the wrong record.
        """
        if isinstance(old, IdlePage):
            self._half = old.number_field().text()
        if isinstance(page, IdlePage) and self._half:
            page.number_field().setText(self._half)
            page.number_field().selectAll()
        if self._kind not in (PageKind.HOLDER, PageKind.REFUSAL):
            self._half = ""

    def _focus(self, page: StaffPage) -> None:
        """Focus the page's field, or the page itself. Never a button: the next input may be an unexpected scan."""
        field = page.number_field() if page.starts_in_field else None
        if field is not None and field.isEnabled() and field.isVisibleTo(page):
            _give_keyboard(field)
        else:
            page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_focus(self, before: QWidget | None) -> None:
        """Return the focus to the page if the focused widget was removed or disabled, wherever Qt has moved the focus."""
        focused = (before, cast("QWidget | None", self.focusWidget()))
        if self._shown is not None and not all(one is not None and self._can_have_focus(one) for one in focused):
            self._focus(self._shown)

    def _can_have_focus(self, widget: QWidget) -> bool:
        return shiboken6.isValid(widget) and widget.isEnabled() and widget.isVisibleTo(self)

    def _build(self, sizes: StaffSizes) -> None:
        """Build all widgets for `sizes` and show the current state in them. Repeated for each new size class."""
        self._sizes = sizes
        self._keys.turned()
        self.setStyleSheet(style_sheet(sizes, patron=False))
        old = self._frame
        self._spares.clear()
        self._beside.forget()
        self._frame = QWidget()
        self._rail, self._top = Rail(self._emit, sizes), TopBar(sizes)
        self._status = StatusBar(sizes, self._emit, self._more_time)
        self._banners = Banners(self._emit, sizes, self._countdown, self._timing)
        self._middle = column()
        self._middle.addWidget(self._top)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._rail)
        upper.addLayout(self._middle, 1)
        whole = column()
        whole.addLayout(upper, 1)
        whole.addWidget(self._status)
        self._frame.setLayout(whole)
        self._banners.stand_in(self._frame)
        self._rail.dead_pressed.connect(self._banners.tell_of_rail)
        self._key_actions.stand_by(self._rail, self._banners)
        self._frame.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._page = None
        if old is not None:
            old.hide()
            old.deleteLater()
        self._whole.addWidget(self._frame, 1)
        self._tick()
        if self._counter is not None:
            self.show_state(self._counter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        sizes = staff_sizes(self.width())
        if self._frame is None or sizes != self._sizes:
            self._build(sizes)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange and self._frame is not None:
            # Pixmaps must be redrawn at the new scale.
            self._build(staff_sizes(self.width()))
        elif event.type() is QEvent.Type.Paint and not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self._painted_first)
        return super().event(event)

    def _tick(self) -> None:
        if self._frame is not None:
            self._top.show_time(self._clock())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll the visible page even while the rail or the status bar has the focus."""
        if self._shown is not None:
            self._shown.keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Quit the application, with its orderly shutdown; ignored during a session. A library with a staff code is asked for it first."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self._way_out.take(self._counter, self._sizes)

    def close_for_good(self) -> None:
        self._may_close = True
        self._second.stop()
        # On exit Qt would hand the remaining content to the desktop's clipboard manager.
        self._clipboard.forget()
        self.close()
