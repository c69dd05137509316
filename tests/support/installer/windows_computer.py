"""A computer with Windows 10, as far as Wine is one: a prefix of its own, on a screen of its own, into which something is installed.

It stands in for Windows where files, registry and processes are concerned; it has no accounts but one, and that one may do everything.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import IO, Self

from tests.support import ROOT
from tests.support.screens.shown import shown
from tests.support.screens.xvfb import Screen

LIMIT = 120.0
_ID = "LibraryCardKiosk"
UNINSTALL = rf"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\{_ID}"
RUN = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run"


class WindowsComputer:
    """Use as a context manager. `drive` is its drive C, `screen` the name of its screen."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ends = folder, ExitStack()
        self._keeper: subprocess.Popen[bytes] | None = None
        self.drive = folder / "prefix" / "drive_c"
        self.program = self.drive / "Program Files" / _ID

    def __enter__(self) -> Self:
        told = subprocess.run(
            [ROOT / "tools" / "wine", "--environment"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=True
        )
        laid_out = dict(line.split("=", 1) for line in told.stdout.splitlines())
        shutil.copytree(laid_out["WINEPREFIX"], self._folder / "prefix", symlinks=True)
        self.screen = self._ends.enter_context(Screen(managed=False)).name
        self._environment: Mapping[str, str] = {
            **os.environ,
            **laid_out,
            "WINEPREFIX": str(self._folder / "prefix"),
            "DISPLAY": self.screen,
        }
        self._loader = laid_out["WINELOADER"]
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_power()
        self._ends.close()

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a program. Its process is the program itself, to be waited for or killed."""
        # Wine's server ends some seconds after its last program, and what begins at that moment ends with it: with code 1, without a word.
        if self._keeper is None:
            self._keeper = self._begin("cmd")
        return self._begin(*command)

    def run(self, *command: str | Path, limit: float = LIMIT) -> tuple[int, str]:
        """Run a program to its end; its exit code, and what it printed."""
        running, printed = self.start(*command), bytearray()
        assert running.stdin is not None
        running.stdin.close()
        reader = Thread(target=_read, args=(running.stdout, printed), daemon=True)
        reader.start()
        try:
            code = running.wait(limit)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
        # What Wine starts in the background holds the pipe open.
        reader.join(0.5)
        return code, bytes(printed).decode("cp932", "replace")

    def batch(self, line: str) -> tuple[int, str]:
        """Run a command line as it stands, whatever its quotes."""
        (self.drive / "line.cmd").write_text(f"@{line}\r\n@exit %errorlevel%\r\n", encoding="ascii", newline="")
        return self.run("cmd", "/c", r"C:\line.cmd")

    def settle(self) -> None:
        """Until every program of Windows has ended."""
        if self._keeper is not None:
            # A command line ends with its input.
            assert self._keeper.stdin is not None
            self._keeper.stdin.close()
            self._keeper = None
        subprocess.run(["wineserver", "--wait"], env=dict(self._environment), timeout=LIMIT, check=True)

    def press(self, *keys: str) -> None:
        """As somebody who sits there does, in the window in front."""
        subprocess.run(["xdotool", "key", "--delay", "60", *keys], env={**os.environ, "DISPLAY": self.screen}, timeout=LIMIT, check=True)

    def shows(self, title: str, *, times: int = 1) -> bool:
        """Whether so many windows with this in their titles are open."""
        return len(shown(title, {**os.environ, "DISPLAY": self.screen})) >= times

    def menus(self) -> set[str]:
        """The folders in the Start menu that all accounts see, with something in them."""
        programs = self.drive / "ProgramData/Microsoft/Windows/Start Menu/Programs"
        return {path.parent.name for path in programs.rglob("*.lnk")}

    def speak(self, locale: str) -> None:
        """From here on, the language of Windows. Of a locale that this machine has not, Wine reads no Japanese names of files."""
        self.settle()
        self._environment = {**self._environment, "LC_ALL": locale}

    def cut_power(self) -> None:
        """End all programs of Windows at once, whatever they are about."""
        subprocess.run(["wineserver", "--kill"], env=dict(self._environment), timeout=LIMIT, check=False)
        self.settle()

    def kiosk(self, *arguments: str) -> tuple[int, str]:
        """The command line as an administrator finds it there."""
        return self.run("cmd", "/c", rf"C:\Program Files\{_ID}\kiosk.cmd", *arguments)

    def registry(self, key: str, name: str) -> str | None:
        code, printed = self.run("reg", "query", key, "/v", name)
        found = re.search(rf"(?m)^\s+{re.escape(name)}\s+REG_\w+\s+(.*?)\s*$", printed)
        return found[1] if code == 0 and found else None

    def apps(self) -> dict[str, str]:
        """What "Apps" lists: versions by name. Of what setup.exe and the MSI install."""
        _, printed = self.run("reg", "query", UNINSTALL.removesuffix(rf"\{_ID}"), "/s")
        blocks = [dict(re.findall(r"(?m)^ {4}(\w+) {4}REG_\w+ {4}(.*?)\r?$", block)) for block in printed.split("HKEY_")]
        return {block["DisplayName"]: block["DisplayVersion"] for block in blocks if "DisplayVersion" in block}

    def _begin(self, *command: str | Path) -> subprocess.Popen[bytes]:
        # Unless all three are pipes, Python finds no standard streams there.
        begun = subprocess.Popen(
            [self._loader, *map(str, command)],
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._ends.callback(_finish, begun)
        return begun

    @property
    def version(self) -> str | None:
        """What Windows takes for the version that is installed."""
        return self.registry(UNINSTALL, "DisplayVersion")

    @property
    def versions(self) -> set[str]:
        """Whose folders are there."""
        return {path.name for path in self.program.iterdir() if path.is_dir()} if self.program.exists() else set()


def _finish(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(LIMIT)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _read(stream: IO[bytes], into: bytearray) -> None:
    # Closed at the end of the test, if not before.
    with suppress(OSError, ValueError):
        while data := os.read(stream.fileno(), 65536):
            into += data
