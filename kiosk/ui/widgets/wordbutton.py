"""Buttons whose label needs readings, two lines or an icon of its own: the patron's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words


class WordButton(Button):
    """A button labelled with `Words`; a second, smaller line may stand under the first.

    The accessible name is the first line alone, so that who asks for a button by its verb finds it.
    """

    def __init__(
        self, kind: str = "secondary", *, icon: str = "", icon_size: int = 24, wide: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("", kind, parent=parent)
        self._picture, self._icon_name, self._icon_px = QLabel(), icon, icon_size
        self._first, self._second = Words(line=1.25, centred=not wide), Words(line=1.25, centred=not wide)
        self._second.hide()
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._first)
        texts.addWidget(self._second)
        row = QHBoxLayout(self)
        row.setContentsMargins(icon_size * 3 // 4, 4, icon_size * 3 // 4, 4)
        row.setSpacing(icon_size // 2)
        if icon:
            row.addWidget(self._picture)
        row.addLayout(texts, 1)
        for child in (self._picture, self._first, self._second):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)
        self._recolour()

    def say(self, first: str, second: str = "") -> None:
        self._first.set_text(first)
        self._second.set_text(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(self._first.text.replace("\n", ""))
        self.setAccessibleDescription(self._second.text)
        self.updateGeometry()

    def set_kind(self, kind: str) -> None:
        super().set_kind(kind)
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and hasattr(self, "_first"):
            self._recolour()

    def checkStateSet(self) -> None:
        super().checkStateSet()
        self._recolour()

    def nextCheckState(self) -> None:
        super().nextCheckState()
        self._recolour()

    def _recolour(self) -> None:
        colour = self._colour()
        self._first.set_kind({"white": "white", "blue": "blue-strong", "ink": "strong"}.get(colour, "strong-text"))
        self._second.set_kind("white-plain" if colour == "white" else "body")
        if self._icon_name:
            self._picture.setPixmap(pixmap(self._icon_name, self._icon_px, colour, self.devicePixelRatioF()))

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint().expandedTo(QSize(0, self.minimumHeight())) if layout is not None else QSize()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout is not None else QSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        # The frame only: the words are children. Button would draw its own label, of which there is none.
        QPushButton.paintEvent(self, event)
