"""Keyboard focus ring: 4 px black at a distance of 2 px, yellow in between (ARCHITECTURE, Rules of the look: 3)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.theme import COLOURS

_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class FocusRing(QWidget):
    """Focus ring of one window, above everything else. Shown for focus moved by keyboard, not by touch or by code.

    Filters only the focused widget: an application-wide filter would receive thousands of events per page.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._around: QWidget | None = None
        self._reason = Qt.FocusReason.OtherFocusReason
        """Reason of the last focus-out event, hence of the current focus."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)
        self.hide()

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        reason, self._reason = self._reason, Qt.FocusReason.OtherFocusReason
        for watched in (before, _scrolled(before)):
            if watched is not None:
                watched.removeEventFilter(self)
        if now is None or now.window() is not self.window():
            self._put_around(None)
            return
        for watching in (now, _scrolled(now)):
            if watching is not None:
                watching.installEventFilter(self)
        self._put_around(now if reason in _KEYBOARD else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QFocusEvent) and kind == QEvent.Type.FocusOut:
            self._reason = event.reason()
        elif kind == QEvent.Type.MouseButtonPress:
            self._put_around(None)
        elif (
            self._around is not None
            and watched in (self._around, _scrolled(self._around))
            and kind in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide)
        ):
            self._put_around(self._around if kind != QEvent.Type.Hide else None)
        return False

    def _put_around(self, widget: QWidget | None) -> None:
        self._around = widget
        # Scrolled away: the ring would lie around what stands there instead.
        if widget is None or widget.visibleRegion().isEmpty():
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


def _scrolled(widget: QWidget | None) -> QWidget | None:
    """What moves when the page with this widget is scrolled."""
    above = None if widget is None else widget.parentWidget()
    while above is not None and not above.property("scrolled"):
        above = above.parentWidget()
    return above
