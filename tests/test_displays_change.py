"""Displays connected, disconnected, rotated and changed while the counter runs: each window keeps its own, in real windows on X."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.text import plain, say
from tests.support.screens.accessible_desktop import Desktop
from tests.support.screens.shown import shown
from tests.support.wait import LIMIT

pytestmark = [pytest.mark.window, pytest.mark.timeout(150)]

STAFF, PATRON = plain(say("staff.window.title")), plain(say("staff.window.patron"))
Place = tuple[int, int, int, int]
LEFT: Place = (0, 0, 960, 1080)
RIGHT: Place = (960, 0, 960, 540)
UPRIGHT: Place = (960, 0, 600, 960)


class Displays:
    """The monitors of one virtual screen, plugged in and out as X knows them."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, env=self._desktop.environment, capture_output=True, text=True, timeout=LIMIT, check=False)
        return done.stdout

    def plug_in(self, name: str, place: Place, *, stays: bool = False, first: bool = False) -> None:
        """`stays`: X gives its one output a monitor of its own when this one goes. `first`: it is the primary one."""
        x, y, width, height = place
        size = f"{width}/{width // 4}x{height}/{height // 4}+{x}+{y}"
        self._run("xrandr", "--setmonitor", f"*{name}" if first else name, size, "screen" if stays else "none")

    def pull_out(self, name: str) -> None:
        self._run("xrandr", "--delmonitor", name)

    def know_mode(self, name: str, timings: tuple[float, ...]) -> None:
        self._run("xrandr", "--newmode", name, *(str(one) for one in timings))
        self._run("xrandr", "--addmode", "screen", name)

    def switch_to(self, mode: str) -> None:
        self._run("xrandr", "--output", "screen", "--mode", mode)

    def place_of(self, title: str) -> Place | None:
        """Where the window of that title is shown; None while it is not."""
        found = shown(f"^{title}$", self._desktop.environment)
        if not found:
            return None
        told = dict(line.split("=", 1) for line in self._run("xdotool", "getwindowgeometry", "--shell", found[0]).split() if "=" in line)
        if not told:  # it closed in the meantime
            return None
        return int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"])

    def wait_for(self, title: str, fits: Callable[[Place | None], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not fits(place := self.place_of(title)):
            assert time.monotonic() < end, f"{title}: {place}"


@pytest.fixture
def displays(tmp_path: Path, stays: str) -> Iterator[Displays]:
    with Desktop(tmp_path) as desktop:
        displays = Displays(desktop)
        displays.plug_in("L", LEFT, stays=stays == "L", first=True)
        displays.plug_in("R", RIGHT, stays=stays == "R")
        desktop.start([sys.executable, "-m", "tests.support.screens.demo_counter", str(tmp_path / "counter"), "two"], "kiosk")
        displays.wait_for(STAFF, is_within(LEFT))
        displays.wait_for(PATRON, is_at(RIGHT))
        yield displays


def is_at(wanted: Place) -> Callable[[Place | None], bool]:
    return lambda place: place == wanted


def is_within(wanted: Place) -> Callable[[Place | None], bool]:
    x, y, width, height = wanted
    return lambda place: place is not None and x <= place[0] and place[0] + place[2] <= x + width and place[1] + place[3] <= y + height


@pytest.mark.parametrize("stays", ["L"])
def test_the_patrons_window_goes_with_its_display_and_comes_back(displays: Displays) -> None:
    displays.pull_out("R")
    displays.wait_for(PATRON, lambda place: place is None)
    assert is_within(LEFT)(displays.place_of(STAFF))
    displays.plug_in("R", UPRIGHT)
    displays.wait_for(PATRON, is_at(UPRIGHT))
    displays.pull_out("R")
    displays.wait_for(PATRON, lambda place: place is None)
    displays.plug_in("another", RIGHT)
    displays.wait_for(PATRON, is_at(RIGHT))


@pytest.mark.parametrize("stays", ["R"])
def test_staffs_window_is_never_shown_on_the_patrons_display(displays: Displays) -> None:
    displays.pull_out("L")
    displays.wait_for(STAFF, lambda place: place is None)
    assert is_at(RIGHT)(displays.place_of(PATRON))
    displays.plug_in("L", LEFT, first=True)
    displays.wait_for(STAFF, is_within(LEFT))


def test_two_windows_on_one_display_leave_each_other_free(tmp_path: Path) -> None:
    with Desktop(tmp_path) as desktop:
        displays = Displays(desktop)
        desktop.start([sys.executable, "-m", "tests.support.screens.demo_counter", str(tmp_path / "counter"), "two"], "kiosk")
        displays.wait_for(PATRON, is_within((960, 0, 960, 1080)))
        displays.wait_for(STAFF, lambda place: place is not None and place[0] + place[2] <= (displays.place_of(PATRON) or LEFT)[0])


def test_windows_follow_a_display_whose_size_changes(tmp_path: Path) -> None:
    with Desktop(tmp_path) as desktop:
        displays = Displays(desktop)
        displays.know_mode("smaller", (74.5, 1280, 1344, 1472, 1664, 720, 723, 728, 748))
        desktop.start([sys.executable, "-m", "tests.support.screens.demo_counter", str(tmp_path / "counter"), "single"], "kiosk")
        displays.wait_for(STAFF, is_at((0, 0, 1920, 1080)))
        displays.switch_to("smaller")
        displays.wait_for(STAFF, is_within((0, 0, 1280, 720)))
