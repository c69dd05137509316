"""Filtering a window's key events without filtering all others."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget


class Listener(QObject):
    """Event filter on a window and every widget that has had the focus in it: each key event reaches one of these first.

    A filter on the application would be simpler, but receives thousands of events per page; in Python that took longer than building the
    page.
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
            # Installing a filter twice has no effect.
            now.installEventFilter(self)
