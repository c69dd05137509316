"""An illustration in its own proportions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.config import resource


class Picture(QWidget):
    """`resources/illustrations/NAME.svg`, as large as fits, centred. A drawing only: it has no accessible name, words say the same."""

    def __init__(self, name: str, width: int, height: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer = QSvgRenderer()
        self._name = ""
        self._size = QSize(width, height or width)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.show_picture(name)

    def show_picture(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self._renderer.load(str(resource(f"illustrations/{name}.svg")))
            self.update()

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return self._size / 4

    def paintEvent(self, event: QPaintEvent) -> None:
        drawn = self._renderer.viewBoxF().size()
        scale = min(self.width() / drawn.width(), self.height() / drawn.height())
        width, height = drawn.width() * scale, drawn.height() * scale
        painter = QPainter(self)
        self._renderer.render(painter, QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height))
