"""What every page of the patron window is: shown for a counter, asked what to do with keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QWidget

from kiosk.domain.events import Event
from kiosk.domain.states import Counter
from kiosk.ui.theme import PatronSizes

Emit = Callable[[Event], None]


class PatronWindowPage(QWidget):
    """One page. It is made once for a window size and shows whatever counter it is given."""

    def __init__(self, sizes: PatronSizes, emit: Emit) -> None:
        super().__init__()
        self.sizes, self.emit_event = sizes, emit

    def across(self) -> QBoxLayout:
        """For what stands side by side, and one above the other on a display that is higher than wide."""
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        return QBoxLayout(down if self.sizes.portrait else right)

    def show_state(self, counter: Counter) -> None:
        """Show this state."""
        raise NotImplementedError

    def band_width(self) -> int | None:
        """How wide a band over the head of this page may be, where its foot must stay free; None where a band stands at the foot."""
        return None

    def takes_text(self) -> bool:
        """Whether characters mean something here."""
        return False

    def key_pressed(self, event: QKeyEvent) -> None:
        """A character, or a key that changes characters, where `takes_text`."""
        event.ignore()

    def throw_away(self) -> None:
        """Forget the characters that have come: they are a scanner's."""

    def enter(self) -> QAbstractButton | None:
        """What Enter presses, held, while no button has the focus."""
        return None
