"""Page footer: exit button and languages, each named in its own language."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.domain.events import LanguageChosen, LeavePressed
from kiosk.domain.model import EndedBy, Language
from kiosk.text import say
from kiosk.ui.patron.message_texts import END
from kiosk.ui.patron.page import Emit
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon_text import Mark
from kiosk.ui.widgets.word_button import WordButton


class LanguageSwitch(QWidget):
    """One button per language; the chosen one is filled."""

    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.gap)
        row.addWidget(Mark(sizes, "globe"))
        self._buttons: dict[Language, WordButton] = {}
        for language in Language:
            button = WordButton(sizes, "quiet", role="language")
            button.say(say("patron.language.name", language))
            says(button, LanguageChosen(language), emit)
            row.addWidget(button)
            self._buttons[language] = button

    def show_language(self, language: Language) -> None:
        for other, button in self._buttons.items():
            button.set_kind("primary" if other is language else "quiet")
            button.setAccessibleDescription(say("patron.language.chosen", language) if other is language else "")


class Footer(QFrame):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__()
        self.setProperty("frame", "foot")
        self.setFixedHeight(sizes.footer)
        self._leave = WordButton(sizes, "quiet", icon="close")
        says(self._leave, LeavePressed(EndedBy.PATRON), emit)
        self._switch = LanguageSwitch(sizes, emit)
        if sizes.portrait:
            rows = QVBoxLayout(self)
            rows.setContentsMargins(sizes.margin_x, 0, sizes.margin_x, 0)
            rows.setSpacing(sizes.gap // 2)
            rows.addStretch(1)
            for widget in (self._switch, self._leave):
                rows.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
            rows.addStretch(1)
            return
        row = QHBoxLayout(self)
        row.setContentsMargins(sizes.margin_x, 0, sizes.margin_x, 0)
        row.addWidget(self._leave)
        row.addStretch(1)
        row.addWidget(self._switch)

    def show_leave(self, key: str, language: Language) -> None:
        """Set the exit button's label; an empty key hides the button."""
        if key:
            self._leave.say(say(key, language))
            self._leave.set_icon("check" if key == END else "close")
        self._leave.setVisible(bool(key))
        self._switch.show_language(language)
