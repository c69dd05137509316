"""The ring around what the keyboard would press: 4 px black, 2 px away, yellow between (LOOK §1)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.theme import COLOURS

_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class FocusRing(QWidget):
    """One for each window, above everything in it. Shown for focus that came by keyboard, not for touch or focus we set."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._around: QWidget | None = None
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and watched.window() is self.window():
            if event.type() == QEvent.Type.FocusIn:
                by_keyboard = event.reason() in _KEYBOARD  # type: ignore[attr-defined]
                self._put_around(watched if by_keyboard else None)
            elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.MouseButtonPress):
                self._put_around(None)
            elif watched is self._around and event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide):
                self._put_around(watched if event.type() != QEvent.Type.Hide else None)
        return False

    def _put_around(self, widget: QWidget | None) -> None:
        self._around = widget
        if widget is None or not widget.isVisible():
            self.hide()
            return
        corner = widget.mapTo(self.window(), widget.rect().topLeft())
        self.setGeometry(QRect(corner, widget.size()).adjusted(-8, -8, 8, 8))
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for inset, width, colour in ((5, 2, "focus_gap"), (2, 4, "focus")):
            painter.setPen(QPen(QColor(COLOURS[colour]), width))
            painter.drawRoundedRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1), 12, 12)
