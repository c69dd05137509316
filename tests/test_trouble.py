"""A counter that cannot start reports why: on stderr, and in a window if anybody can see one."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk import command_line as commandline
from kiosk.__main__ import main
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.native_message import has_display
from kiosk.text import say
from kiosk.ui.startup_failure import StartupFailureWindow
from tests.support.commands.startup_window import closed_as_soon_as_seen
from tests.support.counter.windowed import button_named, words_on


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A counter whose store is no store."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    home.store.write_bytes(b"no store")
    return home


# python-xlib leaves the sockets of a display that is not there to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize(
    ("by_keyboard", "name", "command"),
    [(False, "home", "run"), (True, "home", "run"), (True, "hoem", "run"), (True, "home", "practice")],
    ids=["touch", "keyboard", "mistyped home", "practice"],
)
def test_the_window_says_it_until_it_is_closed(
    by_keyboard: bool,
    name: str,
    command: str,
    damaged: Home,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Qt is started already, in memory; the program is to believe in a display.
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":1")
    seen: list[str] = []

    def look() -> None:
        window = next((one for one in QApplication.topLevelWidgets() if isinstance(one, StartupFailureWindow) and one.isVisible()), None)
        if window is None:
            return
        seen.extend(words_on(window))
        close = button_named(window, say("staff.start.close"))
        if close is None:
            window.close()
        elif by_keyboard:
            QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
        else:
            QTest.mouseClick(close, Qt.MouseButton.LeftButton)

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    assert main(["--home", str(damaged.folder.with_name(name)), command]) == 1
    timer.stop()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 2
    assert {*lines, say("staff.start.close")} <= set(seen)
    assert damaged.store.read_bytes() == b"no store"


def test_a_bug_at_the_start_is_told_in_a_window_under_the_number_of_the_log(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Breaking:
        @staticmethod
        def add(commands: Commands) -> None:
            def act(home: Home, options: argparse.Namespace) -> int:
                raise RuntimeError("serial 117823888")

            commands.add("run", act=act, windowed=True, log="kiosk")

    monkeypatch.setattr(commandline, "command", lambda name: Breaking)
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text("")
    with closed_as_soon_as_seen(monkeypatch) as seen:
        assert main(["--home", str(home.folder), "run"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert {*lines, say("refusal.out-of-order.title")} <= set(seen)
    [incident] = re.findall(r"incident (\S+)", (home.logs / "kiosk.log").read_text("utf-8"))
    assert any(incident in line for line in lines)


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        pytest.param({}, False, marks=pytest.mark.linux("sessions without a display")),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_without_a_display_there_is_no_window(environment: dict[str, str], seen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_display() is seen
