"""Starts Qt, or says why it cannot start.

Where Qt finds no display or lacks a library it ends the process itself (qFatal, which aborts): its last words are caught before that.
To try it out in another process first would cost every start what it costs here only where it fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from kiosk.domain.errors import Unavailable
from kiosk.ui.qt_diagnosis import display_called, why_not

LIMIT = 10.0
"""Seconds a display may take to answer."""


def start_application(give_up: Callable[[Unavailable], int]) -> QApplication:
    """The one QApplication of this process.

    From inside a Qt that cannot start there is no way back: `give_up` is told why (display-unusable) and the process ends with the exit
    code it returns. Raises Unavailable: display-unusable, where that was found out before.
    """
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    said: list[str] = []

    def end(trouble: Unavailable) -> NoReturn:
        code = 1
        try:
            code = give_up(trouble)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)

    def hear(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind == QtMsgType.QtFatalMsg:
            end(why_not(said, Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))))

    before = qInstallMessageHandler(hear)
    try:
        with display_called(LIMIT):
            application = QApplication(["kiosk"])
    finally:
        qInstallMessageHandler(before)
    for message in said:
        sys.stderr.write(f"{message}\n")
    return application
