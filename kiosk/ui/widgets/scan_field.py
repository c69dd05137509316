"""A field that a barcode scanner or a keyboard fills."""

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
from kiosk.ui.pasting import Pasting, is_asked_of_others
from kiosk.ui.widgets.icon import pixmap


class ScanField(QLineEdit):
    """Emits `entered` with its text when it is submitted; then it is empty. Enter and Tab submit it: see `ui.keys`.

    Numbers need no input method: it is off here. What one commits all the same is taken in the letters that numbers are written with.
    What another program has copied comes a moment later, without holding up the windows, or not at all if that program is silent.

    Signals:
        entered: the text as it came.
    """

    entered = Signal(str)

    def __init__(self, name: str, hint: str, icon: str = "barcode", icon_size: int = 26, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(plain(name))
        self.setPlaceholderText(plain(hint))
        # Longer than any number there is, short enough that a pasted page is not shown.
        self.setMaxLength(64)
        # Drawn here: an action's icon is never larger than 16 px.
        self._icon, self._icon_size = icon, icon_size
        self._kept = ""
        self._kept_of: object = None
        self.setTextMargins(icon_size + 14, 0, 0, 0)
        # What is dropped, and what a menu would offer to paste, is asked of other programs as well.
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText)

    def submit(self) -> None:
        text = self.text()
        # Other than `clear`, this leaves nothing for "undo" to bring back.
        self.setText("")
        self.entered.emit(text)

    def keep(self, refused: str, of: object) -> None:
        """Show a number that was refused, marked so that the next scan replaces it; once for each refusal (`of`, None without one).

        What has been typed since stays.
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
            # The widget's attribute for it does not reach the window system.
            event.setValue(Qt.InputMethodQuery.ImEnabled, False)
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
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
        """The middle button pastes what is selected anywhere, on X11."""
        if event.button() is Qt.MouseButton.MiddleButton:
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Text is taken when it is committed, never while it is being composed."""
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
