"""Base class of the patron window's pages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QWidget

from kiosk.domain.events import Event
from kiosk.domain.states import Counter
from kiosk.ui.theme import PatronSizes

Emit = Callable[[Event], None]


class PatronWindowPage(QWidget):
    """A page, built once per window size and updated by `show_state`."""

    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__()
        self.sizes, self.emit_event = sizes, emit

    def across(self) -> QBoxLayout:
        """Return a horizontal layout, or a vertical one in portrait."""
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        return QBoxLayout(down if self.sizes.portrait else right)

    def show_state(self, counter: Counter) -> None:
        """Show this state."""
        raise NotImplementedError

    def band_width(self) -> int | None:
        """Return the maximum width of a band at the top of this page if its bottom must stay free; None: bands go to the bottom."""
        return None

    def takes_text(self) -> bool:
        """Whether the page takes characters."""
        return False

    def key_pressed(self, event: QKeyEvent) -> None:
        """Handle a character or editing key, if `takes_text`."""
        event.ignore()

    def throw_away(self) -> None:
        """Discard the characters entered: they came from a scanner."""

    def enter(self) -> QAbstractButton | None:
        """Return the button that a held Enter presses while no button has the focus."""
        return None
