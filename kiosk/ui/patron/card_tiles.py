"""The two cards as tiles: drawing, name, and a number if it is to be confirmed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.ui.theme import PatronSizes
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.words import Words


class CardTile(QFrame):
    def __init__(self, sizes: PatronSizes, picture: str, *, kind: str = "point") -> None:
        super().__init__()
        self.setProperty("frame", "plain")
        self._name, self._number = Words(kind="strong", centred=True, line=1.25), Words(kind=kind, centred=True, line=1.25)
        height = sizes.key * (4 if sizes.roomy else 3) // 5
        self._drawing = Picture(picture, height * 2, height)
        self._drawing.setFixedHeight(height)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(sizes.gap // 2, sizes.gap // 2, sizes.gap // 2, sizes.gap // 2)
        inside.setSpacing(0)
        inside.addWidget(self._drawing)
        inside.addWidget(self._name)
        inside.addWidget(self._number)

    def draw(self, drawn: bool) -> None:
        """Show or hide the drawing, whose space the text then takes."""
        self._drawing.setVisible(drawn)

    def say(self, name: str, number: str = "") -> None:
        self._name.set_text(name)
        self._number.set_text(number)
        self._number.setVisible(bool(number))


class CardPair(QWidget):
    """My Number Card and library card, side by side."""

    def __init__(self, sizes: PatronSizes, *, kind: str = "point") -> None:
        super().__init__()
        self.my_number = CardTile(sizes, "card-my-number")
        self.library = CardTile(sizes, "card-library", kind=kind)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.gap)
        for tile in (self.my_number, self.library):
            row.addWidget(tile, 1, Qt.AlignmentFlag(0))
