"""Ask a program of the operating system. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""For `creationflags`: a program without a console of its own opens none for a child. Windows would show it, and give it the focus.
https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags
"""
if sys.platform == "win32":
    # A bare name would be looked for in our own folder and the current one first:
    # https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
    _FOLDER = Path(os.environ.get("SystemRoot", r"C:\Windows"), "System32")
else:
    _FOLDER = Path("/usr/bin")


def ask(program: str, *arguments: str, limit: float) -> str | None:
    """Return what `program`, a path in the system's own folder, writes; None if it is missing, fails, or takes longer than `limit` seconds.

    Only ASCII can be relied upon in the answer: which code page the program writes is the console's or the user's choice.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - a program of the system's
            [str(_FOLDER / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limit,
            check=True,
            creationflags=NO_WINDOW,
            # Without a terminal: root's doctor acts for a member, who may trace what it starts, and would type into root's shell (TIOCSTI).
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", "replace")
