"""A page of words and a picture, with at most one button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from kiosk.domain.states import Counter
from kiosk.ui.patron.messages import Message, message_for
from kiosk.ui.patron.page import Emit, Page
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.wordbutton import WordButton
from kiosk.ui.widgets.words import Words

NOTES = 3


class MessagePage(Page):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._message: Message | None = None
        self._title, self._lead = Words(kind="title", line=1.3), Words(kind="lead", line=sizes.line)
        self._number = QLabel()
        self._number.setObjectName("Number")
        self._notes = [Words(line=1.45) for _ in range(NOTES)]
        self._care = Notice("care", icon_size=sizes.icon * 2, line=1.4)
        self._act = WordButton("primary", icon_size=sizes.icon)
        self._act.setMinimumSize(round(sizes.key * 3.4), sizes.button_height)
        self._act.clicked.connect(self._acted)
        self._picture = Picture("card-place", sizes.picture)
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap)
        texts.addStretch(1)
        for widget in (self._title, self._number, self._lead, *self._notes, self._care):
            texts.addWidget(widget)
        texts.addWidget(self._act, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        row.setSpacing(sizes.gap * 2)
        row.addLayout(texts, 1)
        row.addWidget(self._picture, 0)
        self._picture.setFixedWidth(sizes.picture)

    def show_counter(self, counter: Counter) -> None:
        message = self._message = message_for(counter)
        self._title.set_text(message.title)
        self._lead.set_text(message.lead)
        self._lead.setVisible(bool(message.lead))
        self._number.setText(message.number)
        self._number.setAccessibleName(message.number)
        self._number.setVisible(bool(message.number))
        for index, note in enumerate(self._notes):
            note.set_text(message.notes[index] if index < len(message.notes) else "")
            note.setVisible(index < len(message.notes))
        self._care.say(*(message.care or ("", "")))
        self._act.setVisible(message.act is not None)
        if message.act is not None:
            self._act.say(message.act[0])
        self._picture.show_picture(message.picture)
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def _acted(self) -> None:
        if self._message is not None and self._message.act is not None:
            self.emit_event(self._message.act[1])
