"""Keeps the patron's window where it belongs: whoever minimises, moves or shrinks it finds it back a moment later."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

_SOON_MS, _LATEST_MS, _SETTLED_MS = 100, 10_000, 1_000
"""Pause before it is put back, at first and at most; and for how long it has to stay there before the next pause is the first one again: a
window manager that knows better is not fought.
"""
_MOVED = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange})


class KeptInPlace(QObject):
    """Watches `window`; `wanted` is the display that it is to fill now, None if it may be where it is, and `fill` has it do so."""

    def __init__(self, window: QWidget, wanted: Callable[[], QScreen | None], fill: Callable[[QScreen], None]) -> None:
        super().__init__(window)
        self._window, self._wanted, self._fill = window, wanted, fill
        self._put_back = 0
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._look)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._forget)
        window.installEventFilter(self)

    def stop(self) -> None:
        self._window.removeEventFilter(self)
        self._soon.stop()
        self._settled.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED and not self._soon.isActive():
            self._soon.start(min(_SOON_MS << self._put_back, _LATEST_MS))
        return False

    def _look(self) -> None:
        screen = self._wanted()
        if screen is None or self._is_in_place(screen):
            self._settled.start()
            return
        self._settled.stop()
        self._put_back = min(self._put_back + 1, 10)
        self._fill(screen)

    def _forget(self) -> None:
        self._put_back = 0

    def _is_in_place(self, screen: QScreen) -> bool:
        state = self._window.windowState()
        is_full = bool(state & Qt.WindowState.WindowFullScreen) and not state & Qt.WindowState.WindowMinimized
        return is_full and self._window.geometry() == screen.geometry()
