"""Keys of the patron window. A barcode scanner is a keyboard that types very fast: it presses no button, wherever the focus is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.widgets.listening import Listener

FAST_MS = 40
"""Two keys closer together than this were not pressed by fingers (DESIGN §5, rule 1)."""


class KeyGuard(Listener):
    """Takes every key that follows another too fast from the button that has the focus, and hands it to `fast`."""

    def __init__(self, window: QWidget, fast: Callable[[QKeyEvent], None]) -> None:
        super().__init__(window)
        self._fast = fast
        self._last = -1e9

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        # An ignored key climbs from the focused widget to its parents and passes here each time: it counts once.
        if watched.window() is not self._window or watched is not self._listening():
            return False
        now = float(event.timestamp()) or time.monotonic() * 1000
        fast, self._last = now - self._last < FAST_MS, now
        if fast:
            self._fast(event)
        return fast

    def _listening(self) -> QWidget:
        # Nothing may have the focus, whatever the stubs say.
        focused = cast("QWidget | None", self._window.focusWidget())
        return self._window if focused is None else focused
