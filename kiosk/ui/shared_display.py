"""Both windows on one display, for trying out: staff's at the left; the patron's, which scales with its size, at the lower right."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from kiosk.domain.lazy_dataclass import dataclass

LEAST_STAFF = 820
"""The least width of the window, and some for its frame."""
LEAST_PATRON = 320
_PATRONS_SHARE = 0.4
"""Of the width."""
_SHAPE = 5 / 8
"""Height of a patron's display by its width."""
_FRAME = QSize(4, 34)
"""Allowed for a frame whose size the window manager has not told yet: borders and title bar."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the windows stand, frames included."""

    staff: QRect
    patron: QRect
    free: QRect
    """Above the patron's, for a third window."""


def places(display: QRect) -> Places:
    """Divide a display. Where it is too narrow for both, the patron's window lies over the edge of staff's."""
    wanted = min(round(display.width() * _PATRONS_SHARE), display.width() - LEAST_STAFF)
    width = min(max(wanted, LEAST_PATRON), display.width())
    height = min(round(width * _SHAPE) + _FRAME.height(), display.height() // 2)
    left = display.width() - width
    staff = QRect(display.topLeft(), QSize(max(left, min(LEAST_STAFF, display.width())), display.height()))
    patron = QRect(display.topLeft() + QPoint(left, display.height() - height), QSize(width, height))
    return Places(staff, patron, QRect(display.topLeft() + QPoint(left, 0), QSize(width, display.height() - height)))


def put(window: QWidget, place: QRect) -> None:
    """Give a window this place, frame included."""
    frame = window.frameGeometry().size() - window.size()
    is_known = not frame.isNull()
    window.resize(place.size() - (frame if is_known else _FRAME))
    # A window just shown is moved without the frame it is yet to get.
    late = QPoint(_FRAME.width() // 2, _FRAME.height() - _FRAME.width()) if window.isVisible() and not is_known else QPoint()
    window.move(place.topLeft() + late)
