"""A page that is built before it is wanted, a piece at a time, so that the windows never stand still for long."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from kiosk.domain.states import Counter
from kiosk.ui.staff.page import Page


class Spare:
    """`page` may be taken at any time: what has not been done yet is done when it is shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.hide()
        self._pieces: Iterator[None] | None = None
        self._unmeasured: list[QWidget] = []
        self._undrawn: list[QWidget] = []
        self._finished = False
        self._room = self._laid_out = QSize()

    def go_on(self, frame: QWidget, counter: Counter, size: QSize) -> bool:
        """Do the next piece for a place in `frame` of that size; False when there is none left."""
        page = self.page
        if self._pieces is None:
            # Here it gets its style, which takes as long as building it: what is added from now on has it from the beginning.
            page.setParent(frame)
            self._pieces = page.pieces(counter)
        elif self._room != size:
            # What is added is measured for the room it will have.
            lay_out(page, size)
            self._room = size
        elif not self._finished:
            self._finished = next(self._pieces, self) is self
            if self._finished:
                self._unmeasured = list(page.parts())
        elif self._unmeasured:
            measure(self._unmeasured.pop())
        elif self._laid_out != size:
            lay_out(page, size)
            self._laid_out, self._undrawn = size, list(page.parts())
        elif self._undrawn:
            self._undrawn.pop().grab()
        else:
            return False
        return True


def measure(part: QWidget) -> None:
    """Have everything in it know how large it would like to be: most of what a layout takes."""
    for widget in (part, *part.findChildren(QWidget)):
        widget.ensurePolished()
    part.sizeHint()
    part.minimumSizeHint()


def lay_out(page: QWidget, size: QSize) -> None:
    """For a place of that size, though it is not shown."""
    page.resize(size)
    page.grab(QRect(0, 0, 1, 1))
