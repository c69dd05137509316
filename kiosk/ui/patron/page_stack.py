"""Content of the patron window for one size: step bar, pages (built on first use), footer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kiosk.domain.keyboard import Why
from kiosk.domain.model import Language
from kiosk.domain.patron_view import PatronView
from kiosk.domain.pin import Pin
from kiosk.domain.states import Counter, PageName
from kiosk.text import plain, say
from kiosk.ui.countdown import Countdown
from kiosk.ui.patron.display_offer import DisplayOfferPage
from kiosk.ui.patron.display_return import ReturningPage
from kiosk.ui.patron.done import DonePage
from kiosk.ui.patron.footer import Footer
from kiosk.ui.patron.last_try import LastTryPage
from kiosk.ui.patron.message_page import MessagePage
from kiosk.ui.patron.message_texts import STEPS, Message, leave_of, message_for, step_labels, step_of
from kiosk.ui.patron.overlay import CardLeftBand, HintBand, IdleBand
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.patron.pin import PinPage
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.steps import StepBar

_AHEAD_MS = 50
"""Interval between renderings in advance."""
_OWN: dict[PageName, type[PatronWindowPage]] = {
    PageName.HANDOVER: DisplayOfferPage,
    PageName.RETURNING: ReturningPage,
    PageName.LAST_TRY: LastTryPage,
    PageName.PIN: PinPage,
    PageName.DONE: DonePage,
}
"""Pages with a class of their own; all others are MessagePage."""


class Frame(QWidget):
    def __init__(
        self,
        sizes: PatronSizes,
        emit: Emit,
        confirm_pin: Callable[[Pin], None],
        countdown: Countdown,
        clock: Callable[[], float],
        *,
        keypad: bool,
        focusable: bool,
    ) -> None:
        super().__init__()
        self._sizes, self._emit, self._confirm_pin = sizes, emit, confirm_pin
        self._clock, self._keypad, self._focusable = clock, keypad, focusable
        self._page: PatronWindowPage | None = None
        self._message: Message | None = None
        self._foot: tuple[str, Language] | None = None
        self._made: dict[type[PatronWindowPage], PatronWindowPage] = {}
        self._pages = QStackedWidget()
        self._steps = StepBar(circle=sizes.circle)
        self._head, self._footer = self._around(self._steps), Footer(sizes, emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._pages, 1)
        column.addWidget(self._footer)
        self._idle = IdleBand(sizes, emit, countdown, self)
        self._card_left, self._hint = CardLeftBand(sizes, self), HintBand(sizes, self)
        self._set_focus_policy(self)
        self._pictures = self._draw_ahead()
        self._ahead = QTimer(self, interval=_AHEAD_MS)
        self._ahead.timeout.connect(self._go_on_drawing)
        self._ahead.start()

    def _draw_ahead(self) -> Iterator[None]:
        page = self._made_for(MessagePage)
        if isinstance(page, MessagePage):
            yield from page.pieces()

    def _go_on_drawing(self) -> None:
        if next(self._pictures, self) is self:
            self._ahead.stop()

    def _around(self, steps: StepBar) -> QWidget:
        head = QWidget()
        head.setFixedHeight(self._sizes.top)
        row = QHBoxLayout(head)
        row.setContentsMargins(self._sizes.gap, 0, self._sizes.gap, 0)
        row.addStretch(1)
        row.addWidget(steps)
        row.addStretch(1)
        return head

    def _set_focus_policy(self, within: QWidget) -> None:
        if not self._focusable:
            for button in within.findChildren(QAbstractButton):
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    # --- showing ---------------------------------------------------------------------------------------------------------

    def show_state(self, counter: Counter, view: PatronView) -> None:
        page, new = self._page_for(counter, view)
        if new:
            _settle(page)
        if self._page is not page:
            self._hint.hide()
            self._page = page
            self._pages.setCurrentWidget(page)
            self._take_focus(page)
        turned = view.page in (PageName.HANDOVER, PageName.RETURNING)
        self._head.setVisible(not turned)
        self._footer.setVisible(not turned)
        self._show_steps(counter, step_of(counter.flow))
        foot = leave_of(view.page, counter), counter.language
        if self._foot != foot:
            self._foot = foot
            self._footer.show_leave(*foot)
            _settle(self._footer)
        self._idle.show_state(counter, wanted=view.go_on)
        self._card_left.show_state(counter, wanted=view.take_card)
        self._raise_bands()

    def _page_for(self, counter: Counter, view: PatronView) -> tuple[PatronWindowPage, bool]:
        """Return the updated page and whether its content has changed."""
        if (kind := _OWN.get(view.page)) is not None:
            return self._filled(kind, counter), True
        message = message_for(counter, view)
        page = self._made_for(MessagePage)
        new = page is not self._page or message != self._message
        if isinstance(page, MessagePage) and new:
            page.show_message(message)
        self._message = message
        return page, new

    def _filled(self, kind: type[PatronWindowPage], counter: Counter) -> PatronWindowPage:
        page = self._made_for(kind)
        page.show_state(counter)
        return page

    def _made_for(self, kind: type[PatronWindowPage]) -> PatronWindowPage:
        if kind not in self._made:
            page: PatronWindowPage
            if kind is PinPage:
                page = PinPage(self._sizes, self._emit, self._confirm_pin, self._keypad, self._clock)
            elif kind is DisplayOfferPage:
                page = DisplayOfferPage(self._sizes, self._emit, self._keypad)
            else:
                page = kind(self._sizes, self._emit)
            self._made[kind] = page
            self._pages.addWidget(page)
            self._set_focus_policy(page)
        return self._made[kind]

    def _take_focus(self, page: QWidget) -> None:
        """Focus the page, so that keys do not reach a button of the previous one."""
        if self._focusable:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_steps(self, counter: Counter, step: int | None) -> None:
        if step is not None:
            labels = step_labels(counter.language)
            name = say("patron.steps.accessible", counter.language, all=len(STEPS), now=step + 1, label=plain(labels[step]))
            self._steps.show_steps(labels, step, plain(name))
        self._steps.show_only_now(self._steps.needed_for_all() > self.width() - 2 * self._sizes.gap)
        self._steps.setVisible(step is not None)

    def _raise_bands(self) -> None:
        if self._card_left.isVisibleTo(self):
            self._card_left.top(self._sizes.top)
        if self._hint.isVisibleTo(self):
            self._hint.top(self._sizes.top)
        if self._idle.isVisibleTo(self):
            _settle(self._idle)
            width = None if self._page is None else self._page.band_width()
            if width is not None:
                self._idle.stand_at(self._sizes.margin_x // 2, self._sizes.top, width)
            else:
                self._idle.rise(self.height() - (self._footer.height() if self._footer.isVisibleTo(self) else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Heights-for-width are known only after layout; the bands depend on them.
        QTimer.singleShot(0, self, self._raise_bands)

    def takes_text(self) -> bool:
        return self._page is not None and self._page.takes_text()

    def throw_away(self) -> None:
        if self._page is not None:
            self._page.throw_away()

    def enter(self) -> QAbstractButton | None:
        return None if self._page is None else self._page.enter()

    def tell_of_key(self, why: Why, language: Language) -> None:
        """Show why a key was ignored and what to do instead."""
        self._hint.tell(say(f"patron.key.{why}", language))
        self._raise_bands()

    def key_pressed(self, event: QKeyEvent) -> None:
        if self._page is not None:
            self._page.key_pressed(event)


def _settle(within: QWidget) -> None:
    """Recompute nested layouts, innermost first: they cache heights, which differ between languages."""
    layouts = [widget.layout() for widget in (within, *within.findChildren(QWidget))]
    for layout in reversed(layouts):
        if layout is not None:
            layout.invalidate()
            layout.activate()
