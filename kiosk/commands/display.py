"""Qt for commands that need a display; if it cannot start, the reason on the terminal and, if possible, in a small window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.text import refusal, say
from kiosk.ui.qt_diagnosis import cannot_be_loaded

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_A_WINDOW_MAY_COME = {"library", "platform", "incomplete", "broken", "memory", "open-files", "other"}
"""Reasons for which Qt may fail although other programs can open windows."""
_OPEN_FILES = 64
"""A counter has some twenty files open, and a few more for each display, reader and child process."""
_ADDRESSES = 1_500_000 << 10
"""Bytes of address space: a counter reserves 1.4 GB for its threads and uses a tenth of that."""
_TK = """
import sys, tkinter
window = tkinter.Tk()
window.title(sys.argv[1])
tkinter.Label(window, text=sys.argv[2], justify="left", wraplength=640, padx=24, pady=24).pack()
tkinter.Button(window, text=sys.argv[3], command=window.destroy).pack(pady=(0, 24))
window.mainloop()
"""


def start_display() -> QApplication:
    """Start Qt and return the application of this process.

    Raises Unavailable: display-unusable. Where Qt itself would abort the process, it is ended after the reason was shown.
    """
    _check_limits()
    try:
        from kiosk.ui.application import start_application
    except ImportError as error:
        raise cannot_be_loaded(error) from error
    application = start_application(give_up)
    if not application.screens():
        raise Unavailable(Code.DISPLAY_UNUSABLE, reason="no-screen")
    return application


def _check_limits() -> None:
    """Refuse resource limits under which windows would be incomplete or hang, since Qt and threads do not report failed allocations."""
    if sys.platform == "win32":
        return
    import resource

    for limit, least, reason in (
        (resource.RLIMIT_NOFILE, _OPEN_FILES, "open-files"),
        (resource.RLIMIT_AS, _ADDRESSES, "memory"),
    ):
        most = resource.getrlimit(limit)[0]
        if most != resource.RLIM_INFINITY and most < least:
            raise Unavailable(Code.DISPLAY_UNUSABLE, reason=reason)


def give_up(trouble: KioskError) -> int:
    """Report the problem by every means left. Returns the exit code."""
    code = output.complain(trouble)
    if trouble.params.get("reason") in _A_WINDOW_MAY_COME:
        show_otherwise(trouble)
    return code


def show_trouble(trouble: KioskError) -> None:
    """Show why the counter does not start in a window, if anybody can see one: a counter has no terminal."""
    if not has_display():
        return
    if trouble.code is Code.DISPLAY_UNUSABLE:
        if trouble.params.get("reason") in _A_WINDOW_MAY_COME:
            show_otherwise(trouble)
        return
    try:
        from kiosk.ui.application import start_application
    except ImportError:
        show_otherwise(trouble)
        return

    def in_another_window(_: Unavailable) -> int:
        show_otherwise(trouble)
        return output.exit_code(trouble)

    try:
        application = start_application(in_another_window)
    except Unavailable:
        return
    from kiosk.app import show_trouble as show

    show(application, refusal(trouble.code, "title", **trouble.params), output.explain(trouble).splitlines())


def show_otherwise(trouble: KioskError) -> None:
    """Show it in a window of another program, if one is installed. The window is not waited for."""
    title, text = refusal(trouble.code, "title", **trouble.params), output.explain(trouble)
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, title, 0x30)
        return
    close = say("staff.start.close")
    programs = (
        ["zenity", "--error", "--no-markup", f"--title={title}", f"--text={text}", f"--ok-label={close}"],
        ["kdialog", "--title", title, "--error", text],
        [sys.executable, "-P", "-c", _TK, title, text, close],
        ["xmessage", "-center", "-title", title, text],
    )
    for program in programs:
        if shutil.which(program[0]) and _stays(program):
            return


def _stays(program: list[str]) -> bool:
    """Whether the program still runs after a moment: one that lacks something itself ends at once."""
    quiet = subprocess.DEVNULL
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    try:
        started = subprocess.Popen(  # noqa: S603 - programs named above
            program, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )
        return started.wait(1.0) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False


def has_display() -> bool:
    """Whether windows are visible to anybody."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
