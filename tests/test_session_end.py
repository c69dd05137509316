"""Log-off and shutdown: the store is closed before Qt's loop returns, and soon enough, whoever does not answer."""

from __future__ import annotations

import ctypes
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
from tests.support.cards.readers import InProcess
from tests.support.counter.headless import KEYS
from tests.support.wait import wait_until

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
    assert silent.asked.wait(10)
    begun = time.monotonic()
    opened.program.stop()
    silent.let_go()
    assert opened.closed_at is not None
    assert opened.closed_at - begun < WINDOWS_WAITS - 1
    opened.close()


@pytest.mark.skipif(sys.platform != "win32", reason="messages of Windows")
@pytest.mark.parametrize("ended_at_once", [False, True])
def test_a_log_off_closes_the_store_and_ends_with_0(tmp_path: Path, *, ended_at_once: bool) -> None:
    """`ended_at_once`: Windows ends the process as soon as it has answered."""
    home = Home(tmp_path / "home")
    home.prepare()
    keys = (tmp_path / "keys").as_posix()
    home.config.write_text(f'[card]\nrevocation = "none"\n[display]\nsingle = true\n[keys]\nplace = "file"\nfolder = "{keys}"\n', "utf-8")
    command = [sys.executable, "-m", "kiosk", "--home", str(home.folder), "run"]
    wal = home.store.with_name(home.store.name + "-wal")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as program:
        try:
            wait_until(lambda: wal.exists() and shown_by(program.pid), "the counter", 120)
            windows = shown_by(program.pid)
            assert [send(window, WM_QUERYENDSESSION, 0) for window in windows] == [1] * len(windows)
            for window in windows:
                send(window, WM_ENDSESSION, 1)
            if ended_at_once:
                program.kill()
            code = program.wait(30)
        finally:
            program.kill()
    assert ended_at_once or code == 0
    assert home.store.exists()
    assert not wal.exists()


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
