"""Baseline of a start: a window of the same Python and Qt, and nothing else. Prints when its first paint was done."""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel


class Window(QLabel):
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: (print(time.monotonic(), flush=True), application.quit()))


application = QApplication(sys.argv)
window = Window("図書館")
window.showMaximized()
application.exec()
