"""An icon with its text, in one or more lines."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words


class Mark(QLabel):
    """Icon aligned with the first line of text beside it. Decorative only."""

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
    """Icon and text. `frame` is empty, "private" (blue ground) or "chip" (green ground)."""

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
        """Set the text; an empty one hides the widget. Put it into a layout first: shown without a parent it becomes a window."""
        self.words.set_text(text)
        # Align the icon with the base text, not with its furigana.
        self.mark.setContentsMargins(0, self.words.reading_height(), 0, 0)
        if icon is not None:
            self.mark.show_icon(icon, self._colour)
        self.setVisible(bool(text))

    def add(self, widget: QWidget) -> None:
        """Append a widget after the text, which then shrinks to its own width."""
        self.row.setStretchFactor(self.words, 0)
        self.row.addWidget(widget)
