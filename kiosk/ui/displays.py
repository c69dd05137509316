"""Placement of the two windows on the displays. With a single display the patron's window covers staff's during the patron's turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from kiosk.config import DisplaySettings
from kiosk.domain.events import Event
from kiosk.domain.pin import Pin
from kiosk.domain.states import AskingPin, Counter, Screen
from kiosk.ui.display_assignment import arrange
from kiosk.ui.kept_in_place import KeptInPlace
from kiosk.ui.shared_display import places, put
from kiosk.ui.staff import StaffWindow
from kiosk.ui.timing import Timing

if TYPE_CHECKING:
    from kiosk.ui.patron.window import PatronWindow

_LOOK_MS, _LONGEST_MS = 2, 500
"""Polling interval and timeout while waiting for the first frame of the staff window."""
_PATRON_AFTER_MS = 20
"""Pause before the patron window is built, in which staff are shown what the reader has answered."""


class Displays:
    """Owner of both windows, `staff` and `patron`."""

    def __init__(
        self,
        settings: DisplaySettings,
        emit: Callable[[Event], None],
        confirm_pin: Callable[[Pin], None],
        timing: Timing | None = None,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        """`tell` is called after a display change, once the windows have been moved."""
        self._settings = settings
        self.arranged = arrange(_names(), settings)
        """The current assignment."""
        self._tell = tell
        self.staff = StaffWindow(emit, timing=timing)
        self._emit, self._confirm_pin, self._timing = emit, confirm_pin, timing
        self._shown: Counter | None = None
        self._patron_opened = self._at_pad = False
        self._waiting = QTimer(interval=_LOOK_MS)
        self._waiting.timeout.connect(self._look_at_staff)
        self._waited = 0
        self._pause = QTimer(singleShot=True, interval=_PATRON_AFTER_MS)
        self._pause.timeout.connect(self._open_patron)
        self._staff_shown: Callable[[], None] = lambda: None
        # Debounced: the signal arrives while the removed display is still listed, and changes come in bursts.
        self._changed = QTimer(singleShot=True, interval=0)
        self._changed.timeout.connect(self._rearrange)

    @cached_property
    def patron(self) -> PatronWindow:
        # Built, and its modules imported, once staff can already work: it is needed later than theirs.
        from kiosk.ui.patron.window import PatronWindow

        window = PatronWindow(self._emit, self._confirm_pin, self._settings, self._timing)
        self._kept = KeptInPlace(window, self._display_to_fill, self._put_back)
        return window

    def _display_to_fill(self) -> QScreen | None:
        """With the patron's window, while it is shown and not beside staff's."""
        if self.patron.isHidden() or self.shares_display:
            return None
        return _screen(self.arranged.patron)

    @property
    def shares_display(self) -> bool:
        """Whether two windows stand on one display."""
        return self.arranged.together and not self._settings.single

    def show(self, shown: Callable[[], None] = lambda: None) -> None:
        """Show the staff window; once that is visible, call `shown`, then show the patron window.

        Two displays: staff maximised, patron full screen. One display with two windows: side by side, for trying out.
        """
        application = _application()
        application.screenAdded.connect(self._screen_added)
        application.screenRemoved.connect(self._displays_changed)
        application.primaryScreenChanged.connect(self._displays_changed)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._displays_changed)
        self._place_staff()
        self._staff_shown = shown
        self._waiting.start()

    # --- displays that come, go and change --------------------------------------------------------------------------------

    def _screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._displays_changed)
        self._displays_changed()

    def _displays_changed(self) -> None:
        self._changed.start()

    def _rearrange(self) -> None:
        self.arranged = arrange(_names(), self._settings, self.arranged)
        self._place_staff()
        if self._patron_opened:
            self._place_patron()
            if self._shown is not None:
                self._show_patron(self._shown)
        self._tell()

    def _place_staff(self) -> None:
        screen = _screen(self.arranged.staff)
        if screen is None:
            self.staff.hide()
            return
        if self.shares_display:
            put(self.staff, places(screen.availableGeometry()).staff)
            self.staff.showNormal()
            return
        wanted = screen.availableGeometry()
        if not self.staff.isVisible() or not wanted.contains(self.staff.geometry()) or self.staff.screen() is not screen:
            self.staff.setWindowState(Qt.WindowState.WindowNoState)
            self.staff.setGeometry(wanted)
        self.staff.showMaximized()

    def _place_patron(self) -> None:
        if self._settings.single:
            if self.patron.isVisible() and (screen := _screen(self.arranged.staff)) is not None:
                self._fill(screen)
            return
        screen = _screen(self.arranged.patron)
        if screen is None:
            self.patron.hide()
        elif self.arranged.together:
            self.patron.have_frame(True)
            put(self.patron, places(screen.availableGeometry()).patron)
            self.patron.showNormal()
        else:
            self._fill(screen)

    def _fill(self, screen: QScreen) -> None:
        self._put_back(screen)
        self.patron.showFullScreen()

    def _put_back(self, screen: QScreen) -> None:
        """Without activating it, as `showFullScreen` does: what is scanned or typed meanwhile belongs to another window."""
        self.patron.have_frame(False)
        if self.patron.geometry() != screen.geometry():
            self.patron.setWindowState(Qt.WindowState.WindowNoState)
            self.patron.setGeometry(screen.geometry())
        self.patron.setWindowState(Qt.WindowState.WindowFullScreen)
        self.patron.setVisible(True)

    def _look_at_staff(self) -> None:
        """Go on once the staff window is exposed. Stop waiting at the timeout: a covered window is never exposed."""
        self._waited += _LOOK_MS
        if self._waited >= _LONGEST_MS or self.staff.windowHandle().isExposed():
            self._waiting.stop()
            self._staff_shown()
            self._pause.start()

    def _open_patron(self) -> None:
        self._patron_opened = True
        self._place_patron()
        if self._shown is not None:
            self._show_patron(self._shown)

    def show_state(self, counter: Counter) -> None:
        """Show this state on both windows in one go: what leaves one leaves the other in the same frame."""
        # Staff first: Qt paints in this order, and staff wait for the number.
        self._shown = counter
        self.staff.show_state(counter)
        if self._patron_opened:
            self._show_patron(counter)

    def _show_patron(self, counter: Counter) -> None:
        self.patron.show_state(counter)
        if self._settings.single:
            self._cover(counter.screen is not Screen.STAFF)
        elif self._settings.keypad:
            self._give_keyboard(isinstance(counter.flow, AskingPin))

    def _cover(self, covered: bool) -> None:
        """Show one window only: while the patron holds the display, no key brings staff's to the front."""
        screen = _screen(self.arranged.staff)
        if covered and not self.patron.isVisible() and screen is not None:
            self._fill(screen)
            self.patron.activateWindow()
        elif not covered and self.patron.isVisible():
            self.staff.show()
            self.patron.hide()
            self.staff.activateWindow()
        if covered and self.patron.isVisible():
            self.staff.hide()

    def _give_keyboard(self, to_pad: bool) -> None:
        """Activate the patron window while the PIN pad is open, and staff's otherwise.

        A touch on the patron window must not take the scanner away from staff.
        """
        if to_pad and not self._at_pad:
            self.patron.activateWindow()
        elif not to_pad and self.patron.isActiveWindow():
            self.staff.activateWindow()
        self._at_pad = to_pad

    def close(self) -> None:
        self._waiting.stop()
        self._pause.stop()
        self._changed.stop()
        application = _application()
        application.screenAdded.disconnect(self._screen_added)
        application.screenRemoved.disconnect(self._displays_changed)
        application.primaryScreenChanged.disconnect(self._displays_changed)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.disconnect(self._displays_changed)
        if self._patron_opened:
            self._kept.stop()
            self.patron.close_for_good()
        self.staff.close_for_good()


def _application() -> QGuiApplication:
    return cast(QGuiApplication, QGuiApplication.instance())


def _names() -> list[str]:
    """Names of the connected displays, primary first."""
    return [screen.name() for screen in QGuiApplication.screens()]


def _screen(name: str | None) -> QScreen | None:
    return next((screen for screen in QGuiApplication.screens() if screen.name() == name), None)
