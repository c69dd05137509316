"""Library card number in the largest size that fits."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from kiosk.domain.model import LibraryCardNumber
from kiosk.ui.clipboard import is_copying, put


class NumberLabel(QLabel):
    """Label of a library card number, selectable and copyable; a long one is set smaller or in two lines, never truncated."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size, self._shown_size, self._grouped = size, 0, ""
        self.setObjectName("Number")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # Its Copy would put the number there unmarked.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_number(self, number: LibraryCardNumber) -> None:
        if number.grouped == self._grouped:
            return
        self._grouped = number.grouped
        self.setAccessibleName(self._grouped)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a new selection instead of dragging the old one: dragged text could not be marked as confidential."""
        self.setSelection(0, 0)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not is_copying(event):
            super().keyPressEvent(event)
            return
        event.accept()
        if self.hasSelectedText():
            # Qt separates the lines of a selection by U+2029.
            put(self.selectedText().replace("\u2029", "\n"))

    def sizeHint(self) -> QSize:
        return QSize(self._size * 6, round(self._size * 1.3) * (self.text().count("\n") + 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        groups = self._grouped.split(" ")
        half = (len(groups) + 1) // 2
        two_lines = " ".join(groups[:half]) + "\n" + " ".join(groups[half:])
        text, size = self._grouped, self._largest(self._grouped)
        if size < self._size * 0.7 and len(groups) > 1:
            text, size = two_lines, self._largest(two_lines)
        if text == self.text() and size == self._shown_size:
            return
        self._shown_size = size
        self.setText(text)
        self.setStyleSheet(f"font-size: {size}px")
        self.updateGeometry()

    def _largest(self, text: str) -> int:
        """Return the largest font size, in pixels, at which the text fits."""
        font = QFont(self.font())
        font.setBold(True)
        room, size = self.width() - 4, self._size
        while size > 11:
            font.setPixelSize(size)
            metrics = QFontMetrics(font)
            wide = max(metrics.horizontalAdvance(line) for line in text.split("\n"))
            if wide <= room:
                return size
            # Width is roughly proportional to size: estimate, since each size tried has to be loaded.
            size = min(size - 1, size * max(0, room) // wide + 1)
        return 11
