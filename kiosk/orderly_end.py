"""The sign by which a program that is kept (`kiosk.keeper`) says that it has ended in order. Standard library only.

Exit codes alone do not tell: whoever ends a process on Windows chooses its code, and the task manager and `taskkill` choose 1
(https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess); so does Python where it cannot even
begin. So a program that is kept adds to its code what nobody else would choose.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

_SIGN = 64
_CODES = frozenset({0, 1, 2, 130})
"""Of `kiosk.__main__.main`."""
_added = 0


def sign_from_now_on() -> None:
    """`leave` adds the sign: somebody keeps this process."""
    global _added
    _added = _SIGN


def leave(code: int) -> NoReturn:
    """End the process at once, in order. What is to be closed is closed: what a library breaks while Python shuts down would look like a
    crash, and a counter that staff had closed would be back.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code + _added)


def told_by(exit_code: int | None) -> int | None:
    """The code with which a process that is kept ended in order; None if it did not, or has none."""
    return exit_code - _SIGN if exit_code is not None and exit_code - _SIGN in _CODES else None
