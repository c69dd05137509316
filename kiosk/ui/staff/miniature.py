"""Miniature of a patron page: layout, illustration, frame and overlays."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Language
from kiosk.ui.theme import COLOURS
from kiosk.ui.widgets.picture import Picture, drawn, fitted

WORDS = "patron-window-words"
_ROOM = QRectF(0.56, 0.17, 0.37, 0.58)
"""Position of the illustration, as fractions of the drawing's size."""
_VIEW = QRectF(-3, -3, 438, 250)
"""View box of the drawings; all other coordinates refer to it."""
_STEPS, _STEP_Y = (96.0, 176.0, 256.0, 336.0), 22.0
_LEAVE = QRectF(16, 215, 56, 18)
_LANGUAGES, _APART = QRectF(226, 215, 190, 18), 6.0
_CARE, _PRIVATE = QRectF(30, 145, 186, 21), QRectF(30, 160, 150, 24)
_TAKE_CARD, _GO_ON = QRectF(16, 8, 400, 28), QRectF(16, 168, 400, 30)


@dataclass(frozen=True, slots=True)
class Around:
    """Frame and overlays of a page."""

    language: Language | None = None
    """The chosen language; None if there is no language switch."""
    leaves: bool = False
    """Whether there is an exit button."""
    step: int | None = None
    """Registration step, from 0."""
    take_card: bool = False
    go_on: bool = False
    care: bool = False
    """A yellow notice: what happened and what to do."""
    private: bool = False
    """The box that says what is not used of the card."""


class Miniature(Picture):
    def __init__(self, width: int, height: int) -> None:
        super().__init__(WORDS, width, height)
        self.inset = ""
        """Name of the page's illustration; empty if it has none."""
        self.around = Around()

    def show_page(self, lay_out: str, inset: str, around: Around) -> None:
        self.show_picture(lay_out)
        if (inset, around) != (self.inset, self.around):
            self.inset, self.around = inset, around
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        page = self.place()
        if page.isEmpty():
            return
        painter = QPainter(self)
        if self.inset:
            self._draw_inset(painter, page)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(page.topLeft())
        painter.scale(page.width() / _VIEW.width(), page.height() / _VIEW.height())
        painter.translate(-_VIEW.topLeft())
        self._draw_steps(painter)
        self._draw_foot(painter)
        if self.around.care:
            _box(painter, _CARE, COLOURS["yellow_50"], COLOURS["yellow_edge"])
        if self.around.private:
            _box(painter, _PRIVATE, COLOURS["blue_50"], COLOURS["blue_200"])
        if self.around.take_card:
            _box(painter, _TAKE_CARD, COLOURS["yellow_50"], COLOURS["yellow_edge"])
        if self.around.go_on:
            _box(painter, _GO_ON, COLOURS["white"], COLOURS["blue"])
            _box(painter, QRectF(_GO_ON.right() - 76, _GO_ON.y() + 6, 66, 18), COLOURS["blue"], COLOURS["blue"])

    def _draw_inset(self, painter: QPainter, page: QRect) -> None:
        room = QRect(
            page.x() + round(page.width() * _ROOM.x()),
            page.y() + round(page.height() * _ROOM.y()),
            round(page.width() * _ROOM.width()),
            round(page.height() * _ROOM.height()),
        )
        place = fitted(self.inset, room)
        if not place.isEmpty():
            painter.drawPixmap(place.topLeft(), drawn(self.inset, place.size(), self.devicePixelRatioF()))

    def _draw_steps(self, painter: QPainter) -> None:
        if self.around.step is None:
            return
        for at, x in enumerate(_STEPS):
            done = at < self.around.step
            if at + 1 < len(_STEPS):
                painter.setPen(QPen(QColor(COLOURS["blue" if done else "hair"]), 2))
                painter.drawLine(QPointF(x + 14, _STEP_Y), QPointF(x + 66, _STEP_Y))
            now = at == self.around.step
            painter.setBrush(QColor(COLOURS["blue_200" if done else "blue" if now else "white"]))
            painter.setPen(QPen(QColor(COLOURS["blue" if done or now else "edge"]), 2))
            painter.drawEllipse(QPointF(x, _STEP_Y), 7, 7)

    def _draw_foot(self, painter: QPainter) -> None:
        if self.around.language is None:
            return
        painter.setPen(QPen(QColor(COLOURS["hair"]), 2))
        painter.drawLine(QPointF(2, 206), QPointF(430, 206))
        if self.around.leaves:
            _box(painter, _LEAVE, COLOURS["white"], COLOURS["edge_staff"])
        width = (_LANGUAGES.width() + _APART) / len(Language) - _APART
        for at, language in enumerate(Language):
            chosen = language is self.around.language
            place = QRectF(_LANGUAGES.x() + at * (width + _APART), _LANGUAGES.y(), width, _LANGUAGES.height())
            _box(painter, place, COLOURS["blue" if chosen else "white"], COLOURS["blue" if chosen else "edge_staff"])


def _box(painter: QPainter, place: QRectF, fill: str, edge: str) -> None:
    painter.setPen(QPen(QColor(edge), 2, Qt.PenStyle.SolidLine))
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(place, 5, 5)
