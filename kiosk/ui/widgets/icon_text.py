"""An icon and what it stands for, in one line or more."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words


class Mark(QLabel):
    """An icon as high as the first line beside it. It says nothing the words do not say."""

    def __init__(self, sizes: PatronSizes, icon: str, colour: str = "ink") -> None:
        super().__init__()
        self._sizes, self._drawn = sizes, ("", "")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_icon(icon, colour)

    def show_icon(self, icon: str, colour: str = "ink") -> None:
        if (icon, colour) != self._drawn:
            self._drawn = (icon, colour)
            self.setPixmap(pixmap(icon, self._sizes.icon, colour, self.devicePixelRatioF()))

    def sizeHint(self) -> QSize:
        return QSize(self._sizes.icon, self._sizes.icon)


class Point(QFrame):
    """`frame` is empty, "private" (blue ground) or "chip" (green ground)."""

    def __init__(self, sizes: PatronSizes, icon: str, *, frame: str = "", kind: str = "point", colour: str = "ink") -> None:
        super().__init__()
        self.setProperty("frame", frame)
        self._colour = colour
        self.mark, self.words = Mark(sizes, icon, colour), Words(kind=kind, line=1.3)
        self.row = QHBoxLayout(self)
        inside = sizes.gap if frame else 0
        self.row.setContentsMargins(inside, inside // 2, inside, inside // 2)
        self.row.setSpacing(sizes.gap)
        self.row.addWidget(self.mark)
        self.row.addWidget(self.words, 1)

    def say(self, text: str, icon: str | None = None) -> None:
        """An empty text hides it. Give it its place first: what is shown without one becomes a window."""
        self.words.set_text(text)
        # The icon stands beside the letters, not beside the readings above them.
        self.mark.setContentsMargins(0, self.words.reading_height(), 0, 0)
        if icon is not None:
            self.mark.show_icon(icon, self._colour)
        self.setVisible(bool(text))

    def add(self, widget: QWidget) -> None:
        """Something behind the words, which then take no more room than they need."""
        self.row.setStretchFactor(self.words, 0)
        self.row.addWidget(widget)
