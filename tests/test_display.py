"""Without a display, or without one of Qt's libraries, a start reports it in Japanese and exits with a code: it never aborts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.domain.errors import Code
from kiosk.text import say
from tests.support.screens.shown import wait_for_shown

ROOT = Path(__file__).parents[1]
LIMIT = 40
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
COMMANDS = (["run"], ["demo"], ["doctor", "--ruler"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "config.toml").write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    return folder


def started(home: Path, command: list[str], *before: str, **environment: str) -> subprocess.CompletedProcess[str]:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
    inherited = {name: value for name, value in os.environ.items() if name not in gone}
    known = {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "XDG_CONFIG_HOME": str(home / "keys"), "HOME": str(home)}
    program = [*before, sys.executable, "-m", "kiosk", "--home", str(home), *command]
    return subprocess.run(
        program, capture_output=True, text=True, timeout=LIMIT, check=False, cwd=ROOT, env={**inherited, **known, **environment}
    )


def tells(ended: subprocess.CompletedProcess[str], reason: str, **params: str | int) -> None:
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    lines = [line for line in ended.stderr.splitlines() if re.search("[ぁ-ん]", line)]
    why = say(f"command.why.{Code.DISPLAY_UNUSABLE}.{reason}").format(**params)
    assert lines == [say(f"refusal.{Code.DISPLAY_UNUSABLE}.staff"), why, say(f"refusal.{Code.DISPLAY_UNUSABLE}.staff-next")]
    for word in ("Traceback", "Abort", "platform plugin could be initialized"):
        assert word not in ended.stderr


@pytest.mark.linux("sessions without a display")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_display(command: list[str], home: Path) -> None:
    tells(started(home, command), "no-display")


@pytest.mark.linux("sessions without a display")
@pytest.mark.parametrize(
    ("environment", "reason", "params"),
    [
        ({"DISPLAY": ":477"}, "not-answering", {"display": ":477"}),
        ({"DISPLAY": "127.0.0.1:477"}, "not-answering", {"display": "127.0.0.1:477"}),
        ({"DISPLAY": "nonsense"}, "not-answering", {"display": "nonsense"}),
        ({"DISPLAY": ":477", "QT_QPA_PLATFORM": "screen"}, "platform", {"platform": "screen"}),
        ({"QT_QPA_PLATFORM": "xcb"}, "no-display", {}),
    ],
)
def test_a_display_that_is_not_there(environment: dict[str, str], reason: str, params: dict[str, str], home: Path) -> None:
    tells(started(home, ["run"], **environment), reason, **params)


@contextmanager
def screen(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A virtual screen: its name, and its server."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}", server
    finally:
        server.send_signal(signal.SIGCONT)
        server.terminate()
        server.communicate(timeout=LIMIT)


@pytest.mark.window
def test_a_display_of_somebody_else(home: Path, tmp_path: Path) -> None:
    authority = tmp_path / "authority"
    # One entry of the family "local" for a display that is never ours (Xau: family, address, number, name, data).
    entry = b"".join(len(part).to_bytes(2, "big") + part for part in (b"elsewhere", b"0", b"MIT-MAGIC-COOKIE-1", os.urandom(16)))
    authority.write_bytes(b"\x01\x00" + entry)
    with screen("-auth", str(authority)) as (name, _):
        tells(started(home, ["run"], DISPLAY=name, XAUTHORITY=str(tmp_path / "none")), "not-allowed", display=name)


@pytest.mark.window
@pytest.mark.trial
def test_a_display_that_says_nothing(home: Path) -> None:
    with screen() as (name, server):
        server.send_signal(signal.SIGSTOP)
        tells(started(home, ["run"], DISPLAY=name), "silent", display=name, seconds=10)


def without(library: str, tmp_path: Path) -> list[str]:
    """Begins a program in a mount space in which a library is not there."""
    if os.geteuid() != 0 or "overlay" not in Path("/proc/filesystems").read_text() or not (LIBRARIES / library).exists():
        pytest.skip("only root can take a library away, where Linux has overlays")
    for name in ("upper", "work"):
        (tmp_path / name).mkdir()
    overlay = f"lowerdir={LIBRARIES},upperdir={tmp_path}/upper,workdir={tmp_path}/work"
    script = f'mount -t overlay overlay -o {overlay} {LIBRARIES} && rm {LIBRARIES}/{library} && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh"]


@pytest.mark.parametrize(("library", "package"), [("libxcb-cursor.so.0", "libxcb-cursor0"), ("libEGL.so.1", "libegl1")])
@pytest.mark.window
def test_without_one_of_qts_libraries(library: str, package: str, home: Path, tmp_path: Path) -> None:
    """On the terminal, and in a window of another program that outlives it."""
    with screen() as (name, _):
        ended = started(home, ["run"], *without(library, tmp_path), DISPLAY=name)
        tells(ended, "library", library=library, package=package)
        wait_for_shown(".", {**os.environ, "DISPLAY": name, "LC_ALL": "C.UTF-8"})  # nothing else shows on this screen


@pytest.mark.window
def test_what_is_wrong_with_the_config_is_said_where_qt_cannot_start(home: Path) -> None:
    (home / "config.toml").write_bytes(b"\xff")
    ended = started(home, ["run"], DISPLAY=":477")
    assert ended.returncode == 2
    assert "UTF-8" in ended.stderr
    assert say(f"refusal.{Code.DISPLAY_UNUSABLE}.staff") not in ended.stderr
