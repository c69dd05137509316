"""A band along the top of a window that says that nothing here is real."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

_ROOM = 1.6
"""Its height, in lines of its own text."""


class PracticeBand(QLabel):
    """Takes no room until it says something. The size of its letters is given, since it stands outside what has sizes of its own."""

    def __init__(self, within: QWidget) -> None:
        super().__init__(within)
        self.setProperty("band", "practice")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFixedHeight(0)
        self._said = ("", 0)
        self.hide()

    def say(self, text: str, pixels: int) -> None:
        """`pixels`: the height of its letters; a text that is empty takes the band away."""
        if (text, pixels) == self._said:
            return
        self._said = text, pixels
        self.setText(text)
        self.setAccessibleName(text)
        self.setStyleSheet(f"font-size: {pixels}px;")
        self.setFixedHeight(round(pixels * _ROOM) if text else 0)
        self.setVisible(bool(text))
