"""Counts of a patron: on loan, overdue, holds ready, loans left."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from kiosk.domain.circulation import Standing
from kiosk.text import plain, say
from kiosk.ui.staff.panels import column, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words


class Figure(QFrame):
    """A labelled count. `alert`: its ground if not zero; `stops`: what zero means for the patron."""

    def __init__(self, name: str, sizes: StaffSizes, *, none: str = "", alert: str = "plain", stops: str = "") -> None:
        super().__init__()
        self._name, self._none, self._alert, self._stops = say(name), none, alert, stops
        self._stop = icon_label("warn", sizes.icon, "yellow")
        self._stop.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("figure", "plain")
        self._label = Words(self._name, "note", line=1.3)
        self._count, self._unit = Words(kind="figure", line=1.15), Words(say("staff.patron.unit"), "strong", line=1.3)
        pad = round(sizes.body * 0.7)
        inside = column(2, (round(pad * 1.1), pad, 6, pad))
        inside.addWidget(self._label)
        inside.addStretch(1)
        beside = row(5)
        beside.addWidget(self._count)
        beside.addWidget(self._unit, 0, Qt.AlignmentFlag.AlignBottom)
        beside.addStretch(1)
        beside.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignBottom)
        inside.addLayout(beside)
        self.setLayout(inside)

    def show_count(self, count: int | None, *, or_more: bool = False) -> None:
        """Show the count; None if unknown. `or_more`: there may be others."""
        known = count is not None
        self._unit.set_text(say("staff.patron.unit-or-more" if or_more else "staff.patron.unit"))
        said = say("staff.patron.unknown") if count is None else self._none if count == 0 and self._none else str(count)
        counted = known and not (count == 0 and self._none)
        self._count.set_text(said)
        self._count.set_kind("figure" if counted or not known else "figure-word")
        self._unit.setVisible(counted)
        stops = count == 0 and bool(self._stops)
        self._stop.setVisible(stops)
        self.setToolTip(plain(self._stops) if stops else "")
        ground = "care" if stops else self._alert if count else "plain"
        if self.property("figure") != ground:
            self.setProperty("figure", ground)
            for part in (self, self._label, self._count, self._unit):
                part.setProperty("figure", ground)
                part.style().unpolish(part)
                part.style().polish(part)
        spoken = said + (self._unit.text if counted else "") if known else say("staff.patron.unknown-spoken")
        if stops:
            spoken = f"{spoken}、{plain(self._stops)}"
        self.setAccessibleName(f"{plain(self._name)} {spoken}")
        self._count.setAccessibleName(spoken)


class Figures(QWidget):
    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        none = say("staff.patron.none")
        self._loans = Figure("staff.patron.loans", sizes, none=none)
        self._overdue = Figure("staff.patron.overdue", sizes, none=none, alert="care")
        self._ready = Figure("staff.patron.holds-ready", sizes, none=none, alert="ready")
        self._left = Figure("staff.patron.loans-left", sizes, stops=say("staff.patron.none-left"))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12 if not sizes.small else 8)
        for index, figure in enumerate((self._loans, self._overdue, self._ready, self._left)):
            grid.addWidget(figure, index // 2, index % 2)
            grid.setColumnStretch(index % 2, 1)
        self.setLayout(grid)

    def show_standing(self, standing: Standing) -> None:
        told = len(standing.on_loan.items)
        if standing.loans is None and told and standing.on_loan.disputed is None:
            self._loans.show_count(told, or_more=True)
        else:
            self._loans.show_count(standing.loans)
        self._overdue.show_count(standing.overdue)
        self._ready.show_count(standing.holds_ready)
        self._left.show_count(standing.loans_left)
