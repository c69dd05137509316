"""A private desktop for one test: a virtual screen, a session bus, an accessibility bus, a home.

The programs under test run on it as child processes; `Outsider` is another process that sees of them what a screen reader sees.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kiosk.text import plain, say
from tests.support import ROOT
from tests.support.left_processes import MARK
from tests.support.screens.shown import shown
from tests.support.wait import LIMIT, end, wait_until

SYSTEM_PYTHON = "/usr/bin/python3"
_LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
_PROGRAMS = {"Xvfb": "xvfb", "dbus-daemon": "dbus", "dbus-send": "dbus", "xdotool": "xdotool"}


class DesktopFailed(AssertionError):
    """The desktop could not be set up; the message suggests a remedy."""


def name(key: str, **params: str | int) -> str:
    """The accessible name of a control: its sentence without marks and line breaks."""
    return plain(say(key, **params)).replace("\n", "")


def missing() -> list[str]:
    """Debian packages that are not installed."""
    packages = [package for program, package in _PROGRAMS.items() if shutil.which(program) is None]
    if not _LAUNCHER.exists():
        packages.append("at-spi2-core")
    found = subprocess.run(
        [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"],
        capture_output=True,
        timeout=LIMIT,
    )
    if found.returncode != 0:
        packages += ["python3-gi", "gir1.2-atspi-2.0"]
    return packages


class Desktop:
    """Use as a context manager. Processes end in reverse order, each by its own process id."""

    def __init__(self, folder: Path, size: str = "1920x1080") -> None:
        """`folder`: for home, runtime folder and logs. `size`: of the screen, in pixels."""
        if absent := missing():
            raise DesktopFailed(f"the tests of the windows need Debian's {', '.join(absent)}: run tools/bootstrap as root")
        self.folder, self._size = folder, size
        self.environment: dict[str, str] = {}
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def _start(self) -> None:
        home = self.folder / "home"
        home.mkdir(mode=0o700)
        # Not in the test's own folder: a socket path has at most 107 bytes.
        run = Path(self._ends.enter_context(tempfile.TemporaryDirectory(prefix="desktop-", ignore_cleanup_errors=True)))
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", MARK) if name in os.environ},
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "NO_AT_BRIDGE": "0",
        }
        # Otherwise it restarts when its last client leaves, and disconnects whoever connects at that moment.
        number = self._announced(["Xvfb", "-displayfd", "{fd}", "-screen", "0", f"{self._size}x24", "-nolisten", "tcp", "-noreset"], "Xvfb")
        self.environment["DISPLAY"] = f":{number}"
        bus = ["dbus-daemon", "--session", "--nofork", "--nosyslog", "--print-address={fd}", f"--address=unix:dir={run}"]
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._announced(bus, "dbus-daemon")
        # The session bus starts the accessibility bus on demand, and both end together.
        ask = ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus.GetAddress"]
        asked = subprocess.run(ask, env=self.environment, capture_output=True, text=True, timeout=LIMIT)
        if asked.returncode != 0:
            raise DesktopFailed(f"the accessibility bus did not start: {asked.stderr}")

    def _announced(self, command: list[str], name: str) -> str:
        """Start a server that prints its address on a pipe once it listens; returns that line."""
        ours, theirs = os.pipe()
        try:
            self.start([part.format(fd=theirs) for part in command], name, pass_fds=(theirs,))
        finally:
            os.close(theirs)
        with os.fdopen(ours) as said:
            line = said.readline().strip()
        if not line:
            raise DesktopFailed(f"{name} did not start: {(self.folder / f'{name}.log').read_text()}")
        return line

    def start(
        self, command: list[str], name: str, *, pass_fds: tuple[int, ...] = (), more: Mapping[str, str] = {}
    ) -> subprocess.Popen[bytes]:
        """Start a program on this desktop, with its output in a file of that name. It is ended with the desktop."""
        log = self._ends.enter_context((self.folder / f"{name}.log").open("wb"))
        environment = self.environment | dict(more)
        child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=pass_fds, cwd=ROOT)
        self._ends.callback(end, child)
        return child

    def kiosk(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the program as a user does."""
        return self.start([sys.executable, "-m", "kiosk", *arguments], "kiosk")

    def outsider(self, program: int) -> Outsider:
        """A process that sees the program with this process id through the accessibility bus."""
        outsider = Outsider(self.environment, program, self.folder / "kiosk.log")
        self._ends.callback(outsider.close)
        return outsider

    def keys(self, *keys: str, delay: int = 90) -> None:
        """Press keys one after the other, by their X names, `delay` milliseconds apart."""
        self._xdotool("key", "--delay", str(delay), *keys)

    def key_by_itself(self, key: str) -> None:
        """Press a key with quiet before and after."""
        self._xdotool("sleep", "0.35", "key", key, "sleep", "0.35")

    def hold(self, key: str, seconds: float) -> None:
        self._xdotool("sleep", "0.35", "keydown", key, "sleep", str(seconds), "keyup", key)

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True, timeout=LIMIT)

    def give_keyboard_to(self, title: str) -> None:
        """Focus a window, as a window manager does for the one a person works with."""

        def is_given() -> bool:
            # Each may close in the meantime.
            focus = ["xdotool", "windowfocus", "--sync"]
            return any(
                subprocess.run([*focus, window], env=self.environment, stderr=subprocess.DEVNULL, timeout=LIMIT).returncode == 0
                for window in shown(title, self.environment)
            )

        wait_until(is_given, f"a window named {title}")


class Outsider:
    """Sends requests, one at a time, to `atspi_driver.py`, which runs under the system's Python."""

    def __init__(self, environment: Mapping[str, str], program: int, log: Path) -> None:
        """`log` is quoted in errors about what could not be found."""
        self._log = log
        script = Path(__file__).with_name("atspi_driver.py")
        self._child = subprocess.Popen(
            [SYSTEM_PYTHON, "-W", "ignore::DeprecationWarning", str(script), str(program)],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def see(self, text: str, *, window: str = "", limit: float = LIMIT) -> None:
        """Wait until something whose name contains `text` is shown."""
        self._ask("see", text, window=window, limit=limit)

    def press(self, name: str, *, window: str = "", limit: float = LIMIT) -> None:
        """Wait for an enabled control of that name, then press it."""
        self._ask("press", name, window=window, limit=limit)

    def act(self, name: str, action: str, *, window: str = "", limit: float = LIMIT) -> None:
        """Wait for an enabled control of that name, then trigger its action `action`."""
        self._ask("act", name, window=window, limit=limit, action=action)

    def fill(self, name: str, text: str, *, window: str = "", limit: float = LIMIT) -> None:
        """Wait for an enabled field of that name, then set its text."""
        self._ask("fill", name, window=window, limit=limit, text=text)

    def look(self, *, window: str = "") -> list[dict[str, Any]]:
        """Everything shown: role, name, text, states and actions of each."""
        shown: list[dict[str, Any]] = self._ask("look", "", window=window, limit=LIMIT)["shown"]
        return shown

    def focused(self) -> str:
        """The name of the control that has the focus."""
        return str(self._ask("focused", "", window="", limit=LIMIT)["name"])

    def _ask(self, act: str, name: str, **more: str | float) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        print(json.dumps({"act": act, "name": name, **more}), file=self._child.stdin, flush=True)
        line = self._child.stdout.readline()
        if not line:
            raise DesktopFailed("the process that drives the windows from outside has ended; its reason stands above")
        answer: dict[str, Any] = json.loads(line)
        if not answer["done"]:
            raise AssertionError(f"{act} “{name}”: not found among {answer['shown']}; the program said:\n{self._log.read_text()}")
        return answer

    def close(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        end(self._child)
        if self._child.stdout is not None:
            self._child.stdout.close()
