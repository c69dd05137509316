"""A page of text and an illustration, with at most one button."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from kiosk.ui.patron.card_tiles import CardPair
from kiosk.ui.patron.message_texts import Message
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.control import means
from kiosk.ui.widgets.icon_text import Point
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.word_button import WordButton
from kiosk.ui.widgets.words import Words

POINTS = 3
PICTURES = ("card-on-reader", "card-library", "card-my-number", "card-take", "document-conditions")
"""Illustrations of most pages, in order of appearance."""


class MessagePage(PatronWindowPage):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._message: Message | None = None
        self._title, self._lead = Words(kind="title", line=1.42), Words(kind="lead", line=sizes.line)
        self._cards = CardPair(sizes, kind="lead-strong" if sizes.portrait else "big")
        self._points = [Point(sizes, "info") for _ in range(POINTS)]
        self._private = Point(sizes, "lock", frame="private", colour="blue")
        self._care = Notice("care", icon_size=sizes.icon * 3 // 2, line=1.4)
        self._act = WordButton(sizes, "primary", icon="right", icon_behind=True)
        self._act.clicked.connect(self._acted)
        self._picture = Picture("card-place", sizes.picture)
        self._picture.setFixedWidth(sizes.picture)
        if sizes.portrait:
            self._picture.setFixedHeight(sizes.picture * 2 // 3)
        self._lay_out()

    def _lay_out(self) -> None:
        sizes = self.sizes
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap)
        texts.addStretch(1)
        for widget in (self._title, self._cards, self._lead, *self._points, self._private, self._care):
            texts.addWidget(widget)
        texts.addWidget(self._act, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addStretch(1)
        whole = self.across()
        whole.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        whole.setSpacing(sizes.gap)
        if sizes.portrait:
            whole.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
            whole.addLayout(texts, 1)
        else:
            whole.addLayout(texts, 1)
            whole.addWidget(self._picture)
        self.setLayout(whole)

    def pieces(self) -> Iterator[None]:
        """Render the illustrations into the cache, one per step: the first rendering at a size takes milliseconds."""
        for name in PICTURES:
            self._picture.prepare(name)
            yield

    def show_message(self, message: Message) -> None:
        self._message = message
        self._title.set_text(message.title)
        self._lead.set_text(message.lead)
        self._lead.setVisible(bool(message.lead))
        for index, point in enumerate(self._points):
            icon, text = message.points[index] if index < len(message.points) else ("info", "")
            point.say(text, icon)
        self._private.say(message.private)
        self._care.say(*(message.care or ("", "")))
        self._show_cards(message)
        self._act.setVisible(message.act is not None)
        if message.act is not None:
            self._act.say(message.act[0])
            means(self._act, message.act[1])
        if message.picture:
            self._picture.show_picture(message.picture)
        self._picture.setVisible(bool(message.picture))
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def _show_cards(self, message: Message) -> None:
        # Labels are cleared with the page: the confirmed numbers must not remain in any.
        name, certificate, library, number = message.cards or ("", "", "", "")
        self._cards.my_number.say(name, certificate)
        self._cards.library.say(library, number)
        for tile in (self._cards.my_number, self._cards.library):
            tile.draw(message.care is None)
        self._cards.setVisible(message.cards is not None)

    def _acted(self) -> None:
        if self._message is not None and self._message.act is not None:
            self.emit_event(self._message.act[1])
