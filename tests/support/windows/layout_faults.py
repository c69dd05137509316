"""Layout check: whether everything a window shows can be read, with no text cut off, nothing outside and nothing overlapping.

For both windows: `complaints(window)` is empty if all is well.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QStackedWidget,
    QWidget,
)

from kiosk.ui.pad_keys import PadKey
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.focus import FocusRing
from kiosk.ui.widgets.steps import StepBar
from kiosk.ui.widgets.word_button import WordButton
from kiosk.ui.widgets.words import Words

SLACK = 1
"""Pixels of tolerance for rounding."""


def complaints(window: QWidget) -> list[str]:
    """What cannot be read, each with its place in the window."""
    found = []
    for widget in _visible(window):
        found += _cut_text(widget)
        found += _outside(widget, window)
        found += _overlaps(widget)
        found += _nameless(widget)
    return found


def _visible(window: QWidget) -> Iterator[QWidget]:
    yield window
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not isinstance(widget, FocusRing) and not widget.isWindow() and _own(widget):
            yield widget


def _own(widget: QWidget) -> bool:
    """Exclude the parts Qt builds scroll areas and fields from."""
    return not isinstance(widget, QScrollBar) and not widget.objectName().startswith("qt_")


def place(widget: QWidget) -> str:
    names = []
    at: QWidget | None = widget
    while at is not None and not at.isWindow():
        names.append(type(at).__name__)
        at = at.parentWidget()
    said = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{'/'.join(reversed(names))} “{said}” {widget.size().width()}×{widget.size().height()}"


def _cut_text(widget: QWidget) -> list[str]:
    """Compare the room the text needs with the room it has."""
    if isinstance(widget, Words):
        needs, has = widget.needed(widget.width()), widget.contentsRect().size()
    elif isinstance(widget, QLabel):
        if widget.pixmap() is not None and not widget.pixmap().isNull():
            needs = widget.pixmap().deviceIndependentSize().toSize()
        else:
            flags = Qt.TextFlag.TextWordWrap if widget.wordWrap() else Qt.TextFlag(0)
            needs = widget.fontMetrics().boundingRect(QRect(0, 0, widget.contentsRect().width(), 1 << 14), flags, widget.text()).size()
        has = widget.contentsRect().size()
    elif isinstance(widget, WordButton):
        # Its words are child widgets and are checked as such.
        return []
    elif isinstance(widget, Button | PadKey):
        needs, has = widget.needed(), widget.contentsRect().size()
    elif isinstance(widget, StepBar):
        return [f"steps cut: {place(widget)} needs {widget.needed()}"] if widget.needed() > widget.width() + SLACK else []
    elif isinstance(widget, QLineEdit):
        width = widget.fontMetrics().horizontalAdvance(widget.text() or widget.placeholderText())
        icons = sum(1 for action in widget.actions() if not action.icon().isNull()) * 40
        return [f"text cut: {place(widget)}"] if width > widget.contentsRect().width() - icons - 8 else []
    else:
        return []
    if needs.width() > has.width() + SLACK or needs.height() > has.height() + SLACK:
        return [f"text cut: {place(widget)} needs {needs.width()}×{needs.height()}"]
    return []


def _scrolled_by(widget: QWidget) -> QAbstractScrollArea | None:
    at = widget.parentWidget()
    while at is not None:
        if isinstance(at, QScrollArea):
            return at
        at = at.parentWidget()
    return None


def _outside(widget: QWidget, window: QWidget) -> list[str]:
    """Check that everything lies within window and parent; scrolling content may extend below, never sideways."""
    if widget is window:
        return []
    parent = widget.parentWidget()
    if parent is None:
        return []
    scrolls = _scrolled_by(widget) is not None
    rect = widget.geometry()
    room = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
    if isinstance(parent.parentWidget(), QScrollArea) or scrolls:
        inside = rect.left() >= room.left() and rect.right() <= room.right()
    else:
        inside = room.contains(rect)
    shown = window.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
    corner = widget.mapTo(window, QPoint(0, 0))
    if not inside or not (scrolls or shown.contains(QRect(corner, widget.size()))):
        return [f"outside: {place(widget)} at {corner.x()},{corner.y()}"]
    return []


def _overlaps(parent: QWidget) -> list[str]:
    """Check that siblings do not overlap; banners are meant to and are exempt."""
    if isinstance(parent, QStackedWidget | QAbstractButton):
        return []
    children = [
        child
        for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if child.isVisible() and not child.isWindow() and _own(child) and not isinstance(child, FocusRing) and not _is_band(child)
    ]
    found = []
    for index, one in enumerate(children):
        for other in children[index + 1 :]:
            common = one.geometry().intersected(other.geometry())
            if common.width() > SLACK and common.height() > SLACK:
                found.append(f"overlap: {place(one)} and {place(other)}")
    return found


def _is_band(widget: QWidget) -> bool:
    return isinstance(widget, QFrame) and widget.property("band") is not None


def _nameless(widget: QWidget) -> list[str]:
    """Check that everything that can be pressed or filled has an accessible name."""
    if isinstance(widget, QAbstractButton | QLineEdit) and not widget.accessibleName():
        return [f"without a name: {place(widget)}"]
    return []
