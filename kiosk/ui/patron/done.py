"""連携登録ができました: take both cards, what still needs the library card, keep it (patron-4)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from kiosk.domain.model import Language
from kiosk.domain.registration.library_card import goes_unchecked
from kiosk.domain.states import Counter, Registered
from kiosk.text import say
from kiosk.ui.patron.card_tiles import CardPair
from kiosk.ui.patron.page import Emit, PatronWindowPage
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon_text import Point
from kiosk.ui.widgets.words import Words

NEEDED = ("phone", "web", "opac")


class DonePage(PatronWindowPage):
    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__(sizes, emit)
        self._chip = Point(sizes, "checkc", frame="chip", kind="done-chip", colour="green")
        self._title = Words(kind="title", line=1.35)
        self._cards, self._from_now_on = CardPair(sizes), Words(kind="point", line=1.45)
        self._needed = Words(kind="lead-strong", line=1.35)
        self._uses = [Point(sizes, icon) for icon in ("hold", "screen", "library")]
        self._keep = Words(kind="strong", line=1.4)
        texts = QVBoxLayout()
        texts.setSpacing(sizes.gap // 3 if sizes.portrait else sizes.gap * 2 // 3)
        texts.addStretch(1)
        texts.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self._title, self._cards, self._from_now_on):
            texts.addWidget(widget)
        texts.addStretch(1)
        page = self.across()
        page.setContentsMargins(sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y)
        page.setSpacing(sizes.gap * (1 if sizes.portrait else 2))
        page.addLayout(texts, 1)
        page.addWidget(self._what_needs_the_library_card(), 0, Qt.AlignmentFlag(0) if sizes.portrait else Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(page)

    def _what_needs_the_library_card(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("frame", "private")
        if not self.sizes.portrait:
            panel.setFixedWidth(self.sizes.picture)
        column = QVBoxLayout(panel)
        inside = self.sizes.gap * 4 // 3
        column.setContentsMargins(inside, inside, inside, inside)
        column.setSpacing(self.sizes.gap)
        for widget in (self._needed, *self._uses, self._keep):
            column.addWidget(widget)
        return panel

    def show_state(self, counter: Counter) -> None:
        flow, language = counter.flow, counter.language
        if not isinstance(flow, Registered):
            return
        self._chip.say(say("patron.done.pending" if flow.pending else "patron.done.chip", language))
        self._title.set_text(say("patron.done.title", language))
        self._cards.my_number.say(say("patron.done.my-number-card", language))
        self._cards.library.say(say("patron.done.library-card", language))
        use = "unchecked" if goes_unchecked(counter, flow.draft) else "not-yet-elsewhere" if flow.pending else "from-now-on"
        self._from_now_on.set_text(say(f"patron.done.{use}", language))
        self._say_uses(language)
        self.setAccessibleName(self._title.text.replace("\n", ""))

    def _say_uses(self, language: Language) -> None:
        self._needed.set_text(say("patron.done.needed", language))
        for use, name in zip(self._uses, NEEDED, strict=True):
            use.say(say(f"patron.done.{name}", language))
        self._keep.set_text(say("patron.done.keep", language))
