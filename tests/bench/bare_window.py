"""Baseline of a start: a window in a process that imports the same libraries. Prints when its first paint was done."""

import sys
import time

import cryptography.x509
import peewee
import polib
import smartcard.scard
import sqlcipher3
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel

LIBRARIES = (cryptography.x509, peewee, polib, smartcard.scard, sqlcipher3, QSvgRenderer)


class Window(QLabel):
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: (print(time.monotonic(), flush=True), application.quit()))


application = QApplication(sys.argv)
window = Window("図書館")
window.showMaximized()
application.exec()
