"""マイナンバーカード: placing the card, why it must be placed again, and reading it."""

from __future__ import annotations

from kiosk.domain.availability import why_unavailable
from kiosk.domain.errors import Code
from kiosk.domain.patron_view import Lasted
from kiosk.domain.reader_trouble import as_it_stands, reader_problem
from kiosk.domain.registration.library_card import goes_unchecked
from kiosk.domain.states import AwaitingMyNumberCard, Counter, FindingLinks, Problem, ReadingMyNumberCard
from kiosk.domain.transition import is_reader_free, left_lying
from kiosk.text import refusal, say
from kiosk.ui.reading_time import ReadingTime
from kiosk.ui.staff.card_left import left_words
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.staff.panels import Ground, column, facts
from kiosk.ui.staff.stop_reasons import stopped_words
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.picture import WaitingPicture
from kiosk.ui.widgets.words import Words, unmarked


class MyNumberCardPage(StaffPage):
    where_barcodes_go = "staff.barcode.card-read"

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__(emit, sizes, say("staff.my-number-card.name"))
        self._shown: Counter | None = None
        self._reading = ReadingTime(self, self._show_card)
        self._trouble, self._about_number = Notice("care", icon_size=sizes.icon), Notice("care", icon_size=sizes.icon)
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
        self.body.addWidget(self._about_number)
        self.body.addWidget(ground, 1)
        self.wizard_foot()

    def show_state(self, counter: Counter) -> None:
        flow = counter.flow
        self._shown = counter
        self._reading.follow(flow)
        if not isinstance(flow, AwaitingMyNumberCard | ReadingMyNumberCard | FindingLinks):
            return
        if flow.draft.patron is not None:
            self._number.set_text(flow.draft.patron.number.grouped)
            unchecked = say("staff.confirm.unchecked"), say("staff.confirm.unchecked-text")
            self._about_number.say(*(unchecked if goes_unchecked(counter, flow.draft) else stopped_words(flow.draft.patron.standing.stops)))
        # A scan here gets an answer: the library card has been read already. During a read the banner gives it.
        self.takes_barcodes = isinstance(flow, AwaitingMyNumberCard)
        self._show_problem(self._problem(counter))
        self._show_card()

    def _show_card(self) -> None:
        if self._shown is None:
            return
        counter, flow = self._shown, self._shown.flow
        if isinstance(flow, AwaitingMyNumberCard) or _is_tried(counter):
            self._picture.show_waiting()
            self._picture.setVisible(reader_problem(counter) is None)
            self._say_waiting(counter)
            return
        self._picture.show_reading()
        if isinstance(flow, FindingLinks):
            self._say(say("staff.my-number-card.finding"), "")
        elif isinstance(flow, ReadingMyNumberCard):
            self._say_reading(counter, flow)

    def _say_waiting(self, counter: Counter) -> None:
        if reader_problem(counter) is not None:
            self._say(say("staff.my-number-card.away"), say("staff.my-number-card.away-lead"))
            return
        if (left := left_lying(counter)) and not is_reader_free(counter, left | counter.strays):
            self._picture.show_reading()
            self._say(*left_words(counter))
            return
        child = isinstance(counter.flow, AwaitingMyNumberCard | ReadingMyNumberCard) and counter.flow.draft.by_guardian
        self._say(say("staff.my-number-card.title-child" if child else "staff.my-number-card.title"), say("staff.my-number-card.lead"))

    def _say_reading(self, counter: Counter, flow: ReadingMyNumberCard) -> None:
        if flow.slow:
            self._say(refusal(Code.CARD_SILENT, "title"), refusal(Code.CARD_SILENT, "staff-next"))
        elif flow.in_use:
            self._say(refusal(Code.CARD_IN_USE, "title"), say("staff.home.in-use-lead"))
        elif flow.behind:
            reader = unmarked(flow.behind)
            self._say(say("staff.home.behind", reader=reader), say("staff.home.behind-lead", reader=reader))
        elif self._reading.lasted is not Lasted.BRIEFLY:
            self._say(say("staff.my-number-card.reading"), say("staff.home.stay") if self._reading.lasted is Lasted.LONG else "")
        else:
            self._say_waiting(counter)

    def _problem(self, counter: Counter) -> Problem | None:
        """Return the problem to show. Reader trouble precedes what it caused: until it is fixed no card can be placed again."""
        flow = counter.flow
        known = flow.problem if isinstance(flow, AwaitingMyNumberCard) else flow.before if isinstance(flow, ReadingMyNumberCard) else None
        if not isinstance(flow, AwaitingMyNumberCard | ReadingMyNumberCard):
            return None
        return why_unavailable(counter) or (as_it_stands(counter, known) if known is not None else None)

    def _show_problem(self, problem: Problem | None) -> None:
        if problem is None:
            self._trouble.say("")
            return
        params = dict(problem.params)
        self._trouble.say(refusal(problem.code, "staff", **params), refusal(problem.code, "staff-next", **params))

    def _say(self, title: str, lead: str) -> None:
        self._title.set_text(title)
        self._lead.set_text(lead)


def _is_tried(counter: Counter) -> bool:
    """Whether a stray card is being read; to everybody here the counter is still waiting for one."""
    return isinstance(counter.flow, ReadingMyNumberCard) and counter.flow.insertion in counter.strays
