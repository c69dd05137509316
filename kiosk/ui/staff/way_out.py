"""How the staff window ends the program: at once between sessions, or once staff have given their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from kiosk.domain.states import Counter
from kiosk.ui.quitting import quit_soon
from kiosk.ui.theme import StaffSizes

if TYPE_CHECKING:
    from kiosk.ui.staff.leaving import Leaving


class WayOut:
    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._question: Leaving | None = None

    def follow(self, counter: Counter) -> None:
        """A session has begun meanwhile: nobody is asked any more."""
        if self._question is not None and not counter.flow.about.rests:
            self._question.reject()

    def take(self, counter: Counter | None, sizes: StaffSizes) -> None:
        """Somebody closes the window; ignored during a session."""
        if counter is None or (counter.flow.about.rests and not counter.rules.staff_code):
            _quit()
        elif counter.flow.about.rests and self._question is None:
            self._ask(counter.rules.staff_code, sizes)

    def _ask(self, code: str, sizes: StaffSizes) -> None:
        from kiosk.ui.staff.leaving import Leaving

        self._question = Leaving(self._window, sizes, code, _quit)
        self._question.finished.connect(self._answered)
        self._question.open()

    def _answered(self) -> None:
        self._question = None


def _quit() -> None:
    quit_soon("its window was closed")
