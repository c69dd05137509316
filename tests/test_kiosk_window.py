"""Nobody gets rid of the patron's window: keys, menus and requests as a window manager and people have them, on a real screen."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import ROOT
from tests.support.screens.xvfb import Screen
from tests.support.wait import LIMIT, end, wait_until

pytestmark = [pytest.mark.window, pytest.mark.linux("X and a window manager"), pytest.mark.timeout(120)]

if sys.platform != "win32":
    from Xlib import X, Xutil
    from Xlib.display import Display
    from Xlib.protocol.event import ClientMessage

TITLE = "利用者の画面"
STAYS_SECONDS = 0.4


class Patrons:
    """The patron's window as X and the window manager know it."""

    def __init__(self, screen: Screen) -> None:
        self._screen, self._display = screen, Display(screen.name)
        self._root = self._display.screen().root
        program = [sys.executable, "-m", "tests.support.screens.patron_alone"]
        environment = screen.environment | {"QT_QPA_PLATFORM": "xcb"}
        self.program = subprocess.Popen(program, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        assert self.program.stdout is not None
        assert self.program.stdout.readline() == b"shown\n"
        screen.hands.wait_for(TITLE)
        clients = self._root.get_full_property(self._atom("_NET_CLIENT_LIST"), X.AnyPropertyType).value
        (self._window,) = [window for window in map(self._of, clients) if self._title(window) == TITLE]

    def close(self) -> None:
        end(self.program)
        assert self.program.stdout is not None
        self.program.stdout.close()
        self._display.close()

    def keys(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", "--delay", "50", *keys], env=self._screen.environment, check=True, timeout=LIMIT)

    def drag(self) -> None:
        """As openbox moves a window: the Alt key and the left button."""
        moves = ["mousemove", "600", "400", "keydown", "alt", "mousedown", "1", "mousemove", "900", "700", "mouseup", "1", "keyup", "alt"]
        subprocess.run(["xdotool", *moves], env=self._screen.environment, check=True, timeout=LIMIT)

    def ask(self, what: str, *data: int) -> None:
        """As a taskbar or another program does (EWMH, ICCCM)."""
        told = (32, [*data, *[0] * (5 - len(data))])
        event = ClientMessage(window=self._window, client_type=self._atom(what), data=told)
        self._root.send_event(event, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.sync()

    def state(self, name: str) -> int:
        return int(self._atom(f"_NET_WM_STATE_{name}"))

    def is_in_place(self) -> bool:
        states = self._window.get_full_property(self._atom("_NET_WM_STATE"), X.AnyPropertyType)
        names = set() if states is None else {self._display.get_atom_name(state) for state in states.value}
        size, place = self._window.get_geometry(), self._window.translate_coords(self._root, 0, 0)
        is_shown = self._window.get_attributes().map_state == X.IsViewable
        whole = (-place.x, -place.y, size.width, size.height) == (0, 0, 1280, 800)
        return is_shown and whole and "_NET_WM_STATE_FULLSCREEN" in names and "_NET_WM_STATE_HIDDEN" not in names

    def wait_until_it_stays(self, after: str) -> None:
        since: list[float] = []

        def stays() -> bool:
            assert self.program.poll() is None, f"ended after {after}"
            if not self.is_in_place():
                since.clear()
            elif not since:
                since.append(time.monotonic())
            return bool(since) and time.monotonic() - since[0] > STAYS_SECONDS

        wait_until(stays, f"the patron's window after {after}")

    def _atom(self, name: str) -> int:
        return int(self._display.get_atom(name))

    def _of(self, handle: int) -> Any:
        return self._display.create_resource_object("window", handle)

    def _title(self, window: Any) -> str:
        told = window.get_full_property(self._atom("_NET_WM_NAME"), X.AnyPropertyType)
        return "" if told is None else bytes(told.value).decode()


@pytest.fixture
def patrons() -> Iterator[Patrons]:
    with Screen() as screen:
        window = Patrons(screen)
        try:
            yield window
        finally:
            window.close()


def test_it_stays_whatever_is_tried(patrons: Patrons) -> None:
    remove, pager = 0, 2
    patrons.wait_until_it_stays("the start")
    tried: dict[str, Callable[[], None]] = {
        "Alt+F4": lambda: patrons.keys("alt+F4"),
        "Ctrl+Q": lambda: patrons.keys("ctrl+q"),
        "Esc and F11": lambda: patrons.keys("Escape", "F11"),
        "the window's menu: its first entries": lambda: patrons.keys("alt+space", "Down", "Down", "Return", "Escape"),
        "the window's menu: close": lambda: patrons.keys("alt+space", "c"),
        "dragging": patrons.drag,
        "closing": lambda: patrons.ask("_NET_CLOSE_WINDOW", X.CurrentTime, pager),
        "minimising": lambda: patrons.ask("WM_CHANGE_STATE", Xutil.IconicState),
        "leaving full screen": lambda: patrons.ask("_NET_WM_STATE", remove, patrons.state("FULLSCREEN"), 0, pager),
        "moving": lambda: patrons.ask("_NET_MOVERESIZE_WINDOW", 0x2F00, 50, 50, 400, 300),
    }
    for what, attempt in tried.items():
        attempt()
        patrons.wait_until_it_stays(what)
