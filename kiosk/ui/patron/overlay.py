"""Overlays: 「続けますか」, 「カードをお取りください」, hints about ignored keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.domain.events import GoOnPressed
from kiosk.domain.model import Language
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.countdown import Countdown
from kiosk.ui.patron.page import Emit
from kiosk.ui.theme import PatronSizes
from kiosk.ui.timing import PASSING_MS
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon_text import Mark
from kiosk.ui.widgets.word_button import WordButton
from kiosk.ui.widgets.words import Words


class _Band(QFrame):
    """A framed band across the bottom of the window, above everything else."""

    def __init__(self, frame: str, sizes: PatronSizes, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("band", frame)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._margin = sizes.margin_x // 2
        self.title, self.detail = Words(kind="heading", line=1.3), Words(kind="lead", line=1.35)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(sizes.gap, sizes.gap // 2, sizes.gap, sizes.gap // 2)
        self.row.setSpacing(sizes.gap)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.detail)
        self.row.addLayout(texts, 1)
        self.hide()

    def rise(self, bottom: int) -> None:
        """Place the band above the footer, whose top is `bottom`."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = parent.width() - 2 * self._margin
        height = max(self.heightForWidth(width), self.sizeHint().height())
        self.setGeometry(self._margin, bottom - height - self._margin // 4, width, height)
        self.raise_()

    def stand_at(self, left: int, top: int, width: int) -> None:
        """Place the band elsewhere, where the bottom must stay free."""
        self.setGeometry(left, top, width, max(self.heightForWidth(width), self.sizeHint().height()))
        self.raise_()


class IdleBand(_Band):
    """Countdown with a button that restores the full time."""

    def __init__(self, sizes: PatronSizes, emit: Emit, countdown: Countdown, parent: QWidget) -> None:
        super().__init__("idle", sizes, parent)
        self._go_on = WordButton(sizes, "primary")
        says(self._go_on, GoOnPressed(), emit)
        self.row.addWidget(self._go_on)
        self._countdown, self._language = countdown, Language.JAPANESE
        countdown.ticked.connect(self._say)

    def show_state(self, counter: Counter, *, wanted: bool) -> None:
        self._language = counter.language
        self._say()
        self.setVisible(wanted)

    def _say(self) -> None:
        self.title.set_text(say("patron.idle.title", self._language))
        self.detail.set_text(say("patron.idle.detail", self._language, seconds=self._countdown.seconds))
        self._go_on.say(say("patron.idle.go-on", self._language))


class _HeadBand(_Band):
    """A one-line band in place of the step bar."""

    def top(self, height: int) -> None:
        """Fill the window's header, `height` pixels high."""
        parent = self.parentWidget()
        if parent is not None:
            inset = self._margin // 4
            self.setGeometry(self._margin, inset, parent.width() - 2 * self._margin, height - 2 * inset)
            self.raise_()


class CardLeftBand(_HeadBand):
    """Reminder that a card is still on the reader after its session."""

    def __init__(self, sizes: PatronSizes, parent: QWidget) -> None:
        super().__init__("care", sizes, parent)
        self.row.setContentsMargins(sizes.gap, 0, sizes.gap, 0)
        self.row.insertWidget(0, Mark(sizes, "mycard"))
        self.detail.hide()

    def show_state(self, counter: Counter, *, wanted: bool) -> None:
        self.title.set_text(say("patron.card-left.band", counter.language))
        self.setVisible(wanted)


class HintBand(_HeadBand):
    """Transient hint after an ignored key: what to do instead."""

    def __init__(self, sizes: PatronSizes, parent: QWidget) -> None:
        super().__init__("care", sizes, parent)
        self.row.setContentsMargins(sizes.gap, 0, sizes.gap, 0)
        self.row.insertWidget(0, Mark(sizes, "info"))
        self.detail.hide()
        self._passing = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._passing.timeout.connect(self.hide)

    def tell(self, text: str) -> None:
        self.title.set_text(text)
        self.setVisible(True)
        self._passing.start()
