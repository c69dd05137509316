"""The targets of the configuration, and where the number of each service goes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kiosk.domain.events import Event, TargetForgotten, TargetTryPressed
from kiosk.domain.field_targets import FieldTarget, target_for_service
from kiosk.domain.model import AnyService, Service
from kiosk.domain.service_ways import Way, ways
from kiosk.domain.states import Counter
from kiosk.text import plain, say
from kiosk.ui.staff.panels import MIDDLE, Panel, column, facts, row, title_row
from kiosk.ui.staff.service_ways import way_words
from kiosk.ui.staff.serving.services import name_of
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.words import Words, unmarked

_TYPED = (Way.TYPED_ON_TAP, Way.TYPED_ON_CHOICE)


def services_panel(counter: Counter, sizes: StaffSizes) -> Panel:
    """For each service whether it is done here, over SIP2, or its number goes elsewhere, and where to."""
    panel = Panel(sizes)
    panel.inside.addLayout(title_row("right", say("staff.fields.services"), sizes))
    offered: tuple[AnyService, ...] = (*Service, *counter.rules.local_services)
    rows: list[tuple[str, QWidget]] = [(name_of(service), Words(_where(counter, service))) for service in offered]
    # Side by side, where there is room: the targets below are what staff come for.
    half = len(rows) if sizes.small else (len(rows) + 1) // 2
    across = row(sizes.gap)
    for part in (rows[:half], rows[half:]):
        if part:
            below = column()
            below.addLayout(facts(part, sizes))
            below.addStretch(1)
            across.addLayout(below, 1)
    panel.inside.addLayout(across)
    return panel


def _where(counter: Counter, service: AnyService) -> str:
    found = ways(counter, service)
    said = way_words(found)
    if not any(way in _TYPED for way in found):
        return said
    target = target_for_service(counter.rules.handover_targets, None if Way.TYPED_ON_TAP in found else service)
    if target is not None:
        return said + say("staff.fields.into", name=unmarked(target.name))
    return said + say("staff.fields.into-window") if counter.rules.handover_window else say("staff.fields.into-nothing")


class TargetCard(Panel):
    """One target: what it is known by, and the buttons that try and remove it. Removing asks first."""

    def __init__(
        self, target: FieldTarget, service_names: Callable[[str], str], whose: str, emit: Callable[[Event], None], sizes: StaffSizes
    ) -> None:
        """`whose`: see `whose_number`."""
        super().__init__(sizes)
        name = unmarked(target.name)
        self.inside.addLayout(title_row("keypad", name, sizes))
        services = "、".join(map(service_names, target.services)) or say("staff.fields.all-others")
        keys = [say(f"staff.fields.way-{target.way}")]
        keys += [say("staff.fields.prefix", key=say(f"staff.fields.key-{target.prefix}"))] if target.prefix != "none" else []
        keys += [say("staff.fields.suffix-key", key=say(f"staff.fields.key-{target.suffix}"))] if target.suffix != "none" else []
        keys += [say("staff.fields.pause", ms=target.pause_ms)] if target.pause_ms else []
        label = unmarked(target.label or target.id) or say("staff.fields.empty")
        field = label if not target.is_unchecked else say("staff.fields.no-field")
        rows: list[tuple[str, QWidget]] = [
            (say("staff.fields.for"), Words(services)),
            (say("staff.fields.window"), Words(say("staff.fields.title-has", title=unmarked(target.title)))),
            (say("staff.fields.label"), Words(field)),
            (say("staff.fields.page"), Words(target.address or say("staff.fields.empty"), verbatim=True)),
            (say("staff.fields.habit"), Words(say(f"staff.fields.habit-{target.habit}"))),
            (say("staff.fields.way"), Words("、".join(keys))),
        ]
        self.inside.addLayout(facts(rows, sizes))
        if not target.in_force:
            self.inside.addWidget(Words(say("staff.fields.not-in-force"), "note"))
        self.inside.addWidget(Words(whose, "note"))
        self._try = Button(say("staff.fields.try"), "secondary")
        self._try.setAccessibleName(plain(say("staff.fields.try-named", name=name)))
        says(self._try, TargetTryPressed(target.name), emit)
        self._forget = Button(say("staff.fields.forget"), "quiet")
        self._forget.setAccessibleName(plain(say("staff.fields.forget-named", name=name)))
        self._forget.clicked.connect(lambda: self._ask(True))
        self._question = Words(say("staff.fields.forget-ask", name=name), "strong")
        self._sure = Button(say("staff.fields.forget-sure"), "secondary")
        self._sure.setAccessibleName(plain(say("staff.fields.forget-sure-named", name=name)))
        says(self._sure, TargetForgotten(target.name), emit)
        self._rather_not = Button(say("staff.fields.forget-not"), "quiet")
        self._rather_not.setAccessibleName(plain(say("staff.fields.forget-not-named", name=name)))
        self._rather_not.clicked.connect(lambda: self._ask(False))
        buttons = row(round(sizes.gap * 0.6))
        buttons.addWidget(self._try)
        buttons.addWidget(self._forget)
        buttons.addWidget(self._question, 1, MIDDLE)
        buttons.addWidget(self._sure)
        buttons.addWidget(self._rather_not)
        buttons.addStretch(0)
        self.inside.addLayout(buttons)
        self._asks = False
        self.show_free(True)

    def show_free(self, free: bool) -> None:
        """Whether nothing else is under way."""
        for button in (self._try, self._forget, self._sure):
            button.setEnabled(free)
        self._place()

    def _ask(self, asks: bool) -> None:
        self._asks = asks
        self._place()
        (self._rather_not if asks else self._forget).setFocus()

    def _place(self) -> None:
        for widget, shown in (
            (self._try, not self._asks),
            (self._forget, not self._asks),
            (self._question, self._asks),
            (self._sure, self._asks),
            (self._rather_not, self._asks),
        ):
            widget.setVisible(shown)
