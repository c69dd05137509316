"""Sees displays come, go and change, on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from kiosk.ui.sight import Display, displays_now


class DisplayWatch(QObject):
    """`tell` is called with the displays as they are: at the start, at each change and whenever `look` is."""

    def __init__(self, tell: Callable[[tuple[Display, ...]], None]) -> None:
        super().__init__()
        self._tell = tell
        # Told of while the display is still among the others.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.look)

    def start(self) -> None:
        application = self._application()
        application.screenAdded.connect(self._screen_added)
        application.screenRemoved.connect(self._look_soon)
        application.primaryScreenChanged.connect(self.look)
        for screen in application.screens():
            screen.geometryChanged.connect(self._look_soon)
        self.look()

    def stop(self) -> None:
        application = self._application()
        application.screenAdded.disconnect(self._screen_added)
        application.screenRemoved.disconnect(self._look_soon)
        application.primaryScreenChanged.disconnect(self.look)
        for screen in application.screens():
            screen.geometryChanged.disconnect(self._look_soon)
        self._soon.stop()

    def look(self) -> None:
        self._tell(displays_now(self._application()))

    def _screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._look_soon)
        self._look_soon()

    def _look_soon(self) -> None:
        self._soon.start()

    def _application(self) -> QGuiApplication:
        return cast(QGuiApplication, QGuiApplication.instance())
