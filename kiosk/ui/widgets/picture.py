"""Illustrations, scaled with their aspect ratio kept."""

from __future__ import annotations

import math
import sys
from functools import lru_cache

from PySide6.QtCore import QElapsedTimer, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from kiosk.resource_files import resource


class Picture(QWidget):
    """`resources/illustrations/NAME.svg`, as large as fits, centred. Decorative: it has no accessible name."""

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

    @property
    def name(self) -> str:
        """Name of the current drawing."""
        return self._name

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return self._size / 4

    def paintEvent(self, event: QPaintEvent) -> None:
        place = self.place()
        if not place.isEmpty():
            QPainter(self).drawPixmap(place.topLeft(), drawn(self._name, place.size(), self.devicePixelRatioF()))

    def prepare(self, name: str) -> None:
        """Render another drawing at this size into the cache."""
        place = fitted(name, self.rect())
        if not place.isEmpty():
            drawn(name, place.size(), self.devicePixelRatioF())

    def place(self) -> QRect:
        """Return the rectangle of the drawing."""
        return _fitted(self._renderer.viewBoxF().size(), self.rect())


def fitted(name: str, room: QRect) -> QRect:
    """Return the rectangle of a drawing fitted into `room`."""
    return _fitted(_size_of(name), room)


@lru_cache(maxsize=32)
def _size_of(name: str) -> QSizeF:
    return QSvgRenderer(str(resource(f"illustrations/{name}.svg"))).viewBoxF().size()


def _fitted(size: QSizeF, room: QRect) -> QRect:
    scale = min(room.width() / size.width(), room.height() / size.height())
    width, height = round(size.width() * scale), round(size.height() * scale)
    return QRect(room.x() + (room.width() - width) // 2, room.y() + (room.height() - height) // 2, width, height)


@lru_cache(maxsize=32)
def drawn(name: str, size: QSize, ratio: float, element: str = "") -> QPixmap:
    """Render a drawing, or one element of it at its position. Cached: a page opened by a card cannot spare the milliseconds."""
    picture = QPixmap(size * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(str(resource(f"illustrations/{name}.svg")))
    painter = QPainter(picture)
    if element:
        box = renderer.viewBoxF()
        painter.scale(picture.width() / box.width(), picture.height() / box.height())
        painter.translate(-box.topLeft())
        renderer.render(painter, element, renderer.boundsOnElement(element))
    else:
        renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


SINK_PX, BREATH_MS, FRAME_MS = 6, 2400, 60


class WaitingPicture(Picture):
    """Animation of a reader waiting for a card: the card sinks and rises, unless the system asks for reduced motion."""

    def __init__(self, width: int, height: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__("card-waiting", width, height, parent)
        self._moving = motion_is_wanted()
        self._frames = QTimer(self, interval=FRAME_MS)
        self._frames.timeout.connect(self._next_frame)
        self._breath = QElapsedTimer()
        self._breath.start()

    def show_waiting(self) -> None:
        self.show_picture("card-waiting")
        self._set_moving()

    def show_reading(self) -> None:
        self.show_picture("card-on-reader")
        self._set_moving()

    def showEvent(self, event: QShowEvent) -> None:
        self._set_moving()

    def hideEvent(self, event: QHideEvent) -> None:
        self._frames.stop()

    def _set_moving(self) -> None:
        if self._moving and self._name == "card-waiting" and self.isVisible():
            self._frames.start()
        else:
            self._frames.stop()

    def _next_frame(self) -> None:
        # PySide never releases a connected built-in method (`update`); a Python method is released with its object.
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._frames.isActive():
            super().paintEvent(event)
            return
        sink = SINK_PX * (1 - math.cos(2 * math.pi * (self._breath.elapsed() % BREATH_MS) / BREATH_MS)) / 2
        place, painter = self.place(), QPainter(self)
        if place.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for element, lower in (("reader", 0.0), ("card", sink)):
            picture = drawn(self._name, place.size(), self.devicePixelRatioF(), element)
            painter.drawPixmap(QPointF(place.x(), place.y() + lower), picture)


def motion_is_wanted() -> bool:
    """Whether animation is allowed. Only Windows has a setting Qt can read; elsewhere this gentle motion is assumed harmless."""
    return sys.platform != "win32" or QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
