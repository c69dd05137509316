"""What tests have started ends with the process that runs them. A time limit may end that at once (faulthandler), without any `finally`.

A watcher waits for that end and then kills whatever has our mark in its environment, in sessions of their own as well. Linux only.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

MARK = "KIOSK_TESTS_OF"
_ROUNDS = 20
"""Those that are being killed may have begun others."""


def pytest_sessionstart() -> None:
    watch()


def watch() -> None:
    """Begin to watch this process."""
    if sys.platform == "linux":
        mark = uuid.uuid4().hex
        command = [sys.executable, "-I", "-S", __file__, str(os.getpid()), mark]
        nothing = subprocess.DEVNULL
        # By itself, and without the mark of whoever started us: the watcher of that one would end it before it has done its work.
        own = {name: value for name, value in os.environ.items() if name != MARK}
        watcher = subprocess.Popen(command, env=own, start_new_session=True, stdin=nothing, stdout=nothing, stderr=nothing)
        os.environ[MARK] = mark
        # It ends after us.
        watcher.returncode = 0


def _end_all(mark: str) -> None:
    ours = f"{MARK}={mark}".encode()
    for _ in range(_ROUNDS):
        found = False
        for place in Path("/proc").glob("[0-9]*"):
            # Of others, or gone.
            with suppress(OSError):
                if ours in (place / "environ").read_bytes().split(b"\0"):
                    found = True
                    os.kill(int(place.name), signal.SIGKILL)
        if not found:
            return


def main() -> None:
    process, mark = sys.argv[1:]
    with suppress(ProcessLookupError):
        select.select([os.pidfd_open(int(process))], [], [])
    _end_all(mark)


if __name__ == "__main__":
    main()
