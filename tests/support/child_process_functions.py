"""Functions called in a child process by `test_child_process.py`."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

from kiosk import child_process
from kiosk.domain.errors import Code, Refused


def looked_at(secret: str) -> dict[str, object]:
    """Everything about this process that another one may read."""
    os.write(1, b"{noise")
    print("a library that talks")  # noqa: T201
    said = Path("/proc/self/cmdline").read_bytes() + Path("/proc/self/environ").read_bytes()
    return {"secret": secret, "seen": secret.encode() in said, "files": os.listdir("/proc/self/cwd")}


def echo(said: str) -> str:
    return said


def refuse(tries: int) -> None:
    raise Refused(Code.HANDOVER_CHANGED, typed=tries)


def break_down(secret: str) -> None:
    raise ValueError(secret)


def vanish() -> None:
    os._exit(0)


def keep_lock(note: str) -> None:
    """Record our own and our child's process id, then block for ever holding the GIL, as a call of Qt may."""
    helper = subprocess.Popen(["sleep", "600"])
    Path(note).write_text(f"{os.getpid()} {helper.pid}")
    ctypes.PyDLL(None).pause()


if __name__ == "__main__":
    # A caller that may be killed.
    from tests.support import child_process_functions

    child_process.call(child_process_functions.keep_lock, {"note": sys.argv[1]}, float(sys.argv[2]))
