"""連携登録ができました: take both cards, what the My Number Card cannot do, keep the library card (patron-4)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from kiosk.domain.states import Counter, Registered
from kiosk.text import say
from kiosk.ui.patron.page import Emit, Page
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.words import Words


class DonePage(Page):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._done = Notice("done", icon_size=sizes.icon * 3 // 2, line=1.3)
        self._title = Words(kind="title", line=1.25)
        self._from_now_on, self._cannot, self._keep = (Words(line=1.4) for _ in range(3))
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap * 2 // 3)
        texts.addStretch(1)
        texts.addWidget(self._done, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addWidget(self._title)
        cards = QHBoxLayout()
        cards.setSpacing(sizes.gap)
        self._my_number, self._library = self._card(cards, "card-my-number"), self._card(cards, "card-library")
        cards.addStretch(1)
        texts.addLayout(cards)
        for words in (self._from_now_on, self._cannot, self._keep):
            texts.addWidget(words)
        texts.addStretch(1)
        picture = Picture("card-take", sizes.picture * 2 // 3)
        picture.setFixedWidth(sizes.picture * 2 // 3)
        page = QHBoxLayout(self)
        page.setContentsMargins(sizes.margin_x, sizes.margin_y // 2, sizes.margin_x, sizes.margin_y // 2)
        page.setSpacing(sizes.gap)
        page.addLayout(texts, 1)
        page.addWidget(picture)

    def _card(self, row: QHBoxLayout, picture: str) -> Words:
        """One of the two cards to take; the words under its drawing."""
        frame = QFrame()
        frame.setProperty("frame", "plain")
        words = Words(kind="strong", centred=True, line=1.2)
        inside = QVBoxLayout(frame)
        inside.setSpacing(0)
        drawing = Picture(picture, self.sizes.picture // 3, self.sizes.picture // 6)
        drawing.setFixedSize(self.sizes.picture // 3, self.sizes.picture // 6)
        inside.addWidget(drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(words)
        row.addWidget(frame)
        return words

    def show_counter(self, counter: Counter) -> None:
        if not isinstance(counter.flow, Registered):
            return
        language = counter.language
        self._done.say(say("patron.done.pending" if counter.flow.pending else "patron.done.chip", language))
        self._title.set_text(say("patron.done.title", language))
        self._my_number.set_text(say("patron.done.my-number-card", language))
        self._library.set_text(say("patron.done.library-card", language))
        self._from_now_on.set_text(say("patron.done.from-now-on", language))
        self._cannot.set_text(say("patron.done.cannot", language))
        self._keep.set_text(say("patron.done.keep", language))
        self.setAccessibleName(self._title.text.replace("\n", ""))
