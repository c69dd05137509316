"""`kiosk keep`: the parent of a counter. It starts `kiosk run`, starts that again after a crash, and ends with its exit code once that has
ended in order.

It is what an icon starts and what the system watches (Shell Launcher, systemd), and there all day: without Qt, with the standard library
and little else. No counter outlives it. One that hangs is left to whoever sits there: only they know whether it is about to answer.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from kiosk import last_resort, orderly_end
from kiosk.domain.keeping import Crash, Ended, GaveUp, Pausing, Running, ended, started_again
from kiosk.ending_signals import heard
from kiosk.failure import new_number
from kiosk.isolation import isolation

_CHECKOUT = Path(__file__).parents[1]


def keep(home: Sequence[str]) -> int:
    """Run the counter, with these arguments about its home, until it has ended in order. Returns its exit code; 128 and the signal, as a
    shell does, where it could not end in order when it was asked to.
    """
    keeper = _Keeper(home)
    _prepare_windows()
    with heard(keeper.end):
        return keeper.run()


class _Keeper:
    def __init__(self, home: Sequence[str]) -> None:
        self._home = home
        self._crashes: list[Crash] = []
        """Those that may not have been noted yet: of the last minute."""
        self._child: subprocess.Popen[bytes] | None = None
        self._is_asked = False
        # Not an event: a handler that sets one may interrupt whoever holds the lock in it.
        self._pause = threading.Lock()
        self._pause.acquire()

    def end(self, number: int, frame: FrameType | None) -> None:
        """Somebody asks for the end: the child ends in order, in the time that the system allows for it."""
        self._is_asked = True
        if self._pause.locked():
            self._pause.release()
        self._ask_child()

    def _ask_child(self) -> None:
        # Windows lets nobody but a console ask (Ctrl-C, Ctrl-Break), and that asks all its processes: `terminate` would be the end at once.
        # https://learn.microsoft.com/windows/console/ctrl-c-and-ctrl-break-signals
        if self._child is not None and sys.platform != "win32":
            self._child.terminate()

    def run(self) -> int:
        state = Running()
        while True:
            code = self._ended("run", *self._crash_options())
            told = orderly_end.told_by(code)
            after = ended(state, time.monotonic(), in_order=told is not None or self._is_asked or _is_session_ending())
            if isinstance(after, Ended):
                return _as_a_shell_says(code) if told is None else told
            self._note(Crash(new_number(), datetime.now().astimezone(), _why(code)), len(state.restarts))
            if isinstance(after, GaveUp):
                return self._give_up()
            self._wait(after)
            if self._is_asked:
                return last_resort.PROBLEM
            state = started_again(after, time.monotonic())

    def _note(self, crash: Crash, recent: int) -> None:
        self._crashes = [*self._crashes[max(0, len(self._crashes) - recent) :], crash]
        last_resort.complain("command.keep.crashed", incident=crash.number, why=crash.why)

    def _wait(self, pausing: Pausing) -> None:
        self._pause.acquire(timeout=max(0.0, pausing.until - time.monotonic()))

    def _give_up(self) -> int:
        """Have a process that knows Qt note it and say so; in another window if that crashes as well."""
        code = self._ended("run", "--gave-up", *self._crash_options())
        told = orderly_end.told_by(code)
        if told is None and not self._is_asked:
            last = self._crashes[-1]
            last_resort.show("command.keep.gave-up", incident=last.number, why=last.why, count=str(len(self._crashes)))
        return last_resort.PROBLEM if told is None else told

    def _crash_options(self) -> list[str]:
        return [f"--crash={crash}" for crash in self._crashes]

    def _ended(self, *arguments: str) -> int | None:
        """The exit code of the child, once it has ended; None if it could not be started."""
        places = [str(_CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = [*_bound_to_us(), sys.executable, isolation(), "-m", "kiosk.kept", *self._home, *arguments]
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own module
                command,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
                # Ctrl-C at a terminal is for us, who pass it on once.
                start_new_session=True,
            )
        except OSError:
            return None
        # Asked for while it was being started.
        if self._is_asked:
            self._ask_child()
        try:
            return self._child.wait()
        finally:
            self._child = None


def _why(code: int | None) -> str:
    if code is None:
        return "not started"
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    # Windows has codes for what the processor refuses, which are known in this form.
    return f"exit 0x{code:08X}" if code > 0xFF else f"exit {code}"


def _as_a_shell_says(code: int | None) -> int:
    if code is None or code > 0xFF:
        return last_resort.PROBLEM
    return code if code >= 0 else 128 - code


def _bound_to_us() -> list[str]:
    """On Linux, what starts a program such that the system kills it when we are killed: setpriv(1), prctl(2) PR_SET_PDEATHSIG. A counter
    that went on would keep a new one from starting, and nobody would start it again.
    """
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "KILL", "--"]


def _prepare_windows() -> None:
    if sys.platform == "win32":
        # A counter without these is better than none, and pywin32's errors are of no kind of their own.
        for prepare in (_show_no_crash, _go_last, _end_children_with_us):
            with contextlib.suppress(Exception):
                prepare()


def _is_session_ending() -> bool:
    """At log-off Windows may end the child as soon as it has closed everything, and lets nothing new be started.

    https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-getsystemmetrics (SM_SHUTTINGDOWN)
    """
    if sys.platform == "win32":
        with contextlib.suppress(Exception):
            import win32api

            shutting_down = 0x2000
            return bool(win32api.GetSystemMetrics(shutting_down))
    return False


if sys.platform == "win32":

    def _show_no_crash() -> None:
        """The child inherits it. Otherwise one that has crashed stays until somebody closes the system's message.

        https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-seterrormode
        """
        import win32api
        import win32con

        untyped: Any = win32api
        untyped.SetErrorMode(win32con.SEM_NOGPFAULTERRORBOX | win32con.SEM_FAILCRITICALERRORS)

    def _go_last() -> None:
        """From high to low: at log-off a process without windows may be ended at once, and the child with it, in the middle of a session.

        https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setprocessshutdownparameters
        """
        import win32process

        after_others = 0x200
        win32process.SetProcessShutdownParameters(after_others, 0)

    def _end_children_with_us() -> None:
        """The system ends all processes of a job when its last handle is closed, and we have that one.

        https://learn.microsoft.com/windows/win32/procthread/job-objects#managing-job-objects
        """
        import win32job
        import win32process

        # The stubs have no results.
        jobs: Any = win32job
        job = jobs.CreateJobObject(None, "")
        which = win32job.JobObjectExtendedLimitInformation
        limits = jobs.QueryInformationJobObject(job, which)
        limits["BasicLimitInformation"]["LimitFlags"] |= win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        jobs.SetInformationJobObject(job, which, limits)
        # We ourselves, so that what we start is in it from its first moment.
        jobs.AssignProcessToJobObject(job, win32process.GetCurrentProcess())
        # Never closed by us: Python would do so before we have ended with our own code.
        job.Detach()
