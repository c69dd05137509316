"""Remaining PIN tries: label, bars and the number in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.domain.model import Language
from kiosk.text import say
from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon_text import Mark
from kiosk.ui.widgets.tries import TriesBars
from kiosk.ui.widgets.words import Words


class TriesLeft(QWidget):
    """Remaining tries; `stacked` puts the label above the bars."""

    def __init__(self, sizes: PatronSizes, label: str, *, icon: str = "", kind: str = "point", stacked: bool = False) -> None:
        super().__init__()
        self._key = label
        self._label, self._bars = Words(kind=kind, line=1.3), TriesBars(sizes.icon)
        self._count = Words(kind="strong", line=1.3)
        row = QHBoxLayout()
        row.setSpacing(sizes.gap)
        self._icons = [Mark(sizes, icon)] if icon else []
        self._lowered = QVBoxLayout()
        self._lowered.addWidget(self._bars, 0, Qt.AlignmentFlag.AlignVCenter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        for mark in self._icons:
            row.addWidget(mark)
        (whole if stacked else row).addWidget(self._label)
        row.addLayout(self._lowered)
        row.addWidget(self._count)
        row.addStretch(1)
        whole.addLayout(row)

    def show_left(self, left: int, language: Language) -> None:
        self._label.set_text(say(self._key, language))
        self._bars.show_left(left, say("patron.tries.accessible", language, left=left))
        self._count.set_text(say("patron.tries.count", language, left=left))
        # Align bars and icon with the base text, not with its furigana.
        above = self._count.reading_height()
        self._lowered.setContentsMargins(0, above, 0, 0)
        for mark in self._icons:
            mark.setContentsMargins(0, above, 0, 0)
