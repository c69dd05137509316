"""マイナンバーカード: to be laid, why it has to be laid anew, and being read."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from kiosk.domain.errors import Code
from kiosk.domain.hindrance import hindrance
from kiosk.domain.states import AwaitingMyNumberCard, Counter, CounterFacts, FindingLinks, Problem, ReadingMyNumberCard
from kiosk.domain.trouble import as_it_stands, reader_problem
from kiosk.text import refusal, say
from kiosk.ui.readingtime import LONG_MS, NOTICEABLE_MS
from kiosk.ui.staff.page import Emit, Page
from kiosk.ui.staff.panels import Ground, column, facts
from kiosk.ui.staff.stops import stopped_words
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import WaitingPicture
from kiosk.ui.widgets.words import Words, unmarked


class MyNumberCardPage(Page):
    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.my-number-card.name"))
        self._flow: type[object] = object
        self._trouble, self._stopped = Notice("care", icon_size=sizes.icon), Notice("care", icon_size=sizes.icon)
        self._picture = WaitingPicture(sizes.title * 7, sizes.title * 4)
        self._title, self._lead = Words(kind="title", centred=True), Words(kind="lead", centred=True)
        self._number = Words(kind="strong")
        ground = Ground("blue")
        inside = column(10, (sizes.margin_x, sizes.margin_y, sizes.margin_x, sizes.margin_y))
        inside.addWidget(self._picture, 1)
        inside.addWidget(self._title)
        inside.addWidget(self._lead)
        inside.addSpacing(sizes.gap // 2)
        inside.addLayout(facts([(say("staff.number.label"), self._number)], sizes))
        ground.setLayout(inside)
        self.body.addWidget(self._trouble)
        self.body.addWidget(self._stopped)
        self.body.addWidget(ground, 1)
        self.wizard_foot()
        self._said, self._stay = QTimer(self, singleShot=True), QTimer(self, singleShot=True)
        self._said.timeout.connect(lambda: self._say(say("staff.my-number-card.reading"), ""))
        self._stay.timeout.connect(lambda: self._lead.set_text(say("staff.home.stay")))

    def project(self, counter: Counter, facts: CounterFacts) -> None:
        flow = counter.flow
        entered, self._flow = type(flow) is not self._flow, type(flow)
        if not isinstance(flow, AwaitingMyNumberCard | ReadingMyNumberCard | FindingLinks):
            return
        if flow.draft.patron is not None:
            self._number.set_text(flow.draft.patron.number.grouped)
            self._stopped.say(*stopped_words(flow.draft.patron.standing.stops))
        # A scan is answered with a sentence: the library card has been read already. While a card is read, the banner says it.
        self.takes_barcodes = isinstance(flow, AwaitingMyNumberCard)
        self._show_problem(self._problem(counter, facts))
        if isinstance(flow, AwaitingMyNumberCard) or _is_tried(counter):
            self._silence()
            self._picture.show_waiting()
            self._picture.setVisible(reader_problem(counter) is None)
            if reader_problem(counter) is not None:
                self._say(say("staff.my-number-card.away"), say("staff.my-number-card.away-lead"))
                return
            title = say("staff.my-number-card.title-child") if flow.draft.by_guardian else say("staff.my-number-card.title")
            self._say(title, say("staff.my-number-card.lead"))
        elif isinstance(flow, ReadingMyNumberCard) and flow.behind and not flow.slow:
            self._silence()
            self._picture.show_reading()
            self._say(say("staff.home.behind", reader=unmarked(flow.behind)), say("staff.home.behind-lead", reader=unmarked(flow.behind)))
        elif isinstance(flow, ReadingMyNumberCard) and flow.slow:
            self._silence()
            self._picture.show_reading()
            self._say(say(f"refusal.{Code.CARD_SILENT}.title"), say(f"refusal.{Code.CARD_SILENT}.staff-next"))
        elif isinstance(flow, FindingLinks):
            self._silence()
            self._say(say("staff.my-number-card.finding"), "")
        elif entered:
            self._picture.show_reading()
            self._said.start(NOTICEABLE_MS)
            self._stay.start(LONG_MS)

    def _problem(self, counter: Counter, facts: CounterFacts) -> Problem | None:
        """The reader's trouble goes before what it ended: nothing can be laid anew while it lasts."""
        flow = counter.flow
        known = flow.problem if isinstance(flow, AwaitingMyNumberCard) else flow.before if isinstance(flow, ReadingMyNumberCard) else None
        if not isinstance(flow, AwaitingMyNumberCard | ReadingMyNumberCard):
            return None
        return hindrance(counter, facts) or (as_it_stands(counter, known) if known is not None else None)

    def _show_problem(self, problem: Problem | None) -> None:
        if problem is None:
            self._trouble.say("")
            return
        params = dict(problem.params)
        self._trouble.say(refusal(problem.code, "staff", **params), say(f"refusal.{problem.code}.staff-next", **params))

    def _say(self, title: str, lead: str) -> None:
        self._title.set_text(title)
        self._lead.set_text(lead)

    def _silence(self) -> None:
        self._said.stop()
        self._stay.stop()


def _is_tried(counter: Counter) -> bool:
    """A card that nobody brought is being read; for everybody here a card is still waited for."""
    return isinstance(counter.flow, ReadingMyNumberCard) and counter.flow.insertion in counter.strays
