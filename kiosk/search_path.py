"""Where Windows looks for programs. Standard library only: it precedes the first import of Qt."""

from __future__ import annotations

import os
import sys


def prepare() -> None:
    """Let there be a PATH, which PySide6 takes for granted at its import on Windows; child processes inherit it.

    A service or another program may start us without one. What is put there is where Windows looks in any case:
    https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw (lpApplicationName).
    """
    if sys.platform == "win32" and not os.environ.get("PATH"):
        os.environ["PATH"] = os.path.join(os.environ.get("SYSTEMROOT", "C:\\Windows"), "System32")
