"""Notices above any page: what staff have to see to or to know, whatever they are at."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kiosk.domain.circulation import Item
from kiosk.domain.errors import LACKING, Code
from kiosk.domain.events import CardLeftSeen, GoOnPressed, LateSeen, SlipRetryPressed, SlipTroubleSeen, StoreAccepted, StraySeen
from kiosk.domain.idleness import STAFF_ARE_TOLD
from kiosk.domain.keyboard import Why
from kiosk.domain.states import Counter, Late, Paper, Problem, Stray
from kiosk.text import refusal, say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE, column
from kiosk.ui.staff.patron.lines import grouped
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import Control, means, says
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import unmarked

PASSING_MS = 6000


class Banners(QWidget):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__()
        self._card_left, self._slip, self._late, self._idle, self._barcode = (Notice("care", icon_size=sizes.icon) for _ in range(5))
        self._doubt = Notice("care", icon_size=sizes.icon)
        self._hint = Notice("info", icon_size=sizes.icon)
        self._accept = Button(say("staff.banner.doubt-accept"), "secondary", chord="D")
        self._accept.clicked.connect(self._accepted)
        self._doubted: Problem | None = None
        self._emit = emit
        self._two_cards, self._stray = (Notice("care", icon_size=sizes.icon) for _ in range(2))
        self._stray_seen = Button(say("staff.banner.stray-seen"), "secondary")
        says(self._stray_seen, StraySeen(), emit)
        self._seen = Button(say("staff.banner.card-left-seen"), "secondary")
        says(self._seen, CardLeftSeen(), emit)
        self._slip_again = Button(say("staff.banner.slip-again"), "secondary", icon="print")
        says(self._slip_again, SlipRetryPressed(), emit)
        self._slip_seen = Button(say("staff.banner.slip-seen"), "secondary")
        says(self._slip_seen, SlipTroubleSeen(), emit)
        self._late_seen = Button(say("staff.banner.late-seen"), "secondary")
        says(self._late_seen, LateSeen(), emit)
        self._go_on = Button(say("staff.banner.idle-go-on"), "secondary")
        says(self._go_on, GoOnPressed(), emit)
        buttons = (
            (self._doubt, self._accept),
            (self._card_left, self._seen),
            (self._slip, self._slip_again),
            (self._slip, self._slip_seen),
            (self._late, self._late_seen),
            (self._idle, self._go_on),
            (self._stray, self._stray_seen),
        )
        for notice, button in buttons:
            layout = notice.layout()
            if layout is not None:
                layout.addWidget(button)
                layout.setAlignment(button, MIDDLE)
        inside = column(10, (sizes.margin_x, round(sizes.margin_y * 0.6), sizes.margin_x, 0))
        self._notices = (
            self._doubt,
            self._card_left,
            self._two_cards,
            self._stray,
            self._slip,
            self._late,
            self._idle,
            self._barcode,
            self._hint,
        )
        for notice in self._notices:
            inside.addWidget(notice)
        self.setLayout(inside)
        self._seconds = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)
        self._passing = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._passing.timeout.connect(self._passed)
        self.hide()

    def show_state(self, counter: Counter) -> None:
        self._show_doubt(counter.doubt)
        left = counter.card_left >= STAFF_ARE_TOLD
        self._card_left.say(say("staff.banner.card-left") if left else "", say("staff.banner.card-left-text"))
        self._show_two_cards(counter)
        self._show_stray(counter.stray_notice)
        self._show_slip([paper for paper in counter.papers if paper.trouble is not None], counter.rules.slip_printer)
        self._show_late(counter.late)
        self._show_idle(counter)
        self._fit()

    def _show_doubt(self, doubt: Problem | None) -> None:
        """What was found of the store, what to do first, and the button that lets cards be served again."""
        self._doubted = doubt
        if doubt is None:
            self._doubt.say("")
            return
        means(self._accept, StoreAccepted(doubt.code))
        params = dict(doubt.params)
        told = [refusal(doubt.code, "staff", **params)]
        if LACKING in params:
            told.append(say("staff.banner.doubt-lacking", count=params[LACKING]))
        told.append(refusal(doubt.code, "staff-next", **params))
        self._doubt.say(say(f"refusal.{doubt.code}.title"), "".join(told))

    def _accepted(self) -> None:
        if self._doubted is not None:
            self._emit(StoreAccepted(self._doubted.code))

    def _show_two_cards(self, counter: Counter) -> None:
        served = getattr(counter.flow, "insertion", None)
        others = [card for card in counter.cards if card != served and card not in counter.spent | counter.strays]
        if served not in counter.cards or served in counter.strays or not others:
            self._two_cards.say("")
            return
        named = "".join(say("staff.banner.named", reader=unmarked(other.reader)) for other in others)
        text = say("staff.banner.two-cards-text", reader=unmarked(served.reader), others=named)
        self._two_cards.say(say("staff.banner.two-cards"), text)

    def _show_stray(self, stray: Stray | None) -> None:
        if stray is None:
            self._stray.say("")
            return
        cause = refusal(stray.problem.code, "staff", **dict(stray.problem.params))
        title = say("staff.banner.stray", reader=unmarked(stray.insertion.reader))
        self._stray.say(title, say("staff.banner.stray-text", cause=cause))

    def _show_slip(self, papers: list[Paper], printer: str) -> None:
        """The next patron may stand here by now: whose slip it is is said, with the number masked as on the slip."""
        code = papers[0].trouble if papers else None
        if code is None:
            self._slip.say("")
            return
        named = printer or say("staff.banner.slip-printer")
        numbers = "、".join(dict.fromkeys(paper.slip.number.masked for paper in papers))
        whose = say("staff.banner.slip-of", numbers=numbers)
        self._slip.say(refusal(code, "staff", printer=named), whose + refusal(code, "staff-next", printer=named))

    def _show_late(self, late: tuple[Late, ...]) -> None:
        """One kind at a time, as it is to be seen to: the one that was found first."""
        if not late:
            self._late.say("")
            return
        service = late[0].service
        items = (each.item for each in late if each.service is service)
        named = [_named(item) for item in items]
        self._late.say(say(f"staff.banner.late-{service}"), "\n".join([*named, say(f"staff.banner.late-{service}-next")]))

    def _show_idle(self, counter: Counter) -> None:
        if not counter.idle_warning:
            self._second.stop()
            self._idle.say("")
        elif not self._second.isActive():
            self._seconds = round(counter.rules.warning_seconds)
            self._second.start()
            self._say_seconds()

    def _count_down(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        self._say_seconds()

    def _say_seconds(self) -> None:
        self._idle.say(say("staff.banner.idle"), say("staff.banner.idle-text", seconds=self._seconds))

    def tell_of_barcode(self) -> None:
        """A passing notice: it goes by itself, nothing has happened."""
        code = Code.BARCODE_ON_WRONG_STEP
        self._hint.say("")
        self._barcode.say(say(f"refusal.{code}.staff"), say(f"refusal.{code}.staff-next"))
        self._passing.start()
        self._fit()

    def tell_of_key(self, why: Why, control: Control | None) -> None:
        """Why a key did nothing, and what does it."""
        name = control.name if control is not None else ""
        if why is Why.HOLD and control is not None and control.chord:
            self._hint.say(say("staff.key.hold", name=unmarked(name)), say("staff.key.hold-chord", chord=f"Alt+{control.chord}"))
        elif why is Why.HOLD:
            self._hint.say(say("staff.key.hold", name=unmarked(name)) if name else say("staff.key.hold-page"), say("staff.key.hold-text"))
        else:
            self._hint.say(say(f"staff.key.{why}"), say(f"staff.key.{why}-text"))
        self._passing.start()
        self._fit()

    def forget_passing(self) -> None:
        self._passing.stop()
        self._passed()

    def _passed(self) -> None:
        self._barcode.say("")
        self._hint.say("")
        self._fit()

    def _fit(self) -> None:
        self.setVisible(not all(notice.isHidden() for notice in self._notices))


def _named(item: Item) -> str:
    number = grouped(item.number)
    if not item.title:
        return say("staff.line.untitled", number=number)
    return say("staff.banner.late-item", title=unmarked(item.title), number=number)
