"""The program's own icons, in any size and colour."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel

from kiosk.resource_files import resource
from kiosk.ui.theme import COLOURS


@lru_cache(maxsize=256)
def pixmap(name: str, size: int, colour: str, ratio: float = 1.0) -> QPixmap:
    """Render `resources/icons/NAME.svg`, `size` logical pixels square, in a theme colour."""
    renderer = QSvgRenderer(str(resource(f"icons/{name}.svg")))
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(picture.rect(), QColor(COLOURS[colour]))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, size: int, colour: str, *, disabled: str = "mute", checked: str | None = None, ratio: float = 1.0) -> QIcon:
    """Return an icon for a button, coloured per state."""
    made = QIcon(pixmap(name, size, colour, ratio))
    made.addPixmap(pixmap(name, size, disabled, ratio), QIcon.Mode.Disabled)
    if checked is not None:
        made.addPixmap(pixmap(name, size, checked, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return made


def icon_label(icon: str, size: int, colour: str = "ink") -> QLabel:
    """Return a standalone icon. Decorative: adjacent text carries the meaning."""
    label = QLabel()
    label.setPixmap(pixmap(icon, size, colour, label.devicePixelRatioF()))
    label.setFixedSize(size, size)
    return label
