"""Which window stands on which display. With one display the patron's covers staff's while the patron holds it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication, QScreen

from kiosk.config import DisplaySettings
from kiosk.domain.events import Event
from kiosk.domain.model import Pin
from kiosk.domain.states import AskingPin, Counter, CounterFacts, Screen
from kiosk.ui.patron import PatronWindow
from kiosk.ui.staff import StaffWindow


class Displays:
    """Both windows. `staff` and `patron` are the windows themselves."""

    def __init__(self, settings: DisplaySettings, emit: Callable[[Event], None], confirm_pin: Callable[[Pin], None]) -> None:
        self._settings = settings
        screens = QGuiApplication.screens()
        self._staff_screen = find_screen(screens, settings.staff_screen, screens[0])
        others = [screen for screen in screens if screen is not self._staff_screen]
        self._patron_screen = find_screen(screens, settings.patron_screen, others[0] if others else self._staff_screen)
        self._apart = not settings.single and self._patron_screen is not self._staff_screen
        self.staff = StaffWindow(emit)
        self.patron = PatronWindow(emit, confirm_pin, settings)
        self._at_pad = False

    def show(self) -> None:
        """Two displays: staff maximised on theirs, the patron's filled. One display and two windows: side by side, for trying out."""
        self.staff.setGeometry(self._staff_screen.availableGeometry())
        if self._apart:
            self.staff.showMaximized()
            self.patron.setGeometry(self._patron_screen.geometry())
            self.patron.showFullScreen()
        elif self._settings.single:
            self.staff.showMaximized()
        else:
            self.staff.show()
            self.patron.setGeometry(self._patron_screen.availableGeometry())
            self.patron.show()

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        """Show this state on both, in one go: what leaves one leaves the other in the same frame."""
        # Staff's first: Qt paints in this order, and staff wait for the number.
        self.staff.project(counter, facts)
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
        self.patron.close_for_good()
        self.staff.close_for_good()


def find_screen(screens: list[QScreen], wanted: str, otherwise: QScreen) -> QScreen:
    """The screen whose name contains `wanted`."""
    return next((screen for screen in screens if wanted and wanted.casefold() in screen.name().casefold()), otherwise)
