"""Japanese text layout: line breaks between phrases, furigana, generous line height.

QLabel breaks Japanese anywhere, has no furigana and sets lines at 1.0 em; hence this label, used in both windows.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.text import plain

_RUN = re.compile(r"([一-鿿々]+)\[([^\]]+)\]|([^\[\]]+?)(?=[一-鿿々]+\[|$)")
_BREAK = re.compile(r"(?<= )|\||(?<=。)(?=.)|(?<=、)(?=.)")
_BREAK_VERBATIM = re.compile(r"(?<= )|(?<=。)(?=.)|(?<=、)(?=.)")
_PIECE = re.compile(r"[0-9A-Za-z]+|.")
_NEVER_FIRST = frozenset("、。，．・：；？！ー々…‥）」』】〕］｝〉》’”)]},.:;?!ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
"""Characters that may not begin a line (JIS X 4051, the common ones)."""
_MARKS = str.maketrans("|[]", "｜［］")
_UNBROKEN = 1 << 16
"""Wider than any text: only explicit newlines break lines."""


def unmarked(text: str) -> str:
    """Escape external text for use within a marked-up sentence: mark characters become their full-width forms."""
    return " ".join(text.split()).translate(_MARKS)


@dataclass(frozen=True, slots=True)
class _Fonts:
    """The fonts of text and readings, with the metrics derived from them."""

    font: QFont
    base: QFontMetrics
    small: QFont
    """Font of the furigana."""
    readings: QFontMetrics
    pitch: int
    """Line height, in pixels."""
    reading: int
    """Part of it taken by furigana."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text that is not broken, with its reading above it. Widths in pixels."""

    text: str
    reading: str
    own: int
    above: int
    cell: int


@dataclass(frozen=True, slots=True)
class _Placed:
    """A run at its horizontal position in a line."""

    run: _Run
    x: int


class Words(QLabel):
    """Label with Japanese line breaking. A QLabel (without text), because Qt gives no other class the accessible role of a label.

    Markup: `|` and spaces are optional line breaks, a newline is a forced one, `[…]` is the furigana of the kanji before it. `verbatim`
    text, from outside, has no markup.

    The property `kind` selects font and colour in the style sheet: title, heading, lead, strong, note, done, wrong, or none. The
    accessible name is the text without markup.
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "body",
        *,
        centred: bool = False,
        right: bool = False,
        verbatim: bool = False,
        line: float = 1.5,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self._side = 1 if right else 0.5 if centred else 0
        """Alignment: fraction of a line's free space that is left of it."""
        self._line, self._text, self._verbatim = line, "", verbatim
        self._known: dict[int, tuple[list[list[_Placed]], int]] = {}
        self._measured: _Fonts | None = None
        self._least = 0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_text(text)

    @property
    def text(self) -> str:  # type: ignore[override]
        """The text without markup."""
        return self._text if self._verbatim else plain(self._text)

    def set_text(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self._measured = None
        self.setAccessibleName(self.text.replace("\n", ""))
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: str) -> None:
        if self.property("kind") == kind:
            return
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()

    # --- layout -----------------------------------------------------------------------------------------------------------

    def _fonts(self) -> _Fonts:
        """Return the font metrics, cached per font and text. A change also invalidates the cached layouts."""
        font = self.font()
        if self._measured is None or self._measured.font != font:
            small = QFont(font)
            small.setPixelSize(max(9, round(font.pixelSize() * 0.5)))
            small.setBold(False)
            base, readings = QFontMetrics(font), QFontMetrics(small)
            reading = readings.height() if "[" in self._text and not self._verbatim else 0
            pitch = max(base.height() + reading, round(font.pixelSize() * self._line) + round(reading * 0.6))
            self._measured = _Fonts(font, base, small, readings, pitch, reading)
            self._known.clear()
            self._least = 0
        return self._measured

    def reading_height(self) -> int:
        """Return the height of furigana above the first line, in pixels; 0 without any."""
        return self._fonts().reading

    def _runs(self, phrase: str, fonts: _Fonts) -> list[_Run]:
        base, small = fonts.base, fonts.readings
        if self._verbatim:
            own = base.horizontalAdvance(phrase)
            return [_Run(phrase, "", own, 0, own)]
        runs = []
        for match in _RUN.finditer(phrase):
            text, reading = match[1] or match[3], match[2] or ""
            own, above = base.horizontalAdvance(text), small.horizontalAdvance(reading) if reading else 0
            runs.append(_Run(text, reading, own, above, max(own, above)))
        return runs

    def _phrases(self, line: str, width: int, fonts: _Fonts) -> list[list[_Run]]:
        """Split a line at its optional breaks; a phrase wider than `width` may be broken anywhere."""
        phrases: list[list[_Run]] = []
        for phrase in (_BREAK_VERBATIM if self._verbatim else _BREAK).split(line):
            if not phrase:
                continue
            runs = self._runs(phrase, fonts)
            if sum(run.cell for run in runs) <= width:
                phrases.append(runs)
                continue
            for run in runs:
                phrases.extend([[run]] if run.reading else self._pieces(run.text, width, fonts))
        return phrases

    def _pieces(self, text: str, width: int, fonts: _Fonts) -> list[list[_Run]]:
        """Split text into characters, each with the following ones that may not begin a line; words and numbers stay whole if they fit."""
        advance = fonts.base.horizontalAdvance
        pieces: list[list[_Run]] = []
        for found in _PIECE.findall(text):
            for piece in [found] if advance(found) <= width else found:
                run = _Run(piece, "", advance(piece), 0, advance(piece))
                if pieces and piece in _NEVER_FIRST:
                    pieces[-1].append(run)
                else:
                    pieces.append([run])
        return pieces

    def _place(self, width: int) -> tuple[list[list[_Placed]], int]:
        """Return lines of positioned runs and their width. Cached: layouts query the same widths many times."""
        fonts = self._fonts()
        whole = self._known.get(_UNBROKEN)
        if whole is None:
            whole = self._known[_UNBROKEN] = self._placed_anew(_UNBROKEN, fonts)
        if whole[1] <= width:
            return whole
        if width not in self._known:
            self._known[width] = self._placed_anew(width, fonts)
        return self._known[width]

    def _placed_anew(self, width: int, fonts: _Fonts) -> tuple[list[list[_Placed]], int]:
        lines: list[list[_Placed]] = []
        needed = 0
        space = fonts.base.horizontalAdvance(" ")
        for written in self._text.split("\n"):
            x = 0
            current: list[_Placed] = []
            lines.append(current)
            for phrase in self._phrases(written, width, fonts):
                wide = sum(run.cell for run in phrase)
                # Trailing spaces take no room.
                hanging = space if phrase and phrase[-1].text.endswith(" ") else 0
                if x and x + wide - hanging > width:
                    x, current = 0, []
                    lines.append(current)
                for run in phrase:
                    current.append(_Placed(run, x))
                    x += run.cell
                needed = max(needed, x - hanging)
        return lines, needed

    def needed(self, width: int) -> QSize:
        """Return the size at a given width; exceeds `width` only if a single character does."""
        lines, needed = self._place(max(1, width))
        return QSize(needed, len(lines) * self._fonts().pitch)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self.needed(width).height()

    def sizeHint(self) -> QSize:
        return self.needed(_UNBROKEN)

    def minimumSizeHint(self) -> QSize:
        fonts = self._fonts()
        if not self._least and self._text:
            lines = self._text.split("\n")
            phrases = (phrase for line in lines for phrase in self._phrases(line, _UNBROKEN, fonts))
            self._least = max((sum(run.cell for run in phrase) for phrase in phrases), default=0)
        # A layout never goes below this, so a long phrase must not demand more than a narrow place has.
        return QSize(min(self._least, 240, 8 * fonts.font.pixelSize()), fonts.pitch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        fonts = self._fonts()
        base, pitch, reading = fonts.base, fonts.pitch, fonts.reading
        lines, _ = self._place(self.width())
        top = max(0, (self.height() - len(lines) * pitch) // 2)
        for number, line in enumerate(lines):
            wide = line[-1].x + line[-1].run.cell if line else 0
            left = max(0, round((self.width() - wide) * self._side))
            baseline = top + number * pitch + reading + (pitch - reading - base.height()) // 2 + base.ascent()
            for placed in line:
                run, x = placed.run, left + placed.x
                painter.setFont(fonts.font)
                painter.drawText(x + (run.cell - run.own) // 2, baseline, run.text)
                if run.reading:
                    painter.setFont(fonts.small)
                    painter.drawText(x + (run.cell - run.above) // 2, baseline - base.ascent() - fonts.readings.descent(), run.reading)
