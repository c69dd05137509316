"""Disposal of closed pages, a few milliseconds at a time: one with a long item list has a thousand widgets."""

from __future__ import annotations

import time
from collections import deque

import shiboken6
from PySide6.QtCore import QAbstractAnimation, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.staff.page import StaffPage

_MS = 3


class Removal(QObject):
    """Disposes of pages. From `take` on a page is invisible, inaccessible and silent; shortly after, its data is gone."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._widgets: deque[QWidget] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    def take(self, page: StaffPage) -> None:
        page.hide()
        for timer in page.findChildren(QTimer):
            timer.stop()
        for animation in page.findChildren(QAbstractAnimation):
            animation.stop()
        self._widgets.extend(page.removable())
        self._timer.start()

    def _go_on(self) -> None:
        until = time.perf_counter() + _MS / 1000
        while self._widgets:
            widget = self._widgets.popleft()
            if shiboken6.isValid(widget):
                widget.deleteLater()
                QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete.value)
            if time.perf_counter() > until:
                return
        self._timer.stop()
