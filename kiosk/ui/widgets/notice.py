"""A notice: border, icon, bold title and detail. Meaning is never carried by colour alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words

_ICONS = {"info": ("info", "blue"), "done": ("checkc", "green"), "care": ("warn", "yellow"), "refused": ("error", "red")}


class Notice(QFrame):
    """Notice; `kind` is info, done, care or refused; `small` for narrow places. Hidden while its title is empty."""

    def __init__(
        self, kind: str = "info", *, icon_size: int = 30, line: float = 1.5, small: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon_size = icon_size
        self._icon = QLabel()
        self._title = Words(kind="aside-strong" if small else "strong", line=line)
        self._detail = Words(kind="aside-text" if small else "body", line=line)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(*((10, 8, 8, 8) if small else (16, 12, 16, 12)))
        row.setSpacing(10 if small else 14)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.setProperty("kind", kind)
        self._drawn = ""
        self.hide()

    def set_kind(self, kind: str) -> None:
        if self.property("kind") == kind:
            return
        self.setProperty("kind", kind)
        if self._drawn:
            self._draw_icon()
        self.style().unpolish(self)
        self.style().polish(self)

    def _draw_icon(self) -> None:
        kind = str(self.property("kind"))
        if kind != self._drawn:
            self._drawn = kind
            name, colour = _ICONS[kind]
            self._icon.setPixmap(pixmap(name, self._icon_size, colour, self.devicePixelRatioF()))

    @property
    def speaks(self) -> bool:
        return bool(self._title.text)

    def show_detail(self, shown: bool) -> None:
        """Show or hide the detail; the title stays."""
        self._detail.setVisible(shown and bool(self._detail.text))

    def say(self, title: str, detail: str = "") -> None:
        """Show these sentences; an empty title hides the notice."""
        if not title and not self.speaks and self.isHidden():
            # Most notices have nothing to say most of the time, and Qt does its part for each call below.
            return
        self._draw_icon()
        self._title.set_text(title)
        self._detail.set_text(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleName(f"{self._title.text} {self._detail.text}".strip())
        self.setVisible(bool(title))
