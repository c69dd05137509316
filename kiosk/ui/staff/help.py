"""使い方: tasks, keys and frequent questions on one page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.domain.states import Counter, Section
from kiosk.text import knows, say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.page_beside import PageBeside
from kiosk.ui.staff.panels import Panel, column, facts, row, title_row
from kiosk.ui.staff.rail import KEYS
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.words import Words

_WORK = {
    Section.HOME: ("counter", "lending"),
    Section.REGISTRATION: ("link", "registration"),
    Section.UNLINKING: ("unlink", "unlinking"),
}
_EVERY_KEY = (
    *((key, str(section)) for section, key in KEYS.items()),
    ("F12", "end"),
    ("Alt+N", "onward"),
    ("Alt+B", "step-back"),
    ("Alt+Y", "holder"),
    ("Alt+1〜9", "service"),
    ("Alt+A", "renew"),
    ("Alt+C", "copy"),
    ("Alt+P", "put"),
    ("Alt+K", "tick"),
    ("Alt+U", "use"),
    ("Alt+S", "stay"),
    ("Alt+L", "leave"),
    ("Alt+O", "seen"),
    ("Alt+D", "doubt"),
    ("Alt+T", "more-time"),
)


class HelpPage(PageBeside):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.help.name"))
        self.head(say("staff.help.title"))
        left, right = column(sizes.gap), column(sizes.gap)
        self._work = column(sizes.gap)
        self._cards = {part: self._how(icon, what) for part, (icon, what) in _WORK.items()}
        for card in self._cards.values():
            self._work.addWidget(card)
        left.addLayout(self._work)
        left.addWidget(self._keys())
        left.addStretch(1)
        right.addWidget(self._questions())
        right.addStretch(1)
        across = row(sizes.gap)
        across.addLayout(left, 1)
        across.addLayout(right, 1)
        self.body.addLayout(across)

    def show_state(self, counter: Counter) -> None:
        """Put the current task first."""
        super().show_state(counter)
        self._work.insertWidget(0, self._cards[counter.flow.about.section])

    def _how(self, icon: str, what: str) -> QWidget:
        card = Panel(self.sizes)
        card.inside.addLayout(title_row(icon, say(f"staff.help.{what}"), self.sizes))
        card.inside.addWidget(Words(say(f"staff.help.{what}-text")))
        return card

    def _keys(self) -> QWidget:
        card = Panel(self.sizes)
        card.inside.addLayout(title_row("keys", say("staff.help.keys"), self.sizes))
        rows = [(key, Words(say(f"staff.help.key-{what}"))) for key, what in _EVERY_KEY]
        named = (("escape", "back"), ("tab", "move"), ("enter", "press"))
        rows += [(say(f"staff.help.key-{key}"), Words(say(f"staff.help.key-{what}"))) for key, what in named]
        card.inside.addLayout(facts(rows, self.sizes))
        return card

    def _questions(self) -> QWidget:
        card = Panel(self.sizes, spacing=4)
        card.inside.addLayout(title_row("help", say("staff.help.questions"), self.sizes))
        number = 1
        while knows(f"staff.help.q{number}"):
            card.inside.addSpacing(self.sizes.gap // 2)
            card.inside.addWidget(Words(say(f"staff.help.q{number}"), "strong"))
            card.inside.addWidget(Words(say(f"staff.help.a{number}")))
            number += 1
        return card
