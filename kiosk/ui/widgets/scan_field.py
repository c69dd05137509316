"""Input field for a barcode scanner or keyboard."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QInputMethodEvent,
    QInputMethodQueryEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from kiosk.text import plain, say
from kiosk.ui.clipboard import is_copying, put
from kiosk.ui.pasting import Pasting, is_asked_of_others
from kiosk.ui.widgets.icon import pixmap


class ScanField(QLineEdit):
    """Line edit that emits `entered` and clears itself on submit. Enter submits, and a scanner's Tab: see `domain.keyboard`.

    Input methods are off; text one commits anyway is normalized to half width. Text pasted from another program arrives asynchronously,
    without blocking the windows, or not at all if that program does not respond.

    Signals:
        entered: the text as typed.
    """

    entered = Signal(str)

    def __init__(self, name: str, hint: str, icon: str = "barcode", icon_size: int = 26, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(plain(name))
        self.setPlaceholderText(plain(hint))
        # Longer than any number, short enough not to display a pasted page.
        self.setMaxLength(64)
        # Painted here: an action's icon is limited to 16 px.
        self._icon, self._icon_size = icon, icon_size
        self._kept = ""
        self._kept_of: object = None
        self.setTextMargins(icon_size + 14, 0, 0, 0)
        # Drag and drop and the context menu's Paste would also query other programs.
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText)

    def submit(self) -> None:
        text = self.text()
        # Unlike `clear`, this also empties the undo history.
        self.setText("")
        self.entered.emit(text)

    def keep(self, refused: str, of: object) -> None:
        """Show a refused number, selected so that the next scan replaces it; once per refusal (`of`; None for none).

        Text typed since then is left alone.
        """
        if of is self._kept_of:
            return
        if self.text() in ("", self._kept):
            self.setText(refused)
            self.selectAll()
        self._kept, self._kept_of = refused[: self.maxLength()], of

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if isinstance(event, QInputMethodQueryEvent) and event.queries() & Qt.InputMethodQuery.ImEnabled:
            # The widget attribute alone does not reach the window system.
            event.setValue(Qt.InputMethodQuery.ImEnabled, False)
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_copying(event):
            event.accept()
            if self.hasSelectedText():
                put(self.selectedText())
                if event.matches(QKeySequence.StandardKey.Cut):
                    self.del_()
            return
        if not event.matches(QKeySequence.StandardKey.Paste):
            super().keyPressEvent(event)
            return
        event.accept()
        if is_asked_of_others():
            Pasting().fetched.connect(self._paste)
        else:
            self._paste(QGuiApplication.clipboard().text())

    def _paste(self, text: str) -> None:
        if text:
            self.insert(text)
        else:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), plain(say("staff.field.no-paste")), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ignore the middle button, which pastes the X11 selection."""
        if event.button() is Qt.MouseButton.MiddleButton:
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Accept committed text only, never preedit text."""
        if event.commitString():
            self.insert(unicodedata.normalize("NFKC", event.commitString()))
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colour = "mute" if not self.isEnabled() else "blue" if self.hasFocus() else "sub"
        drawing = pixmap(self._icon, self._icon_size, colour, self.devicePixelRatioF())
        QPainter(self).drawPixmap(15, (self.height() - self._icon_size) // 2, drawing)

    def set_wrong(self, wrong: bool) -> None:
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)
