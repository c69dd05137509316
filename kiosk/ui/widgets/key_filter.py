"""Hearing a window's keys without hearing everything else."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget


class Listener(QObject):
    """An event filter on a window and on whatever has had the focus in it: every key comes to one of these first.

    A filter on the whole application would be simpler, and hears thousands of events for each page that is built; written in Python, that
    took longer than building the page.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self._window and now.window() is self._window:
            # Where it is installed already, it stays installed once.
            now.installEventFilter(self)
