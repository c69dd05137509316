"""書類の確認: what staff confirm about a guardian before a child's card is linked. None of it is stored."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.domain.calendar import wareki
from kiosk.domain.events import GuardianCheckSet
from kiosk.domain.model import GuardianCheck
from kiosk.domain.states import CheckingGuardian, Counter
from kiosk.text import plain, say
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Ground, Panel, bullet, column, row
from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.check_row import CheckRow
from kiosk.ui.widgets.control import means
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.words import Words

DOCUMENT = (GuardianCheck.ADDRESS, GuardianCheck.NAME, GuardianCheck.PUBLIC_BODY, GuardianCheck.SAME_HOUSEHOLD)
"""In the order numbered in the drawing."""
TICKS = "K"
"""Pressed with Alt, it confirms the first unconfirmed row, where it is displayed, and then moves to the next."""
ORDER = (GuardianCheck.UNDER_FIFTEEN, GuardianCheck.IS_GUARDIAN, *DOCUMENT)


class GuardianPage(StaffPage):
    where_barcodes_go = "staff.barcode.later"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.guardian.name"))
        self.head(say("staff.guardian.title"), say("staff.guardian.lead"))
        self._rows = {check: self._row(check) for check in ORDER}
        self._following: GuardianCheck | None = None
        """The first unconfirmed row."""
        self._cut_off = Words(kind="done")
        self._line = AgeLine(sizes)
        across = row(sizes.gap)
        across.addWidget(self._age(), 1)
        across.addWidget(self._documents(), 1)
        self.body.addLayout(across, 1)
        self._next = self.wizard_foot(say("staff.step.library-card"))
        # Why 次へ is disabled, shown left of もどる.
        self._reason = Words(kind="body")
        self.foot().insertWidget(2, self._reason, 0, Qt.AlignmentFlag.AlignVCenter)

    def _row(self, check: GuardianCheck) -> CheckRow:
        number = DOCUMENT.index(check) + 1 if check in DOCUMENT else None
        made = CheckRow(say(f"staff.guardian.check-{check}"), number)
        made.clicked.connect(lambda: self._pressed(check))
        return made

    def _pressed(self, check: GuardianCheck) -> None:
        """Toggle the check; if its row had the focus, move that to the next row."""
        row = self._rows[check]
        stood_there = row.hasFocus()
        self.tell(GuardianCheckSet(check, not row.isChecked()))
        following = self._next if self._following is None else self._rows[self._following]
        if stood_there and row.isChecked() and following is not None:
            following.setFocus(Qt.FocusReason.TabFocusReason)

    def _age(self) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addWidget(Words(say("staff.guardian.age"), "heading"))
        ground = Ground("green")
        inside = column(6, (self.sizes.margin_y, self.sizes.margin_y // 2, self.sizes.margin_y, self.sizes.margin_y // 2))
        inside.addWidget(self._cut_off)
        inside.addWidget(self._line)
        ground.setLayout(inside)
        card.inside.addWidget(ground)
        card.inside.addWidget(self._rows[GuardianCheck.UNDER_FIFTEEN])
        card.inside.addStretch(1)
        card.inside.addWidget(Words(say("staff.guardian.needed"), "strong"))
        for icon, what, colour in (("libcard", "card", "green"), ("mycard", "my-number", "blue"), ("keypad", "pin", "ink")):
            card.inside.addLayout(bullet(icon, say(f"staff.guardian.needed-{what}"), self.sizes, colour))
        return card

    def _documents(self) -> QWidget:
        card = Panel(self.sizes, spacing=self.sizes.gap // 2)
        card.inside.addWidget(Words(say("staff.guardian.document"), "heading"))
        card.inside.addWidget(Words(say("staff.guardian.example"), "note"))
        drawing = Picture("document-conditions", self.sizes.body * 9, self.sizes.body * 13)
        drawing.setFixedWidth(self.sizes.body * (6 if self.sizes.small else 9))
        drawing.setMinimumHeight(self.sizes.body * 9)
        rows = column(self.sizes.gap // 2)
        for check in ORDER[1:]:
            rows.addWidget(self._rows[check])
        rows.addStretch(1)
        across = row(self.sizes.gap)
        across.addWidget(drawing)
        across.addLayout(rows, 1)
        card.inside.addLayout(across)
        card.inside.addStretch(1)
        card.inside.addLayout(bullet("lock", say("staff.guardian.not-kept"), self.sizes, kind="note"))
        return card

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        if not isinstance(flow, CheckingGuardian):
            return
        for check, shown in self._rows.items():
            confirmed = check in flow.draft.checks
            shown.setChecked(confirmed)
            means(shown, GuardianCheckSet(check, not confirmed))
        missing = [check for check in ORDER if check not in flow.draft.checks]
        self._show_following(missing[0] if missing else None)
        day = flow.born_on_or_after
        words = say("staff.date.era", year=day.year, month=day.month, day=day.day, era=wareki(day))
        self._cut_off.set_text(say("staff.guardian.cut-off", date=words))
        self._line.show_cut_off(day)
        if self._next is not None:
            self._next.setEnabled(not missing)
            self._next.describe(self._say_missing(missing))
        self._reason.set_text(self._say_missing(missing))

    def _show_following(self, following: GuardianCheck | None) -> None:
        for check, shown in self._rows.items():
            shown.give_chord(TICKS if check is following else "")
        if following is not self._following:
            self._following = following
            if following is not None:
                self.bring_into_sight(self._rows[following])

    def _say_missing(self, missing: list[GuardianCheck]) -> str:
        if not missing:
            return ""
        if len(missing) == 1:
            return say(f"staff.guardian.wait-{missing[0]}")
        return say("staff.guardian.wait-several", count=len(missing))


class AgeLine(QWidget):
    """Timeline of the birth date limit: who is under 15 today. Illustrates the sentence above it."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        self._size = sizes.note
        self._date = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_cut_off(self, day: date) -> None:
        self._date = plain(say("staff.date.day", year=day.year, month=day.month, day=day.day))
        self.setAccessibleName(say("staff.guardian.line-name", date=self._date))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size * 20, round(self._size * 5))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._size * 14, round(self._size * 5))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(self._size)
        painter.setFont(font)
        middle, cut, right = self.height() / 2, self.width() * 0.42, self.width() - 8.0
        painter.setPen(QPen(QColor(COLOURS["edge_staff"]), 4))
        painter.drawLine(QPointF(4, middle), QPointF(cut, middle))
        painter.setPen(QPen(QColor(COLOURS["green"]), 6))
        painter.drawLine(QPointF(cut, middle), QPointF(right, middle))
        painter.setBrush(QColor(COLOURS["green"]))
        painter.drawEllipse(QPointF(cut, middle), 7, 7)
        painter.drawEllipse(QPointF(right, middle), 3, 3)
        high = round(self._size * 1.5)
        metrics = QFontMetrics(font)
        painter.setPen(QColor(COLOURS["text"]))
        centre = round(cut) - metrics.horizontalAdvance(self._date) // 2
        painter.drawText(QRect(max(0, centre), round(middle) - high - 10, self.width(), high), Qt.AlignmentFlag.AlignLeft, self._date)
        today = say("staff.guardian.line-today")
        painter.drawText(QRect(0, round(middle) - high - 10, self.width(), high), Qt.AlignmentFlag.AlignRight, today)
        older, younger = say("staff.guardian.line-older"), say("staff.guardian.line-younger")
        painter.drawText(QRect(0, round(middle) + 12, round(cut) - 6, high), Qt.AlignmentFlag.AlignLeft, older)
        bold = QFont(font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(COLOURS["green"]))
        painter.drawText(QRect(round(cut), round(middle) + 12, self.width() - round(cut), high), Qt.AlignmentFlag.AlignRight, younger)
