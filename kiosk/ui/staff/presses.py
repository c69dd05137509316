"""Presses of the mouse as signs of life, whatever they press."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget


class MousePresses(QObject):
    """Calls `pressed` at every press of the mouse in `window`."""

    def __init__(self, window: QWidget, pressed: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._pressed = window, pressed
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Show and watched is self._window and (native := self._window.windowHandle()) is not None:
            # All of them come through here.
            native.installEventFilter(self)
        if kind is QEvent.Type.MouseButtonPress and isinstance(watched, QWindow):
            self._pressed()
        return False
