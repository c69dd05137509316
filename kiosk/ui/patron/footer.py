"""What is at the foot of every page: the way out, and three languages, each named in its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from kiosk.domain.events import LanguageChosen, LeavePressed
from kiosk.domain.model import Language
from kiosk.text import say
from kiosk.ui.patron.page import Emit
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.wordbutton import WordButton


class Footer(QWidget):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__()
        self.setProperty("ground", "soft")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(sizes.footer)
        self._leave = WordButton("quiet", icon="close", icon_size=sizes.icon)
        self._leave.clicked.connect(lambda: emit(LeavePressed()))
        globe = QLabel()
        globe.setPixmap(pixmap("globe", sizes.icon, "ink", self.devicePixelRatioF()))
        row = QHBoxLayout(self)
        row.setContentsMargins(sizes.margin_x, 0, sizes.margin_x, 0)
        row.setSpacing(sizes.gap * 2 // 3)
        row.addWidget(self._leave)
        row.addStretch(1)
        row.addWidget(globe)
        self._languages: dict[Language, WordButton] = {}
        for language in Language:
            button = WordButton("quiet", icon_size=sizes.icon)
            button.say(say(f"patron.language.{language}"))
            button.clicked.connect(lambda _=False, language=language: emit(LanguageChosen(language)))
            row.addWidget(button)
            self._languages[language] = button
        for button in (self._leave, *self._languages.values()):
            button.setFixedHeight(min(sizes.button_height, sizes.footer - 8))

    def show_leave(self, key: str, language: Language) -> None:
        """The label of the way out; an empty key hides it."""
        if key:
            self._leave.say(say(key, language))
        self._leave.setVisible(bool(key))
        for other, button in self._languages.items():
            button.set_kind("primary" if other is language else "quiet")
            button.setAccessibleDescription(say("patron.language.chosen", language) if other is language else "")
