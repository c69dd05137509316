"""Top bar (page, counter, time) and status bar (what works)."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from kiosk.domain.calendar import WEEKDAYS
from kiosk.domain.events import MoreTimePressed
from kiosk.domain.health import OVERDUE, Condition
from kiosk.domain.idle_extension import may_have_more
from kiosk.domain.model import IlsCondition, ReaderCondition, RegistryCondition
from kiosk.domain.states import Counter, CounterFacts
from kiosk.text import plain, say
from kiosk.ui.countdown import MoreTimeLeft
from kiosk.ui.staff.finding_texts import cares_seen
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE, Chip, row
from kiosk.ui.staff.registry_words import registry_state
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.steps import StepBar
from kiosk.ui.widgets.words import Words

_STATES = {"fine": ("check", "mute"), "trouble": ("warn", "yellow"), "waiting": ("sync", "mute"), "none": ("info", "mute")}
"""States of a part, with icon and colour."""
_ILS_KEYS = {IlsCondition.NONE: "ils-none", IlsCondition.STARTING: "ils-starting", IlsCondition.READY: "ils-ready"}
"""Text keys; any other condition uses the name of its code."""
_ILS_STATES = {IlsCondition.NONE: "none", IlsCondition.STARTING: "waiting", IlsCondition.READY: "fine"}


class TopBar(QFrame):
    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        self.setProperty("bar", "top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(sizes.top)
        self._title = Words(kind="heading", line=1.3)
        self._steps = StepBar(circle=round(sizes.body * 1.6))
        self._demo = Chip("care", say("staff.top.demo"), sizes)
        self._counter, self._day, self._time = Words(kind="sub"), Words(kind="sub"), Words(kind="strong")
        inside = row(round(sizes.gap * 0.8), (sizes.margin_x, 0, sizes.margin_x, 0))
        inside.addWidget(self._title, 0, MIDDLE)
        inside.addSpacing(round(sizes.gap * 0.6))
        inside.addWidget(self._steps, 1, MIDDLE)
        inside.addSpacing(round(sizes.gap * 0.6))
        self._air = QWidget()
        inside.addWidget(self._air, 1)
        for part in (self._demo, self._counter, self._day, self._time):
            inside.addWidget(part, 0, MIDDLE)
        self.setLayout(inside)

    def show_place(self, title: str, steps: list[str], now: int) -> None:
        """Show the title and, in a registration, its steps and the current one (from 0)."""
        self._title.set_text(title)
        self._steps.setVisible(bool(steps))
        self._air.setVisible(not steps)
        if steps:
            name = say("staff.top.steps", count=len(steps), number=now + 1, step=steps[now])
            self._steps.show_steps(steps, now, name)
        self._fit()

    def show_facts(self, facts: CounterFacts) -> None:
        self._counter.set_text(facts.counter_name)
        self._demo.setVisible(facts.demo and not facts.practice)
        self._fit()

    def show_time(self, now: datetime) -> None:
        self._day.set_text(say("staff.top.day", month=now.month, day=now.day, weekday=WEEKDAYS[now.weekday()]))
        self._time.set_text(f"{now:%H:%M}")

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        """Show all step labels if they fit; otherwise first hide the day, then label only the current step."""
        if self._steps.isHidden():
            self._day.show()
            return
        layout = self.layout()
        spacing = layout.spacing() if layout is not None else 0
        parts = (self._title, self._counter, self._time, *((self._demo,) if not self._demo.isHidden() else ()))
        taken = sum(part.sizeHint().width() + spacing for part in parts) + self.contentsMargins().left() + spacing * 4
        margins = layout.contentsMargins() if layout is not None else self.contentsMargins()
        room = self.width() - taken - margins.left() - margins.right()
        self._steps.show_only_now(False)
        day = self._day.sizeHint().width() + spacing
        self._day.setVisible(self._steps.needed() + day <= room)
        if self._steps.needed() > room:
            self._steps.show_only_now(True)
            self._day.setVisible(self._steps.needed() + day <= room)


class StatusItem(QFrame):
    """Condition of one part. Fine: plain text and a tick. Trouble: bold on yellow, with what still works."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        self._size = round(sizes.note * 1.3)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon, self._text = QLabel(), Words(kind="status", line=1.2)
        self._whole = self._short = ""
        inside = row(6, (8, 2, 10, 2))
        inside.addWidget(self._icon, 0, MIDDLE)
        inside.addWidget(self._text, 1, MIDDLE)
        self.setLayout(inside)

    @property
    def has_short(self) -> bool:
        """Whether it has a text for where space is short."""
        return bool(self._short)

    def shorten(self, is_short: bool) -> None:
        self._text.set_text(self._short if is_short and self._short else self._whole)

    def show_condition(self, text: str, state: str = "fine", short: str = "") -> None:
        """`state` is one of _STATES."""
        self._whole, self._short = text, short
        icon, colour = _STATES[state]
        self._icon.setPixmap(pixmap(icon, self._size, colour, self.devicePixelRatioF()))
        self._text.set_text(text)
        self.setAccessibleName(plain(text))
        trouble = state == "trouble"
        if self.property("trouble") != trouble:
            for widget in (self, self._text):
                widget.setProperty("trouble", trouble)
                widget.style().unpolish(widget)
                widget.style().polish(widget)


class StatusBar(QFrame):
    """Status bar: what works and, at the right, a button for more time."""

    def __init__(self, sizes: StaffSizes, emit: Emit, left: MoreTimeLeft) -> None:
        super().__init__()
        self.setProperty("bar", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(sizes.status)
        self.setAccessibleName(say("staff.bar.name"))
        self._reader, self._ils, self._links = (StatusItem(sizes) for _ in range(3))
        inside = row(round(sizes.gap * 0.6), (10, 0, 10, 0))
        for item in (self._reader, self._ils, self._links):
            inside.addWidget(item, 0, MIDDLE)
        inside.addStretch(1)
        self._left, self._stays = left, QLabel()
        self._more = Button(say("staff.more-time.give"), "quiet", icon="clock", chord="T")
        says(self._more, MoreTimePressed(), emit)
        inside.addWidget(self._stays, 0, MIDDLE)
        inside.addWidget(self._more, 0, MIDDLE)
        self._stays.hide()
        self._more.hide()
        left.ticked.connect(self._show_left)
        self.setLayout(inside)

    def _show_left(self) -> None:
        minutes, seconds = divmod(self._left.seconds, 60)
        self._stays.setText(say("staff.more-time.left", minutes=minutes, seconds=seconds))
        self._stays.setVisible(self._left.seconds > 0)
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        """Shorten the links' item if space is short and it is fine; where no register is used, hide it."""
        layout = self.layout()
        spacing = layout.spacing() if layout is not None else 0
        parts = (self._reader, self._ils, self._links, self._stays, self._more)
        self._links.shorten(False)
        needed = sum(part.sizeHint().width() + spacing for part in parts if part is self._links or not part.isHidden())
        fits = bool(self._links.property("trouble")) or needed + 20 <= self.width()
        self._links.shorten(not fits)
        self._links.setVisible(fits or self._links.has_short)

    def show_state(self, counter: Counter) -> None:
        self._more.setVisible(may_have_more(counter))
        condition = counter.reader
        if condition is ReaderCondition.READY and counter.facts.finding("reader").word == OVERDUE:
            self._reader.show_condition(say("staff.bar.reader-unknown"), "trouble")
        elif condition is ReaderCondition.READY:
            self._reader.show_condition(say("staff.bar.reader-ready"))
        elif condition is ReaderCondition.STARTING:
            self._reader.show_condition(say("staff.bar.reader-starting"), "waiting")
        else:
            self._reader.show_condition(say(f"staff.bar.{condition}"), "trouble")
        self._ils.show_condition(say(f"staff.bar.{_ILS_KEYS.get(counter.ils, counter.ils)}"), _ILS_STATES.get(counter.ils, "trouble"))
        self._show_links(counter)
        self._show_left()

    def _show_links(self, counter: Counter) -> None:
        """Show the links' condition, with a count of what else needs attention about them. Without a register nothing can be out of step,
        and a count of everything that needs attention takes its place.
        """
        facts = counter.facts
        store, seen = facts.finding("store"), cares_seen(facts)
        state = registry_state(counter)
        if store.outcome == "store.doubted":
            self._links.show_condition(say("staff.bar.links-doubted"), "trouble")
        elif store.condition is Condition.WRONG:
            self._links.show_condition(say("staff.bar.links-wrong"), "trouble")
        elif state is not None and state[1] == "trouble":
            self._links.show_condition(*state)
        elif seen and counter.registry is RegistryCondition.NONE:
            self._links.show_condition(say("staff.bar.cares", count=len(seen)), "trouble")
        else:
            text, condition = state or _links_state(counter)
            if count := sum(finding.check == store.check for finding in seen):
                self._links.show_condition(say("staff.bar.and-cares", links=text, count=count), "trouble")
            else:
                fine = condition == "fine" and counter.registry is not RegistryCondition.NONE
                self._links.show_condition(text, condition, say("staff.bar.links-synced-short") if fine else "")


def _links_state(counter: Counter) -> tuple[str, str]:
    """Return what is said of links that are in order, and as which state."""
    pending = counter.facts.finding("store").number("pending")
    if pending is None:
        return say("staff.bar.links-unknown"), "none"
    if pending:
        return say("staff.bar.links-pending", pending=pending), "waiting"
    return say("staff.bar.links-here" if counter.registry is RegistryCondition.NONE else "staff.bar.links-synced"), "fine"
