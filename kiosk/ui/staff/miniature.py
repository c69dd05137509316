"""A page of the patron's window, drawn small: its lay-out, and the illustration that stands on it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from kiosk.ui.widgets.picture import Picture, drawn, fitted

WORDS = "patron-window-words"
_ROOM = QRectF(0.56, 0.17, 0.37, 0.58)
"""Where the illustration stands, in parts of the drawing's width and height."""


class Miniature(Picture):
    def __init__(self, width: int, height: int) -> None:
        super().__init__(WORDS, width, height)
        self.inset = ""
        """Name of the illustration on the page; empty where it has none."""

    def show_page(self, lay_out: str, inset: str) -> None:
        self.show_picture(lay_out)
        if inset != self.inset:
            self.inset = inset
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        page = self.place()
        if not self.inset or page.isEmpty():
            return
        room = QRect(
            page.x() + round(page.width() * _ROOM.x()),
            page.y() + round(page.height() * _ROOM.y()),
            round(page.width() * _ROOM.width()),
            round(page.height() * _ROOM.height()),
        )
        place = fitted(self.inset, room)
        if not place.isEmpty():
            QPainter(self).drawPixmap(place.topLeft(), drawn(self.inset, place.size(), self.devicePixelRatioF()))
