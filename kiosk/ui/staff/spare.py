"""A page that is built before it is wanted, a piece at a time, so that the windows never stand still for long."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from kiosk.domain.states import Counter
from kiosk.ui.staff.page import Page


class Spare:
    """`page` may be taken at any time: what has not been done yet is done when it is shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.hide()
        self._finished = False
        self._laid_out = self._drawn = QSize()

    def go_on(self, frame: QWidget, counter: Counter, size: QSize) -> bool:
        """Do the next piece for a place in `frame` of that size; False when there is none left."""
        page = self.page
        if page.parentWidget() is not frame:
            # Here it gets its style, which takes as long as building it.
            page.setParent(frame)
        elif not self._finished:
            page.prepare(counter)
            for part in page.findChildren(QWidget):
                part.ensurePolished()
            self._finished = True
        elif self._laid_out != size:
            page.resize(size)
            page.grab(QRect(0, 0, 1, 1))
            self._laid_out = size
        elif self._drawn != size:
            page.grab()
            self._drawn = size
        else:
            return False
        return True
