"""番号を入れる欄: the targets, and what is being taught. Only while nobody is served."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kiosk.domain.codefacts import Family
from kiosk.domain.errors import Code
from kiosk.domain.events import StatusChosen
from kiosk.domain.field_targets import FieldTarget
from kiosk.domain.model import Service
from kiosk.domain.states import Counter, CounterRules, FieldAct, FieldDone, Fields, HandoverWhen
from kiosk.text import plain, refusal, say
from kiosk.ui.staff.fields.known import TargetCard, services_panel
from kiosk.ui.staff.fields.teaching import TeachPanel
from kiosk.ui.staff.fields.trial import whose_number
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.page_beside import PageBeside
from kiosk.ui.staff.panels import Panel, bullet, column
from kiosk.ui.staff.serving.services import name_of
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words, unmarked

_LAID_OUT_MS = 20


class FieldsPage(PageBeside):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.fields.title"))
        self._title, _ = self.head(say("staff.fields.title"), say("staff.fields.lead"))
        self._notice = Notice(icon_size=sizes.icon)
        self._teach = TeachPanel(emit, sizes)
        self._known = column(sizes.gap)
        self.body.addWidget(self._notice)
        self.body.addLayout(self._known)
        self.body.addWidget(self._teach)
        self.body.addStretch(1)
        self.foot().addWidget(self.button(say("staff.fields.back"), "secondary", StatusChosen(), icon="left"))
        self._laid: tuple[tuple[FieldTarget, ...] | None, CounterRules] | None = None
        self._cards: list[TargetCard] = []
        self._panels: list[QWidget] = []
        self._shown: Fields | None = None
        # What has just become visible has its height a round of the event loop later; until then the step before stays on the screen.
        self._laid_out = QTimer(self, singleShot=True, interval=_LAID_OUT_MS)
        self._laid_out.timeout.connect(lambda: self.setUpdatesEnabled(True))

    def show_state(self, counter: Counter) -> None:
        super().show_state(counter)
        page = counter.fields
        if page is None:
            return
        self._lay_out(counter, page)
        self._teach.show_state(counter, page)
        # One thing at a time: what is known already is out of the way meanwhile.
        is_teaching = page.is_taught or page.taught is not None
        for panel in self._panels:
            panel.setVisible(not is_teaching)
        self._teach.setVisible(page.act is not FieldAct.READING)
        for card in self._cards:
            card.show_free(page.act is FieldAct.NOTHING)
        self._say(page)
        if self._shown is not None and page.act is not self._shown.act:
            self.setUpdatesEnabled(False)
            self._laid_out.start()
            self.bring_into_sight(self._notice if self._notice.speaks else self._title)
        self._shown = page

    def _lay_out(self, counter: Counter, page: Fields) -> None:
        """Build what is known of the configuration, whenever it changes."""
        laid = page.targets, counter.rules
        if laid == self._laid:
            return
        self._laid = laid
        for panel in self._panels:
            self._known.removeWidget(panel)
            panel.hide()
            panel.deleteLater()
        targets = page.targets or ()
        names = {service.value: plain(name_of(service)) for service in Service}
        whose = whose_number(counter.rules)
        self._cards = [TargetCard(target, lambda name: unmarked(names.get(name, name)), whose, self.tell, self.sizes) for target in targets]
        self._panels = [services_panel(counter, self.sizes), *self._cards]
        if page.targets == ():
            none = Panel(self.sizes)
            none.inside.addWidget(Words(say("staff.fields.none")))
            self._panels.append(none)
        if page.targets and counter.rules.handover is HandoverWhen.OFF:
            off = Panel(self.sizes)
            off.inside.addLayout(bullet("info", say("staff.fields.off"), self.sizes, "blue"))
            self._panels.append(off)
        for panel in self._panels:
            self._known.addWidget(panel)

    def _say(self, page: Fields) -> None:
        """What was done, what is being done, or why it was not."""
        if page.problem is not None:
            code, params = page.problem.code, dict(page.problem.params)
            self._notice.set_kind("care")
            self._notice.say(refusal(code, "staff", **params), _next(code, params))
            return
        if page.done is not None:
            self._notice.set_kind("care" if page.done in (FieldDone.TRIED_UNCHECKED, FieldDone.GONE) else "done")
            self._notice.say(say(f"staff.fields.done-{page.done}", name=unmarked(page.name)))
            return
        under_way = {FieldAct.READING: "reading", FieldAct.TRYING: "trying", FieldAct.FORGETTING: "forgetting"}.get(page.act)
        self._notice.set_kind("info")
        self._notice.say("" if under_way is None else say(f"staff.fields.{under_way}", name=unmarked(page.name)))


def _next(code: Code, params: dict[str, str | int]) -> str:
    """What to do: here nobody has a patron's number to copy."""
    if code.about.family is not Family.HANDOVER:
        return refusal(code, "staff-next", **params)
    if code is Code.HANDOVER_IMPOSSIBLE:
        return say("staff.fields.next-impossible")
    reason = params.get("reason")
    if reason in ("silent-program", "no-interface", "masked"):
        return say("staff.fields.next-unseen")
    if reason in ("fixed", "nameless"):
        return say(f"staff.fields.next-{reason}")
    return say("staff.fields.next-typed" if "typed" in params else "staff.fields.next")
