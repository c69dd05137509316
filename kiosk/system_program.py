"""Ask a program of the operating system."""

from __future__ import annotations

import subprocess

from kiosk.environment import for_system_programs
from kiosk.system_folders import programs_folder

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""For `creationflags`: a program without a console of its own opens none for a child. Windows would show it, and give it the focus.
https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags
"""


def ask(program: str, *arguments: str, limit: float) -> str | None:
    """Return what `program`, a path in the system's own folder, writes; None if it is missing, fails, or takes longer than `limit` seconds.

    Only ASCII can be relied upon in the answer: which code page the program writes is the console's or the user's choice.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - a program of the system's
            # By its full path: Windows would look for a bare name in our own folder and the current one first.
            # https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
            [str(programs_folder() / program), *arguments],
            env=for_system_programs(),
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
