"""Log-off and shutdown: a patron's session ends, and the store is closed before Qt's loop returns; soon enough, whoever does not answer."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk.app import Program, running
from kiosk.app.engine import Equipment
from kiosk.checks.periodic import Look
from kiosk.config import CardSettings, DisplaySettings, Home, RevocationSource, Settings
from kiosk.domain.states import CounterFacts
from kiosk.effects import LibrarySystem
from kiosk.smartcard.judge import CardJudge
from kiosk.store.repository import Repository
from tests.support import ROOT, SUPPORT
from tests.support.cards.readers import InProcess
from tests.support.counter.headless import KEYS
from tests.support.counter.steps import OWN
from tests.support.wait import LIMIT, wait_until

SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))
WINDOWS = cast(Any, ctypes)
"""With what it has on Windows alone."""
WINDOWS_WAITS = 5.0
"""Seconds: https://learn.microsoft.com/windows/win32/shutdown/shutdown-changes-for-windows-vista"""


class Silent:
    """Library system, library's server and disk that never answer."""

    def __init__(self) -> None:
        self.asked, self._never = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Callable[..., None]:
        return self.never

    def never(self, *_: object) -> None:
        self.asked.set()
        self._never.wait(60)

    def start(self) -> None: ...

    def look(self) -> None: ...

    def stop(self, limit: float) -> None:
        self._never.wait(limit)

    def let_go(self) -> None:
        self._never.set()


class Opened:
    """A program on virtual readers, whose equipment says when it was closed."""

    def __init__(self, store: Path, judge: CardJudge, silent: Silent | None = None) -> None:
        self._store, self._judge, self._silent, self._world = store, judge, silent, InProcess()
        self.closed_at: float | None = None
        self._facts = CounterFacts("窓口1", revocation_checked=False)
        self.program = Program(SETTINGS, self._facts, self._equipment())

    @contextmanager
    def _equipment(self) -> Iterator[Equipment]:
        silent = self._silent
        with Repository(self._store, KEYS, "窓口1", lambda: datetime.now(UTC)) as repository:
            yield Equipment(
                readers=self._world.readers,
                monitor=self._world.monitor,
                judge=self._judge,
                repository=repository,
                facts=self._facts,
                own_displays=False,
                looks=() if silent is None else [[Look("disk", cast(Any, silent.never))]],
                library=cast("LibrarySystem | None", silent),
                sync=None if silent is None else lambda post: cast(Any, silent),
            )
        self.closed_at = time.monotonic()

    def close(self) -> None:
        for window in (self.program.displays.staff, self.program.displays.patron):
            shiboken6.delete(window)


def test_everything_is_closed_when_qt_says_that_it_quits(qapp: QApplication, tmp_path: Path, judge: CardJudge) -> None:
    """On Windows Qt says so while it handles WM_ENDSESSION: the process may be ended right afterwards."""
    found: list[bool] = []
    opened = Opened(tmp_path / "kiosk.db", judge)
    with running(opened.program):
        assert opened.program.conductor.counter.facts.counter_name == "窓口1"
        look = qapp.aboutToQuit.connect(lambda: found.append(opened.closed_at is not None))
        QTimer.singleShot(0, qapp, lambda: qapp.exit(0))
        assert qapp.exec() == 0
        qapp.aboutToQuit.disconnect(look)
    assert found == [True]
    assert not (tmp_path / "kiosk.db-wal").exists()
    opened.close()


def test_what_comes_after_the_end_is_not_taken_up(qapp: QApplication, tmp_path: Path, judge: CardJudge) -> None:
    opened = Opened(tmp_path / "kiosk.db", judge)
    opened.program.start()
    opened.program.stop()
    opened.program.displays.staff.close()
    with pytest.raises(RuntimeError, match="has ended"):
        _ = opened.program.conductor
    opened.program.stop()
    opened.close()


def test_nobody_who_does_not_answer_keeps_the_store_open_for_longer_than_windows_waits(
    qapp: QApplication, tmp_path: Path, judge: CardJudge
) -> None:
    silent = Silent()
    opened = Opened(tmp_path / "kiosk.db", judge, silent)
    opened.program.start()
    assert opened.program.conductor.counter.facts.counter_name == "窓口1"
    assert silent.asked.wait(LIMIT)
    begun = time.monotonic()
    opened.program.stop()
    silent.let_go()
    assert opened.closed_at is not None
    assert opened.closed_at - begun < WINDOWS_WAITS - 1
    opened.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("how_far", "pins"), [("pad", 0), ("patron", 1)])
def test_nothing_is_left_of_a_patron_whom_the_end_of_the_session_meets(tmp_path: Path, how_far: str, pins: int) -> None:
    """The digits typed are not sent to the card; what was registered before is on disk."""
    with started(str(SUPPORT / "counter" / "until_the_session_ends.py"), str(tmp_path), how_far) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == b"open"
        took = end_session_of(program)
        left = json.loads(program.stdout.read())
        code = program.wait(30)
    assert took < WINDOWS_WAITS
    assert (code, left) == (0, {"shown": [], "copied": "", "pins": pins, "released": True})
    log = (tmp_path / "logs" / "kiosk.log").read_text("utf-8")
    assert WHY in log
    assert "the counter has ended" in log
    assert "incident" not in log
    assert list((tmp_path / "logs").glob("kiosk-crash*")) == []
    assert not (tmp_path / "kiosk.db-wal").exists()
    with Repository(tmp_path / "kiosk.db", KEYS, "窓口1", lambda: datetime.now(UTC)) as again:
        assert again.is_in_order
        assert (again.find_by_number(OWN) is not None) is (how_far == "patron")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("killed", [False, True])
def test_the_program_ends_with_0_and_its_store_is_closed(tmp_path: Path, *, killed: bool) -> None:
    """`killed`: as Windows may do as soon as it was answered; on Linux nobody is known to have ended it before."""
    home = Home(tmp_path / "home")
    home.prepare()
    keys = (tmp_path / "keys").as_posix()
    home.config.write_text(f'[card]\nrevocation = "none"\n[display]\nsingle = true\n[keys]\nplace = "file"\nfolder = "{keys}"\n', "utf-8")
    wal = home.store.with_name(home.store.name + "-wal")
    for _ in range(2):
        with started("-m", "kiosk", "--home", str(home.folder), "run") as program:
            wait_until(wal.exists, "the counter", 60)
            end_session_of(program)
            if killed and sys.platform == "win32":
                program.kill()
            code = program.wait(30)
        assert killed or code == 0
        assert home.store.exists()
        assert not wal.exists()
    log = (home.logs / "kiosk.log").read_text("utf-8")
    assert log.count("the counter has ended") == 2
    assert "incident" not in log


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    if sys.platform == "win32":
        # Only real windows get messages.
        environment["QT_QPA_PLATFORM"] = "windows"
    command = [sys.executable, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, cwd=ROOT, env=environment) as program:
        try:
            yield program
        finally:
            program.kill()


WHY = "the desktop is about to end the session" if sys.platform == "win32" else "the counter is to end: signal"


def end_session_of(program: subprocess.Popen[bytes]) -> float:
    """As the system does at log-off: Windows by messages, after a first time when somebody else has refused; logind by two signals at once.

    Returns for how many seconds the system had to wait: for an answer on Windows, for the process to end on Linux.
    """
    if sys.platform == "win32":
        wait_until(lambda: shown_by(program.pid), "its windows", 60)
        windows = shown_by(program.pid)
        for ends in (0, 1):
            assert [send(window, WM_QUERYENDSESSION, 0) for window in windows] == [1] * len(windows)
            assert program.poll() is None
            # The first window's answer may have closed the others.
            begun = time.monotonic()
            send(windows[0], WM_ENDSESSION, ends)
    else:
        begun = time.monotonic()
        for number in (signal.SIGTERM, signal.SIGHUP):
            program.send_signal(number)
        program.wait(30)
    return time.monotonic() - begun


WM_QUERYENDSESSION, WM_ENDSESSION, ENDSESSION_LOGOFF = 0x11, 0x16, 0x8000_0000


def shown_by(process: int) -> list[int]:
    """The visible windows of a process, by handle."""
    user, found = WINDOWS.windll.user32, []

    def look(window: int, _: int) -> bool:
        owner = ctypes.c_ulong()
        user.GetWindowThreadProcessId(ctypes.c_void_p(window), ctypes.byref(owner))
        if owner.value == process and user.IsWindowVisible(ctypes.c_void_p(window)):
            found.append(window)
        return True

    user.EnumWindows(WINDOWS.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)(look), None)
    return found


def send(window: int, message: int, ends: int) -> int:
    """What the window answers, within a minute."""
    answer = ctypes.c_size_t()
    arguments = (
        ctypes.c_void_p(window),
        message,
        ctypes.c_size_t(ends),
        ctypes.c_ssize_t(ENDSESSION_LOGOFF),
        0,
        60_000,
        ctypes.byref(answer),
    )
    assert WINDOWS.windll.user32.SendMessageTimeoutW(*arguments)
    return answer.value
