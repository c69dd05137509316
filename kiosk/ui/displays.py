"""Which window stands on which display. With one display the patron's covers staff's while the patron holds it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from kiosk.config import DisplaySettings
from kiosk.domain.events import Event
from kiosk.domain.model import Pin
from kiosk.domain.states import AskingPin, Counter, CounterFacts, Screen
from kiosk.ui.staff import StaffWindow
from kiosk.ui.timing import Timing

if TYPE_CHECKING:
    from kiosk.ui.patron import PatronWindow

_LOOK_MS, _LONGEST_MS = 2, 500
"""The patron's window waits for the first picture of staff's: looked for so often, and so long."""


class Displays:
    """Both windows. `staff` and `patron` are the windows themselves."""

    def __init__(
        self, settings: DisplaySettings, emit: Callable[[Event], None], confirm_pin: Callable[[Pin], None], timing: Timing | None = None
    ) -> None:
        self._settings = settings
        screens = QGuiApplication.screens()
        self._staff_screen = find_screen(screens, settings.staff_screen, screens[0])
        others = [screen for screen in screens if screen is not self._staff_screen]
        self._patron_screen = find_screen(screens, settings.patron_screen, others[0] if others else self._staff_screen)
        self._apart = not settings.single and self._patron_screen is not self._staff_screen
        self.staff = StaffWindow(emit, timing=timing)
        self._emit, self._confirm_pin, self._timing = emit, confirm_pin, timing
        self._shown: tuple[Counter, CounterFacts] | None = None
        self._patron_opened = self._at_pad = False
        self._waiting = QTimer(interval=_LOOK_MS)
        self._waiting.timeout.connect(self._look_at_staff)
        self._waited = 0

    @cached_property
    def patron(self) -> PatronWindow:
        # Made, and its modules read, when staff can work already: they start the day, the patron comes later.
        from kiosk.ui.patron import PatronWindow

        return PatronWindow(self._emit, self._confirm_pin, self._settings, self._timing)

    def show(self) -> None:
        """Staff's window; the patron's follows when staff see theirs.

        Two displays: staff maximised on theirs, the patron's filled. One display and two windows: side by side, for trying out.
        """
        self.staff.setGeometry(self._staff_screen.availableGeometry())
        if self._apart or self._settings.single:
            self.staff.showMaximized()
        else:
            self.staff.show()
        self._waiting.start()

    def _look_at_staff(self) -> None:
        """A window that nobody can see, because another covers it, is not waited for longer."""
        self._waited += _LOOK_MS
        if self._waited >= _LONGEST_MS or self.staff.windowHandle().isExposed():
            self._waiting.stop()
            self._open_patron()

    def _open_patron(self) -> None:
        self._patron_opened = True
        if self._apart:
            self.patron.setGeometry(self._patron_screen.geometry())
            self.patron.showFullScreen()
        elif not self._settings.single:
            self.patron.setGeometry(self._patron_screen.availableGeometry())
            self.patron.show()
        if self._shown is not None:
            self._project_patron(*self._shown)

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        """Show this state on both, in one go: what leaves one leaves the other in the same frame."""
        # Staff's first: Qt paints in this order, and staff wait for the number.
        self._shown = counter, facts
        self.staff.project(counter, facts)
        if self._patron_opened:
            self._project_patron(counter, facts)

    def _project_patron(self, counter: Counter, facts: CounterFacts) -> None:
        self.patron.project(counter, facts)
        if self._settings.single:
            self._cover(counter.screen is not Screen.STAFF)
        elif self._settings.keypad:
            self._give_keyboard(isinstance(counter.flow, AskingPin))

    def _cover(self, covered: bool) -> None:
        if covered and not self.patron.isVisible():
            self.patron.setGeometry(self._staff_screen.geometry())
            self.patron.showFullScreen()
            self.patron.activateWindow()
        elif not covered and self.patron.isVisible():
            self.patron.hide()
            self.staff.activateWindow()

    def _give_keyboard(self, to_pad: bool) -> None:
        """The keypad is heard while the pad is open; a touch on the patron's window does not take the scanner away from staff."""
        if to_pad and not self._at_pad:
            self.patron.activateWindow()
        elif not to_pad and self.patron.isActiveWindow():
            self.staff.activateWindow()
        self._at_pad = to_pad

    def close(self) -> None:
        self._waiting.stop()
        if self._patron_opened:
            self.patron.close_for_good()
        self.staff.close_for_good()


def find_screen(screens: list[QScreen], wanted: str, otherwise: QScreen) -> QScreen:
    """The screen whose name contains `wanted`."""
    return next((screen for screen in screens if wanted and wanted.casefold() in screen.name().casefold()), otherwise)
