"""Where Windows looks for programs. It precedes the first import of Qt."""

from __future__ import annotations

import os
import sys

from kiosk.system_folders import programs_folder


def prepare() -> None:
    """Let there be a PATH, which PySide6 takes for granted at its import on Windows; child processes inherit it.

    A service or another program may start us without one. What is put there is where Windows looks in any case:
    https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw (lpApplicationName).
    """
    if sys.platform == "win32" and not os.environ.get("PATH"):
        os.environ["PATH"] = str(programs_folder())
