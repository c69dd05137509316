"""Asks staff for their code before the counter ends, where the library has set one (`[session] staff_code`)."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from kiosk.text import plain, say
from kiosk.ui.staff.panels import column, row
from kiosk.ui.theme import StaffSizes, style_sheet
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.words import Words

_PAUSE_MS = 2_000
"""After a wrong code, until the next one is taken."""
LONGEST = 8


class Leaving(QDialog):
    """Calls `leave` once the code was typed. Whoever opened it rejects it when something else has to be done."""

    def __init__(self, window: QWidget, sizes: StaffSizes, code: str, leave: Callable[[], None]) -> None:
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.WindowTitleHint | Qt.WindowType.CustomizeWindowHint)
        self._code, self._leave = code, leave
        self.setObjectName("Window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setStyleSheet(style_sheet(sizes, patron=False))
        title = say("staff.ending.title")
        self.setWindowTitle(plain(title))
        self.setAccessibleName(plain(title))
        self._typed = QLineEdit(maxLength=LONGEST, echoMode=QLineEdit.EchoMode.Password)
        self._typed.setAccessibleName(plain(say("staff.single-display.code")))
        self._typed.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._typed.returnPressed.connect(self._look)
        self._wrong = Words("", "body")
        self._stay, self._end = Button(say("staff.ending.stay")), Button(say("staff.ending.leave"), "primary")
        self._stay.clicked.connect(self.reject)
        self._end.clicked.connect(self._look)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask_again)
        foot = row(sizes.gap)
        foot.addStretch(1)
        foot.addWidget(self._stay)
        foot.addWidget(self._end)
        whole = column(sizes.gap, (sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y))
        for part in (Words(title, "title", line=1.35), Words(say("staff.ending.ask"), "body"), self._typed, self._wrong):
            whole.addWidget(part)
        whole.addLayout(foot)
        self.setLayout(whole)
        self._typed.setFocus()

    def _look(self) -> None:
        if self._pause.isActive():
            return
        typed = self._typed.text()
        self._typed.clear()
        if hmac.compare_digest(typed.encode(), self._code.encode()):
            self.accept()
            self._leave()
            return
        self._wrong.set_text(say("staff.single-display.wrong"))
        for control in (self._typed, self._end):
            control.setEnabled(False)
        self._pause.start()

    def _ask_again(self) -> None:
        for control in (self._typed, self._end):
            control.setEnabled(True)
        self._typed.setFocus()
