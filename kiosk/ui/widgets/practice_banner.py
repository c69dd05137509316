"""Banner along the top of a window marking practice mode."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

_ROOM = 1.6
"""Height, in lines of its own text."""


class PracticeBand(QLabel):
    """Banner that takes no space while empty. Its font size is passed in, since it is outside the scaled part of the window."""

    def __init__(self, within: QWidget) -> None:
        super().__init__(within)
        self.setProperty("band", "practice")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFixedHeight(0)
        self._said = ("", 0)
        self.hide()

    def say(self, text: str, pixels: int) -> None:
        """Set the text, `pixels` high; an empty one hides the banner."""
        if (text, pixels) == self._said:
            return
        self._said = text, pixels
        self.setText(text)
        self.setAccessibleName(text)
        self.setStyleSheet(f"font-size: {pixels}px;")
        self.setFixedHeight(round(pixels * _ROOM) if text else 0)
        self.setVisible(bool(text))
