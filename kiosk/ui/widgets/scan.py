"""A field that a barcode scanner or a keyboard fills."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QInputMethodQueryEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.text import plain
from kiosk.ui.widgets.icon import pixmap


class ScanField(QLineEdit):
    """Emits `entered` with its text when it is submitted; then it is empty. Enter and Tab submit it: see `ui.keys`.

    Numbers need no input method: it is off here. What one commits all the same is taken in the letters that numbers are written with.

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
        self.setTextMargins(icon_size + 14, 0, 0, 0)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText)

    def submit(self) -> None:
        text = self.text()
        self.clear()
        self.entered.emit(text)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if isinstance(event, QInputMethodQueryEvent) and event.queries() & Qt.InputMethodQuery.ImEnabled:
            # The widget's attribute for it does not reach the window system.
            event.setValue(Qt.InputMethodQuery.ImEnabled, False)
        return handled

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
