"""Paste from other programs, read in a child process: X11's clipboard owner may not respond, and Qt blocks five seconds for it.

A thread would not help (`kiosk.child_process`), nor is one needed: QProcess reports the exit.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from kiosk.isolation import isolation

LIMIT_MS = 2000
MOST = 1000
"""In characters: more than any field accepts."""
_CHECKOUT = Path(__file__).parents[2]


class Pasting(QObject):
    """One read, started at once; deletes itself when finished.

    Signals:
        fetched: the text; empty if there is none or it timed out.
    """

    fetched = Signal(str)

    def __init__(self) -> None:
        application = QGuiApplication.instance()
        super().__init__(application)
        self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONPATH", os.pathsep.join([str(_CHECKOUT), *filter(None, [environment.value("PYTHONPATH")])]))
        self._process.setProcessEnvironment(environment)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._failed)
        limit = QTimer(self, singleShot=True, interval=LIMIT_MS)
        limit.timeout.connect(self._process.kill)
        limit.start()
        if application is not None:
            application.aboutToQuit.connect(self._give_up)
        self._process.start(sys.executable, [isolation(), "-m", __name__])

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        whole = status is QProcess.ExitStatus.NormalExit and code == 0
        self.fetched.emit(bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace") if whole else "")
        self.deleteLater()

    def _give_up(self) -> None:
        self._process.kill()
        self._process.waitForFinished(LIMIT_MS)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.fetched.emit("")
            self.deleteLater()


def is_asked_of_others() -> bool:
    """Whether pasting would wait for another program."""
    return QGuiApplication.platformName() == "xcb" and not QGuiApplication.clipboard().ownsClipboard()


def main() -> None:
    application = QGuiApplication(["kiosk"])
    sys.stdout.buffer.write(application.clipboard().text()[:MOST].encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
