"""How the program asks its application to end."""

from __future__ import annotations

import logging

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

_log = logging.getLogger("kiosk.app")


def quit_soon(why: str, code: int = 0) -> None:
    """Have the event loop return `code` once what runs now is done, also if it has not begun. `why` is for the log.

    `QApplication.exit` says at once that the application quits, whereupon the program stops: in the middle of whatever has called it.
    """
    _log.info("the counter is to end: %s", why)
    QTimer.singleShot(0, lambda: QApplication.exit(code))
