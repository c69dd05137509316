"""Buttons of the patron window: labels with furigana, two lines or an icon."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpacerItem, QStyle, QStyleOptionButton, QVBoxLayout, QWidget

from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words


class WordButton(Button):
    """Button labelled with `Words`; `role` is "press" (a verb) or "language" (a language name, bold only if chosen).

    Its height is a finger's, or `height`; `side` is the horizontal padding. The accessible name is the first line only, so that a search
    by the verb finds the button.
    """

    def __init__(
        self,
        sizes: PatronSizes,
        kind: str = "secondary",
        *,
        role: str = "press",
        icon: str = "",
        icon_behind: bool = False,
        wide: bool = False,
        height: int | None = None,
        side: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", kind, parent=parent)
        self.setProperty("wide", wide)
        self._role = "choice" if wide else role
        self._picture, self._icon_name, self._icon_px = QLabel(), icon, round(sizes.icon * 1.3) if wide else sizes.icon
        self._first, self._second = Words(line=1.25 if wide else 1.0, centred=not wide), Words(line=1.3, centred=not wide)
        self._lay_out(sizes, wide, icon_behind or wide, (side, sizes.button_height if height is None else height))
        self._recolour()

    def _lay_out(self, sizes: PatronSizes, wide: bool, icon_behind: bool, room: tuple[int | None, int]) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        self._below = QSpacerItem(0, 0)
        texts.addStretch(1)
        for words in (self._first, self._second):
            texts.addWidget(words)
        texts.addSpacerItem(self._below)
        texts.addStretch(1)
        self._second.hide()
        row = QHBoxLayout(self)
        side, height = room
        if side is None:
            side = sizes.button_padding * 3 // 4 if self._role == "language" else sizes.button_padding
        row.setContentsMargins(side, sizes.border, side, sizes.border)
        row.setSpacing(sizes.gap)
        self._room = height - 2 * sizes.border
        row.addStrut(self._room)
        if not wide:
            row.addStretch(1)
        if self._icon_name and not icon_behind:
            row.addWidget(self._picture)
        row.addLayout(texts, 1 if wide else 0)
        if self._icon_name and icon_behind:
            row.addWidget(self._picture)
        if not wide:
            row.addStretch(1)
        for child in (self._picture, self._first, self._second):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def say(self, first: str, second: str = "") -> None:
        self._first.set_text(first)
        self._second.set_text(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(self._first.text.replace("\n", ""))
        self.setAccessibleDescription(self._second.text)
        self._centre_letters()
        self.updateGeometry()

    def _centre_letters(self) -> None:
        """Centre the base text; furigana extends above it."""
        spare = self._room - self._first.sizeHint().height()
        below = 0 if self._second.text else max(0, min(self._first.reading_height(), spare))
        self._below.changeSize(0, below)
        layout = self.layout()
        if layout is not None:
            layout.invalidate()

    def set_icon(self, name: str) -> None:
        if name != self._icon_name:
            self._icon_name = name
            self._recolour()

    def set_kind(self, kind: str) -> None:
        if kind != self.property("kind"):
            super().set_kind(kind)
            self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._recolour()

    def _recolour(self) -> None:
        colour = self._colour() if self.isEnabled() else "off"
        self._first.set_kind(f"{self._role}-{colour}")
        self._second.set_kind(f"note-{colour}")
        if self._icon_name:
            drawn = pixmap(self._icon_name, self._icon_px, "text" if colour == "off" else colour, self.devicePixelRatioF())
            self._picture.setPixmap(drawn)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout is not None else QSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        # The frame only: the labels are child widgets.
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, QPainter(self), self)
