"""Presses of the mouse or of a finger: signs of life, and the second half of a double click that must not decide what nobody has read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.timing import Timing

_NEAR = 16
"""Logical pixels between the two halves of a double click."""
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class Presses(QObject):
    """Calls `pressed` at every press in `window`. What stands under the pointer by then may be another page's: see `turned`."""

    def __init__(self, window: QWidget, timing: Timing, pressed: Callable[[], None] = lambda: None) -> None:
        super().__init__(window)
        self._window, self._timing, self._pressed = window, timing, pressed
        self._last: tuple[float, QPointF] | None = None
        self._has_turned = self._swallowing = False
        window.installEventFilter(self)

    def turned(self) -> None:
        """Another page has come: the second half of a double click that was meant for the page before is not for this one."""
        self._has_turned = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Show and watched is self._window and (native := self._window.windowHandle()) is not None:
            # All of them come through here.
            native.installEventFilter(self)
        if not isinstance(watched, QWindow) or not isinstance(event, QMouseEvent):
            return False
        if kind is QEvent.Type.MouseButtonPress:
            self._pressed()
            self._swallowing = self._is_second_half(event)
            self._last, self._has_turned = (self._timing.now(), event.position()), False
        swallowed = self._swallowing and kind in (*_PRESSES, QEvent.Type.MouseButtonRelease)
        if kind is QEvent.Type.MouseButtonRelease:
            self._swallowing = False
        return swallowed

    def _is_second_half(self, event: QMouseEvent) -> bool:
        if self._last is None or not self._has_turned:
            return False
        at, where = self._last
        soon = (self._timing.now() - at) * 1000 < QApplication.doubleClickInterval()
        return soon and (event.position() - where).manhattanLength() < _NEAR
