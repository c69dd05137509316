"""A print server that accepts the connection and does not respond: the windows stay responsive, and the slip fails in time."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from kiosk.config import SlipSettings
from kiosk.domain.circulation import Item
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.slip import Slip, SlipKind, SlipLine
from kiosk.ui.slip import SlipPrinter
from tests.support.ports import free_port
from tests.support.wait import LIMIT, SOON

pytestmark = pytest.mark.linux("CUPS")

TITLE = "信濃川の橋をたずねて"
SLIP = Slip(SlipKind.TODAY, LibraryCardNumber("2104067851"), (SlipLine(Item("1098221670", TITLE), Service.LOAN),))
GIVEN_UP = 3.0
STALL = 0.5
"""Seconds; a machine that tests something else beside this makes a beat late, but not by that much. Without the mending: 61."""


class SilentServer:
    """Takes every connection and keeps it. Use as a context manager."""

    def __enter__(self) -> SilentServer:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._take)
        self._thread.start()
        return self

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self.taken.append(self._listening.accept()[0])

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(LIMIT)
        for connection in self.taken:
            connection.close()


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentServer]:
    with SilentServer() as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        yield server


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text().split()) | {
        child
        for task in Path("/proc/self/task").iterdir()
        if (listed := task / "children").exists()
        for child in listed.read_text().split()
    }


@pytest.mark.parametrize("printer", ["カウンター2", ""], ids=["by name", "the system's own"])
def test_a_silent_print_server_stops_no_window(qapp: QApplication, silent: SilentServer, tmp_path: Path, printer: str) -> None:
    slips = SlipPrinter(SlipSettings(to="printer", printer=printer), tmp_path, "窓口1", lambda: datetime.now(UTC), limit=GIVEN_UP)
    before, beats, loop = children(), [time.monotonic()], QEventLoop()
    heart = QTimer(interval=10, timerType=Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    with ThreadPoolExecutor(1) as worker:
        printing = worker.submit(slips.print, SLIP)
        heart.timeout.connect(lambda: loop.quit() if printing.done() else None)
        heart.start()
        loop.exec()
        heart.stop()
        error = printing.exception()
    assert isinstance(error, Unavailable)
    assert error.code is Code.SLIP_PRINTER_SILENT
    assert silent.taken
    assert beats[-1] - beats[0] < GIVEN_UP + SOON
    assert max(later - earlier for earlier, later in pairwise(beats)) < STALL
    assert children() <= before


def test_a_print_server_that_is_not_there_is_no_printer(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{free_port()}")
    slips = SlipPrinter(SlipSettings(to="printer", printer="カウンター2"), tmp_path, "窓口1", lambda: datetime.now(UTC))
    with pytest.raises(Unavailable) as caught:
        slips.print(SLIP)
    assert caught.value.code is Code.SLIP_PRINTER_MISSING
