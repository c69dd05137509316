"""A field that a barcode scanner or a keyboard fills."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.text import plain
from kiosk.ui.widgets.icon import pixmap


class ScanField(QLineEdit):
    """Emits `entered` with the text on Enter, and on Tab behind a text, since scanners end a scan with either; then it is empty.

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

    def submit(self) -> None:
        text = self.text()
        self.clear()
        self.entered.emit(text)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab and self.text():
            self.submit()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
            return
        super().keyPressEvent(event)

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
