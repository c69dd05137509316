"""A message in a window that is not ours, for when ours cannot come up. Standard library only, since anything else may be what fails."""

from __future__ import annotations

import contextlib
import os
import sys

from kiosk.isolation import isolation

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

if sys.platform == "win32":

    def _has_visible_station() -> bool:
        """Whether the window station can be seen: one of a service or of SSH cannot, and a message box there would wait for ever.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-userobjectflags (WSF_VISIBLE)
        """
        flags, visible = 1, 1
        with contextlib.suppress(Exception):  # as below
            import ctypes

            user32 = ctypes.WinDLL("user32")
            user32.GetProcessWindowStation.restype = ctypes.c_void_p
            told = (ctypes.c_uint32 * 3)()  # USEROBJECTFLAGS: inherit, reserved, flags
            station = ctypes.c_void_p(user32.GetProcessWindowStation())
            if user32.GetUserObjectInformationW(station, flags, told, ctypes.sizeof(told), None):
                return bool(told[2] & visible)
        return True


def has_display() -> bool:
    """Whether windows are visible to anybody. Never raises."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    if sys.platform == "win32":
        return _has_visible_station()
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show_natively(title: str, text: str, close: str) -> None:
    """Show `text`, with a button named `close` where that can be chosen. On Windows returns once it was closed, elsewhere at once.

    Never raises. Without any program that could show it nothing happens.
    """
    if sys.platform == "win32":
        # By ctypes rather than pywin32: an installed package may be what is broken. One call with two strings, without structures.
        # https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-messageboxw
        icon_warning, set_foreground = 0x30, 0x10000
        with contextlib.suppress(Exception):  # a scanner may even keep ctypes from being loaded
            import ctypes

            ctypes.windll.user32.MessageBoxW(None, text, title, icon_warning | set_foreground)
        return
    import shutil

    programs = (
        (["zenity", "--error", "--no-markup", f"--title={title}", f"--text={text}", f"--ok-label={close}"], _MOMENT),
        (["kdialog", "--title", title, "--error", text], _MOMENT),
        ([sys.executable, isolation(), "-c", _TK, title, text, close], _MOMENT),
        ([sys.executable, isolation(), "-c", _QT, title, text, close], _QT_MOMENT),
        (["xmessage", "-center", "-title", title, text], _MOMENT),
    )
    for program, moment in programs:
        if shutil.which(program[0]) and _stays(program, moment):
            return


def _stays(program: list[str], moment: float) -> bool:
    """Whether the program still runs after a moment, or was closed before: one that lacks something itself ends with a failure."""
    # A start that shows nothing needs neither.
    import subprocess

    quiet = subprocess.DEVNULL
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    try:
        started = subprocess.Popen(  # noqa: S603 - programs named above
            program, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )
        return started.wait(moment) == 0
    except subprocess.TimeoutExpired:
        return True
    except (OSError, ValueError):
        return False
