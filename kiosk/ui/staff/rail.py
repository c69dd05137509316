"""Navigation rail with five pages. 状況 and 使い方 always open; the others may be disabled, with the reason."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton

from kiosk.domain.sections import BESIDE, CHOSEN
from kiosk.domain.states import Section
from kiosk.text import plain, say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import column
from kiosk.ui.theme import COLOURS, StaffSizes
from kiosk.ui.widgets.checked_by_state import CheckedByState
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.picture import Picture

_ICONS = {
    Section.HOME: "counter",
    Section.REGISTRATION: "link",
    Section.UNLINKING: "unlink",
    Section.STATUS: "status",
    Section.HELP: "help",
}
KEYS = {Section.HELP: "F1", Section.REGISTRATION: "F2", Section.UNLINKING: "F3", Section.STATUS: "F4"}
"""Shortcut of each page; handled by `StaffKeyActions`."""
_DEAD = 0.4
"""Opacity of a disabled button."""


class RailButton(CheckedByState, QToolButton):
    """Button with icon over text and its key in the corner. Checked by the displayed state, not by the press."""

    dead_pressed = Signal()

    def __init__(self, section: Section, sizes: StaffSizes) -> None:
        super().__init__()
        self._icon, self._sizes, self._key = _ICONS[section], sizes, KEYS.get(section, "")
        self.setAccessibleDescription("")
        self.setText(say(f"staff.rail.{section}"))
        self.setAccessibleName(self.text())
        self.follow_state()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(sizes.rail - (16 if sizes.rail > 80 else 8), round(sizes.rail * (0.8 if sizes.rail > 80 else 0.95)))

    def setAccessibleDescription(self, description: str) -> None:
        """Append the key to the description."""
        super().setAccessibleDescription(" ".join(filter(None, (description, self._key))))

    def event(self, event: QEvent) -> bool:
        """Report presses on the disabled button; Qt does not deliver them to it."""
        if event.type() is QEvent.Type.MouseButtonPress and not self.isEnabled():
            self.dead_pressed.emit()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.isChecked()
        if not (active or self.isEnabled()):
            painter.setOpacity(_DEAD)
        if active or (self.underMouse() and self.isEnabled()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(COLOURS["blue_50" if active else "bg"]))
            painter.drawRoundedRect(self.rect(), 10, 10)
        colour = "blue" if active else "sub" if self.isEnabled() else "mute"
        icon, line = self._sizes.icon, round(self._sizes.note * 1.4)
        top = (self.height() - icon - 4 - line) // 2
        painter.drawPixmap((self.width() - icon) // 2, top, pixmap(self._icon, icon, colour, self.devicePixelRatioF()))
        font = QFont(self.font())
        font.setPixelSize(round(self._sizes.note * 0.95) if self._sizes.rail > 70 else 12)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(COLOURS[colour]))
        painter.drawText(QRect(0, top + icon + 4, self.width(), line), Qt.AlignmentFlag.AlignCenter, self.text())
        font.setPixelSize(max(10, round(self._sizes.note * 0.75)))
        font.setBold(False)
        painter.setFont(font)
        painter.drawText(self.rect().adjusted(0, 2, -3, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self._key)


class Rail(QFrame):
    dead_pressed = Signal()
    """Emitted when a disabled button is pressed."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__()
        self.setProperty("bar", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(sizes.rail)
        self.setAccessibleName(say("staff.rail.name"))
        self._buttons: dict[Section, RailButton] = {}
        self._shown: tuple[Section, bool] | None = None
        inside = column(round(sizes.gap * 0.5), (0, 10, 0, 14))
        mark = Picture("app-mark", round(sizes.rail * 0.48), round(sizes.rail * 0.4))
        mark.setFixedSize(round(sizes.rail * 0.48), round(sizes.rail * 0.4))
        inside.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(6)
        for section, said in CHOSEN.items():
            if section is Section.HELP:
                inside.addStretch(1)
            button = RailButton(section, sizes)
            says(button, said, emit)
            button.dead_pressed.connect(self.dead_pressed)
            self._buttons[section] = button
            inside.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(inside)
        self._bar = QFrame(self)
        self._bar.setProperty("bar", "here")
        self._bar.setProperty("band", "here")
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def button(self, section: Section) -> RailButton:
        return self._buttons[section]

    def show_section(self, section: Section, *, leads_nowhere: bool) -> None:
        """Mark the current page; `leads_nowhere` disables those that would leave the work."""
        if (section, leads_nowhere) == self._shown:
            # Qt notifies of each setter below, changed or not.
            return
        self._shown = section, leads_nowhere
        # What is opened from 状況 has no button of its own.
        section = Section.STATUS if section is Section.FIELDS else section
        for known, button in self._buttons.items():
            dead = leads_nowhere and known not in BESIDE
            why = plain(say("staff.rail.busy")) if dead else ""
            button.setChecked(known is section)
            button.setEnabled(not dead)
            button.setAccessibleDescription(why)
            button.setToolTip(why)
        self._place()

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _place(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
        for button in self._buttons.values():
            if button.isChecked():
                self._bar.setGeometry(0, button.y() + 8, 5, button.height() - 16)
