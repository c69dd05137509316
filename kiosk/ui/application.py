"""Start Qt, or report why it cannot start.

If Qt finds no display or lacks a library, it aborts the process (qFatal): its last messages are captured before that. Probing in a child
process first would cost every start what this costs only the failing ones.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from kiosk.domain.errors import Unavailable
from kiosk.orderly_end import leave
from kiosk.ui.qt_diagnosis import display_called, why_not

LIMIT = 10.0
"""Seconds to wait for the display to respond."""


def start_application(give_up: Callable[[Unavailable], int]) -> QApplication:
    """Return the QApplication of this process, creating it if needed.

    A failure inside Qt is not recoverable: `give_up` is called with the cause (display-unusable), and the process exits with the code it
    returns. Raises Unavailable: display-unusable, if the failure was detected beforehand.
    """
    _import_without_features()
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    said: list[str] = []

    def end(trouble: Unavailable) -> NoReturn:
        code = 1
        try:
            code = give_up(trouble)
        finally:
            leave(code)

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


def _import_without_features() -> None:
    """Keep PySide6 from looking into every import: it reads the source of each module that is imported after it, in case that chooses
    `from __feature__ import …`, which none of ours does. It took a tenth of a start, and the sources stayed in memory.

    https://doc.qt.io/qtforpython-6/developer/feature-motivation.html, https://github.com/napari/napari/issues/8584
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
