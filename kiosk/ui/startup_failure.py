"""Window shown when the counter could not start: cause and next step, for users without a terminal."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.text import plain, say
from kiosk.ui.staff.panels import column, row
from kiosk.ui.theme import staff_sizes, style_sheet
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words

WIDTH = 720


class StartupFailureWindow(QWidget):
    """Shows `title` and `lines` until it is closed."""

    def __init__(self, title: str, lines: list[str]) -> None:
        super().__init__()
        sizes = staff_sizes(WIDTH)
        self.setObjectName("Window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(style_sheet(sizes, patron=False))
        self.setWindowTitle(say("staff.start.title"))
        self.setAccessibleName(plain(title))
        self.setMinimumWidth(WIDTH)
        heading = row(sizes.gap)
        heading.addWidget(icon_label("warn", round(sizes.title * 1.3), "yellow"))
        heading.addWidget(Words(title, "title", line=1.35), 1)
        self._close = Button(say("staff.start.close"), "primary")
        self._close.clicked.connect(self.close)
        self._close.setAutoDefault(True)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(self._close)
        whole = column(sizes.gap, (sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y))
        whole.addLayout(heading)
        for line in lines:
            # A plain label: a path may contain characters that are markup in `Words`.
            said = QLabel(line, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
            said.setAccessibleName(line)
            whole.addWidget(said)
        whole.addStretch(1)
        whole.addLayout(foot)
        self.setLayout(whole)
        self._close.setFocus()
