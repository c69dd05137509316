"""Mouse and touch presses: user activity, and protection against a double click whose second half hits a page nobody has read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.timing import Timing

_NEAR = 16
"""Maximum distance between the two clicks of a double click, in logical pixels."""
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class Presses(QObject):
    """Calls `pressed` on every press in `window`, and swallows the second half of a double click across a page change (`turned`)."""

    def __init__(self, window: QWidget, timing: Timing, pressed: Callable[[], None] = lambda: None) -> None:
        super().__init__(window)
        self._window, self._timing, self._pressed = window, timing, pressed
        self._last: tuple[float, QPointF] | None = None
        self._has_turned = self._swallowing = False
        window.installEventFilter(self)

    def turned(self) -> None:
        """Note a page change: the second half of a double click on the previous page is not meant for this one."""
        self._has_turned = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Show and watched is self._window and (native := self._window.windowHandle()) is not None:
            # All pointer events pass through the native window.
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
