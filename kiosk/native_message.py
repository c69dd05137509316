"""A message in a window that is not ours, for when ours cannot come up. Standard library only, since anything else may be what fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_TK = """
import sys, tkinter
window = tkinter.Tk()
window.title(sys.argv[1])
tkinter.Label(window, text=sys.argv[2], justify="left", wraplength=640, padx=24, pady=24).pack()
tkinter.Button(window, text=sys.argv[3], command=window.destroy).pack(pady=(0, 24))
window.mainloop()
"""
_QT = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
application = QApplication(["kiosk"])
box = QMessageBox(QMessageBox.Icon.Warning, sys.argv[1], sys.argv[2])
box.setTextFormat(Qt.TextFormat.PlainText)
box.addButton(sys.argv[3], QMessageBox.ButtonRole.AcceptRole)
box.exec()
"""
_MOMENT, _QT_MOMENT = 1.0, 10.0
"""Seconds in which a program that cannot show anything has ended."""


def has_display() -> bool:
    """Whether windows are visible to anybody."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show_natively(title: str, text: str, close: str) -> None:
    """Show `text`, with a button named `close` where that can be chosen. On Windows returns once it was closed, elsewhere at once.

    Never raises. Without any program that could show it nothing happens.
    """
    if sys.platform == "win32":
        # By ctypes rather than pywin32: an installed package may be what is broken. One call with two strings, without structures.
        # https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-messageboxw
        import ctypes

        icon_warning, set_foreground = 0x30, 0x10000
        ctypes.windll.user32.MessageBoxW(None, text, title, icon_warning | set_foreground)
        return
    programs = (
        (["zenity", "--error", "--no-markup", f"--title={title}", f"--text={text}", f"--ok-label={close}"], _MOMENT),
        (["kdialog", "--title", title, "--error", text], _MOMENT),
        ([sys.executable, "-P", "-c", _TK, title, text, close], _MOMENT),
        ([sys.executable, "-P", "-c", _QT, title, text, close], _QT_MOMENT),
        (["xmessage", "-center", "-title", title, text], _MOMENT),
    )
    for program, moment in programs:
        if shutil.which(program[0]) and _stays(program, moment):
            return


def _stays(program: list[str], moment: float) -> bool:
    """Whether the program still runs after a moment, or was closed before: one that lacks something itself ends with a failure."""
    quiet = subprocess.DEVNULL
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    try:
        started = subprocess.Popen(  # noqa: S603 - programs named above
            program, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )
        return started.wait(moment) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
