"""Waits for tests, each with a timeout: on an event where there is one, else by polling."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

LIMIT = 30.0
WAIT_MS = round(LIMIT * 1000)
"""For `qtbot.waitUntil`. What comes in time on an idle machine is not missed on a busy one: a shorter limit proves nothing more."""
SOON = 15.0
"""Seconds within which also a busy machine is done with what waits for nobody; what it must not wait for takes `LIMIT` at least."""


def wait_until(condition: Callable[[], object], what: str, limit: float = LIMIT) -> None:
    """Poll every 10 ms for what gives no event of its own, such as a process starting up; fails after `limit` seconds."""
    end, pause = time.monotonic() + limit, threading.Event()
    while not condition():
        assert time.monotonic() < end, f"waited {limit:g} s in vain for {what}"
        pause.wait(0.01)


def wait_for_end(process: int, limit: float = LIMIT) -> None:
    """Wait until a process has ended, ours or another's; one of ours may be left as a zombie."""
    with suppress(ProcessLookupError):
        sign = os.pidfd_open(process)
        try:
            assert select.select([sign], [], [], limit)[0], f"process {process} is still there after {limit:g} s"
        finally:
            os.close(sign)


def end(child: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """End a process of ours, even a stopped one."""
    if child.poll() is None:
        if sys.platform != "win32":
            child.send_signal(signal.SIGCONT)
        child.terminate()
    try:
        child.wait(LIMIT)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(LIMIT)
