"""A picture of a real browser that takes the number, for the tour: made beside it, on a desktop of its own.

The tour's display often has no window manager, session bus or accessibility, without which no number is handed over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication

from kiosk import child_process
from kiosk.demo.library_page import LibraryPage
from kiosk.demo.tour_driver import QUICK, Guide, Wait
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.incidents import BrokeApart
from kiosk.library.handover import Target, accessibility, desktop, hand_over
from kiosk.library.handover.elements import Element, Elements, Unknown

LIMIT = 10.0
"""Seconds for all of it."""
_ENDING_SECONDS = 2.0
"""For each program, before it is killed."""
_LOOK_SECONDS = 0.05
PROGRAMS = ("Xvfb", "openbox", "dbus-daemon", "chromium")
# The page is our own and the profile is thrown away: without the sandbox it also runs as root and in containers, and with the test type
# it does not say so across the page. Nothing is asked of the network.
_BROWSER = (
    "--no-sandbox",
    "--test-type",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--force-renderer-accessibility",
    "--start-maximized",
    "--lang=ja",
)


class BrowserPicture:
    """Use as a context manager; waits at its end until nothing of it is left."""

    def __init__(self, number: str, limit: float = LIMIT) -> None:
        """`number`: of the library card of a patron of the demo."""
        self._number, self._limit = number, limit
        self._thread: threading.Thread | None = None
        self._missing: list[str] = []
        self._picture, self._reason = b"", ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._thread is not None:
            self._thread.join()

    def begun(self, guide: Guide) -> Iterator[Wait]:
        """A step of the tour: goes on beside those that follow."""
        self._missing = [name for name in PROGRAMS if shutil.which(name) is None]
        if not self._missing:
            self._thread = threading.Thread(target=self._make, args=(guide.staff.screen().size(),), name="browser-picture")
            self._thread.start()
        yield from ()

    def shown(self, guide: Guide) -> Iterator[Wait]:
        """The chapter: the picture, or in one line why there is none."""
        yield from guide.chapter("browser")
        thread = self._thread
        yield lambda: thread is None or not thread.is_alive()
        if self._picture:
            guide.add(self._picture, "browser")
        elif self._missing:
            guide.tell("browser-missing", programs=", ".join(self._missing))
        else:
            guide.tell("browser-failed", reason=self._reason)

    def _make(self, size: QSize) -> None:
        # The folder is ours: of a process that had to be killed nothing stays.
        with tempfile.TemporaryDirectory(prefix="kiosk-browser-", ignore_cleanup_errors=True) as folder:
            asked = {
                "folder": folder,
                "number": self._number,
                "size": f"{size.width()}x{size.height()}",
                "limit": self._limit - _ENDING_SECONDS,
            }
            try:
                child_process.call(make, asked, self._limit)
                self._picture = _file(folder).read_bytes()
            except (KioskError, child_process.NoAnswer, BrokeApart, OSError) as error:
                self._reason = error.code.value if isinstance(error, KioskError) else type(error).__name__


def make(folder: str, number: str, size: str, limit: float) -> None:
    """Runs in the child process: hand the number over and leave the picture in the folder."""
    end = time.monotonic() + limit
    page = LibraryPage()
    with page.served(), _Desktop(Path(folder), size) as private:
        os.environ.clear()
        os.environ.update(private.environment)
        accessible = accessibility()
        if accessible is None:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        with accessible.switched_on(), accessible.elements(limit) as elements:
            private.start(["chromium", *_BROWSER, f"--user-data-dir={folder}/profile", page.address])
            _await_field(page.target, elements, end)
            hand_over(number, page.target, desktop(), accessible)
            if not page.shows(number, max(0, end - time.monotonic())):
                raise Refused(Code.HANDOVER_NOT_SHOWN, typed=len(number))
            _grab(_file(folder))


class _Desktop:
    """A screen with a window manager and a session bus. Each process is ended by its own id, the last first."""

    def __init__(self, folder: Path, size: str) -> None:
        self._folder, self._size = folder, size
        self._ends = ExitStack()
        self.environment = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
        self.environment |= dict.fromkeys(("HOME", "TMPDIR", "XDG_RUNTIME_DIR"), str(folder))
        self.environment |= {"LANG": "C.UTF-8", "LANGUAGE": "ja", "QT_QPA_PLATFORM": "xcb"}

    def __enter__(self) -> Self:
        with ExitStack() as ends:
            self._ends = ends
            number = self._announced("Xvfb", "-displayfd", "{fd}", "-screen", "0", f"{self._size}x24", "-nolisten", "tcp", "-noreset")
            self.environment["DISPLAY"] = f":{number}"
            bus = ("--session", "--nofork", "--nosyslog", "--print-address={fd}", f"--address=unix:dir={self._folder}")
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._announced("dbus-daemon", *bus)
            self.start(["openbox"])
            self._ends = ends.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def _announced(self, *command: str) -> str:
        """Start a server that writes where it listens to the descriptor {fd}; returns that."""
        ours, theirs = os.pipe()
        try:
            self.start([part.format(fd=theirs) for part in command], theirs)
        finally:
            os.close(theirs)
        with os.fdopen(ours) as said:
            return said.readline().strip()

    def start(self, command: Sequence[str], *descriptors: int) -> None:
        child = subprocess.Popen(  # noqa: S603 - programs that every system of this kind has
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=descriptors,
        )
        self._ends.callback(_end, child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _await_field(target: Target, elements: Elements, end: float) -> None:
    """Return once the page is open and tells of its field."""
    field = target.field
    with desktop().seat(end - time.monotonic()) as seat:
        while not any(
            isinstance(elements.find(window, field), Element) for window in seat.windows() if field is not None and target.fits(window)
        ):
            if time.monotonic() > end:
                raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_ANSWER.value)
            seat.wait(_LOOK_SECONDS)


def _grab(file: Path) -> None:
    application = QGuiApplication([])
    application.primaryScreen().grabWindow(0).toImage().save(str(file), quality=QUICK)


def _file(folder: str) -> Path:
    return Path(folder) / "picture.png"
