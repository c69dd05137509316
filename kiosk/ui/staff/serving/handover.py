"""Progress of typing the number into another program's window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from kiosk.domain.events import HandoverAsked
from kiosk.domain.states import Counter, Handing, HandoverWhen, PatronShown
from kiosk.text import refusal, say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE, column, row
from kiosk.ui.staff.times import to_the_second
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon import icon_label, pixmap
from kiosk.ui.widgets.words import Words

_LOOKS = {
    Handing.NOT: ("external", "blue"),
    Handing.UNDER_WAY: ("sync", "blue"),
    Handing.DONE: ("checkc", "green"),
    Handing.UNCHECKED: ("checkc", "yellow"),
    Handing.FAILED: ("warn", "yellow"),
}


class HandoverStrip(QFrame):
    """Strip with the progress (in progress, done, failed) and the button that starts or repeats it."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._size = sizes.icon
        self._icon = icon_label("external", sizes.icon, "blue")
        self._words, self._next = Words(kind="strong", line=1.4), Words(line=1.4)
        self.put = Button(say("staff.handover.put"), "secondary", chord="P")
        self.put.setProperty("compact", "true")
        self.put.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        says(self.put, HandoverAsked(), emit)
        texts = column(0)
        texts.addWidget(self._words)
        texts.addWidget(self._next)
        inside = row(12, (round(sizes.margin_y * 0.8), 6, 10, 6))
        inside.addWidget(self._icon, 0, MIDDLE)
        inside.addLayout(texts, 1)
        inside.addWidget(self.put, 0, MIDDLE)
        self.setLayout(inside)
        self.hide()

    def show_state(self, counter: Counter, flow: PatronShown, *, here: bool) -> None:
        """Show this state. `here`: the open service runs in this window, so the strip is hidden unless the number was typed on the tap."""
        when, handing = counter.rules.handover, flow.handing
        concerns = not here or (when is HandoverWhen.ON_TAP and handing is not Handing.NOT)
        self.setVisible(when is not HandoverWhen.OFF and concerns)
        icon, colour = _LOOKS[handing]
        self._icon.setPixmap(pixmap(icon, self._size, colour, self.devicePixelRatioF()))
        problem = flow.handing_problem if handing is Handing.FAILED else None
        if problem is not None:
            self._words.set_text(refusal(problem.code, "staff", **dict(problem.params)))
            still = say("staff.handover.still") if flow.handed else ""
            at = flow.handing_failed_at
            failed = "" if at is None else say("staff.tried.handing", time=to_the_second(at))
            self._next.set_text(failed + still + refusal(problem.code, "staff-next", **dict(problem.params)))
        else:
            texts = {
                Handing.NOT: "offer",
                Handing.UNDER_WAY: "under-way",
                Handing.DONE: "done",
                Handing.UNCHECKED: "done",
                Handing.FAILED: "offer",
            }
            self._words.set_text(say(f"staff.handover.{texts[handing]}"))
            unchecked = say("staff.handover.unchecked") if handing is Handing.UNCHECKED else ""
            self._next.set_text(unchecked + (say("staff.handover.clipboard-lost") if flow.clipboard_lost else ""))
        self._next.setVisible(bool(self._next.text))
        self.put.setEnabled(handing is not Handing.UNDER_WAY)
        self.put.set_text(say("staff.handover.put") if handing is Handing.NOT else say("staff.handover.again"))
        self.setAccessibleName(f"{self._words.text}{self._next.text}")
        if self.property("handing") != handing:
            self.setProperty("handing", handing.value)
            self.style().unpolish(self)
            self.style().polish(self)
