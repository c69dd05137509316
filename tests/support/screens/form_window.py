"""The window of `qt_form` or `gtk_form` on a desktop of its own, with what a test asks it to do."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from kiosk.library.handover import ProgramWindow, Target, accessibility, atspi, atspi_bus, desktop
from kiosk.library.handover.atspi import AtSpi
from kiosk.library.handover.elements import Element, Field
from tests.support import ROOT
from tests.support.screens.accessible_desktop import SYSTEM_PYTHON, Desktop
from tests.support.screens.fitting_windows import fitting_windows
from tests.support.screens.xvfb import Hands
from tests.support.wait import LIMIT, end, wait_until

TITLE = "図書館システム - 貸出"


class FormWindow:
    """The program in front, and our ways to it."""

    def __init__(self, desktop_: Desktop, hands: Hands, toolkit: str = "qt") -> None:
        self.desktop, self.hands, self._toolkit = desktop_, hands, toolkit
        python = SYSTEM_PYTHON if toolkit == "gtk" else sys.executable
        command = [python, str(ROOT / "tests" / "support" / "screens" / f"{toolkit}_form.py"), TITLE]
        pipe = subprocess.PIPE
        # Unbuffered: what is read ahead would not be seen by `select`.
        self._child = subprocess.Popen(command, env=desktop_.environment, stdin=pipe, stdout=pipe, cwd=ROOT, bufsize=0)
        hands.activate(TITLE)
        self.accessible = AtSpi()
        wait_until(lambda: isinstance(self.focused(), Element), "the fields on the accessibility bus", LIMIT)

    def close(self) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        for pipe in (self._child.stdin, self._child.stdout):
            pipe.close()
        end(self._child)

    def window(self) -> ProgramWindow:
        return fitting_windows(Target("図書館システム"), desktop())[0]

    def focused(self) -> object:
        with self.accessible.elements(5) as elements:
            return elements.focused(self.window())

    def field(self, name: str = "card") -> Field:
        """As teaching would keep it."""
        label = {"card": "利用者番号", "note": "備考"}[name]
        return Field("text", label, f"QApplication.Form.{name}" if self._toolkit == "qt" else "")

    def do(self, *words: str) -> dict[str, str]:
        """Have the program do something. Returns what its fields show then."""
        assert self._child.stdin is not None
        self._child.stdin.write(" ".join(words).encode() + b"\n")
        self._child.stdin.flush()
        return self._said()

    def shown(self) -> dict[str, str]:
        """What its fields show, by what the program itself says: nothing is on its way once it has answered."""
        self.do("select", "note")
        return self._last

    def _said(self) -> dict[str, str]:
        assert self._child.stdout is not None
        assert select.select([self._child.stdout], [], [], LIMIT)[0], "the form says nothing"
        while select.select([self._child.stdout], [], [], 0.2)[0]:
            self._last: dict[str, str] = json.loads(self._child.stdout.readline())
        return self._last


@contextmanager
def managed_desktop(*, patient: bool = True) -> Iterator[tuple[Desktop, Hands]]:
    """With a window manager and accessibility, seen by this process as well. `patient`: a busy machine ends no question to a program."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="form-")))
        place = ends.enter_context(Desktop(folder))
        place.environment["LANG"] = "C.UTF-8"
        patch = ends.enter_context(pytest.MonkeyPatch.context())
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            patch.setenv(name, place.environment[name])
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            patch.delenv(name, raising=False)
        if patient:
            patch.setattr(atspi, "_WALK_SECONDS", 5.0)
            patch.setattr(atspi_bus, "_CALL_SECONDS", 5.0)
        place.start(["openbox"], "openbox")
        hands = Hands(os.environ["DISPLAY"])
        ends.callback(hands.close)
        hands.until(lambda: hands.number("_NET_SUPPORTING_WM_CHECK") != 0, "the window manager")
        assert accessibility() is not None
        yield place, hands


@contextmanager
def form_window() -> Iterator[FormWindow]:
    """For a module of tests."""
    with managed_desktop() as (place, hands), closing(FormWindow(place, hands)) as window:
        yield window
