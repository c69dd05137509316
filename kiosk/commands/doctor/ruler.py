"""kiosk doctor --ruler: a 100 mm scale on every display, to be compared with a real ruler."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.commands.output import OK, words
from kiosk.config import DisplaySettings

_LENGTH_MM = 100


class Ruler(QWidget):
    """A full-screen scale; any key or touch ends it."""

    def __init__(self, screen: QScreen, width_mm: float) -> None:
        super().__init__()
        self._dots_per_mm = screen.geometry().width() / width_mm
        self.setWindowTitle(words("doctor.ruler-title"))
        self.setAccessibleName(words("doctor.ruler-title"))
        self.setGeometry(screen.geometry())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF"))
        left, middle = (self.width() - _LENGTH_MM * self._dots_per_mm) / 2, self.height() / 2
        for millimetre in range(_LENGTH_MM + 1):
            height = 24 if millimetre % 10 == 0 else 14 if millimetre % 5 == 0 else 8
            painter.fillRect(QRectF(left + millimetre * self._dots_per_mm, middle - height, 1, height), QColor("#1A1A1C"))
        painter.setPen(QColor("#1A1A1C"))
        below = QRectF(0, middle + 12, self.width(), 80)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, words("doctor.ruler-text", length=_LENGTH_MM))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        QApplication.quit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        QApplication.quit()


def show_ruler(application: QApplication, settings: DisplaySettings) -> int:
    rulers = []
    for screen in application.screens():
        patron = screen.name() == settings.patron_screen if settings.patron_screen else screen is not application.primaryScreen()
        width = (
            (settings.patron_width_mm if patron else settings.staff_width_mm)
            or screen.physicalSize().width()
            or screen.geometry().width() / 3.78
        )
        ruler = Ruler(screen, width)
        ruler.showFullScreen()
        rulers.append(ruler)
    application.exec()
    return OK
