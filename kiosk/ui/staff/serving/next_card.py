"""Question whose turn it is: a library card was scanned where an item was expected."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from kiosk.domain.events import NextPatronCalled, NextPatronDenied
from kiosk.domain.states import PatronShown
from kiosk.text import say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE, column, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words


class NextCardStrip(QFrame):
    """Strip shown until the question is answered; nothing is lent meanwhile."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, note = Words(kind="strong", line=1.4), Words(say("staff.next-card.note"), line=1.4)
        self._note = note
        self.call = Button(say("staff.next-card.call"), "primary", chord="Y")
        self.stay = Button(say("staff.next-card.stay"), "secondary", chord="N")
        says(self.call, NextPatronCalled(), emit)
        says(self.stay, NextPatronDenied(), emit)
        for button in (self.call, self.stay):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        texts = column(2)
        texts.addWidget(self._words)
        texts.addWidget(note)
        buttons = column(6) if sizes.narrow else row(10)
        buttons.addWidget(self.call, 1)
        buttons.addWidget(self.stay, 1)
        inside = column(10, (0, 0, 0, 0))
        inside.addLayout(texts)
        inside.addLayout(buttons)
        across = row(12, (round(sizes.margin_y * 0.8), 8, 10, 10))
        across.addWidget(icon_label("warn", sizes.icon, "yellow"), 0, MIDDLE)
        across.addLayout(inside, 1)
        self.setLayout(across)
        self.hide()

    def show_state(self, flow: PatronShown) -> None:
        card = flow.next_card
        is_question = card is not None and card.is_question
        if card is not None and is_question:
            self._words.set_text(say("staff.next-card.title", number=card.number.grouped))
            self.setAccessibleName(f"{self._words.text}{self._note.text}")
        self.setVisible(is_question)
