"""Many patrons in a hurry: whatever staff and patrons do, each item goes to the patron on screen, and none gets lost.

The scripted library system keeps its own records; at the end of every session the slip matches them exactly.
"""

from __future__ import annotations

import random
from collections import Counter as Tally
from dataclasses import dataclass, field

import pytest

from kiosk.domain.circulation import Item, ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.effects import ListLoans, PrintSlip, ReadCard, ServeItem
from kiosk.domain.events import (
    Event,
    HelpChosen,
    HomeChosen,
    ItemAnswered,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    LoansListed,
    RegistrationChosen,
    RenewalChosen,
    ServiceChosen,
)
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.serving.knowledge import in_doubt
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, Flow, PatronShown, Progress, When
from tests.support.domain.scripted_counter import OTHER_READER, READER, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import DUE, Library, title

DAYS, ACTS = 60, 400
HOLDERS = "abc"
ITEMS = tuple(f"11034471{number:02d}" for number in range(12))
SERVED = (Service.LOAN, *ITEM_SERVICES)
Done = tuple[str, Service, str]


def number_of(holder: str) -> LibraryCardNumber:
    return LibraryCardNumber(f"210406785{HOLDERS.index(holder)}")


@dataclass
class Saturday:
    """One day: acts are drawn, the library's system answers when it comes to it."""

    draw: random.Random
    slip: SlipKind
    end_on_lift: bool
    desk: ScriptedCounter = field(init=False)
    wished: Tally[Done] = field(default_factory=Tally)
    """What was scanned or chosen while that patron was on the screen."""
    books: list[Done] = field(default_factory=list)
    """What the library's system has done in the session under way."""
    sessions: int = 0
    lines: int = 0

    def __post_init__(self) -> None:
        cards = [Card(holder) for holder in HOLDERS]
        rules = CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=self.slip, end_on_lift=self.end_on_lift)
        self.desk = ScriptedCounter(rules, links=[link(card, number_of(card.holder)) for card in cards], library=Library(), answering=False)

    def tell(self, *events: Event) -> None:
        """Let it happen, and look at what came of it."""
        for event in events:
            before, asked = self.desk.flow, len(self.desk.asked)
            self.desk.tell(event)
            self.see(before, event, asked)

    def see(self, before: Flow, event: Event, asked: int) -> None:
        now = self.desk.flow
        effects = self.desk.asked[asked:]
        for effect in effects:
            if isinstance(effect, ServeItem):
                wish = (effect.number.text, effect.service, effect.item.number)
                assert self.wished[wish] > 0, "nobody wished for it while this patron was on the screen"
                assert wish not in self.books, "done already in this session"
        ended = isinstance(before, PatronShown) and (not isinstance(now, PatronShown) or now.patron.number != before.patron.number)
        if isinstance(before, PatronShown) and ended:
            assert not [question for question in self.desk.open if isinstance(question, ServeItem)], "left behind"
            printed = [effect.slip for effect in effects if isinstance(effect, PrintSlip)]
            lines = [(slip.number.text, line.service, line.item.number) for slip in printed for line in slip.lines]
            if self.slip is SlipKind.TODAY:
                assert Tally(lines) == Tally(self.books), f"{event} ended the session"
            self.sessions, self.lines = self.sessions + 1, self.lines + len(lines)
            self.books.clear()
            self.wished.clear()
        elif isinstance(now, PatronShown):
            shown = [entry.wish for entry in reversed(now.dealings.entries) if entry.progress is Progress.DONE]
            assert Tally(shown) == Tally((service, item) for _, service, item in self.books)

    # --- what happens

    def act(self) -> None:
        flow, dice = self.desk.flow, self.draw.random()
        if self.desk.open and dice < 0.45:
            self.answer()
        elif isinstance(flow, PatronShown) and dice < 0.8:
            self.serve(flow)
        elif dice < 0.93:
            self.move_a_card()
        elif dice < 0.96:
            ends: list[Event] = [LeavePressed(), HomeChosen(), RegistrationChosen(), HelpChosen(), LibraryCardEntered("x")]
            self.tell(self.draw.choice(ends))
        else:
            asked, before = len(self.desk.asked), self.desk.flow
            self.desk.leave_alone()
            self.see(before, LeavePressed(), asked)

    def serve(self, flow: PatronShown) -> None:
        item = self.draw.choice(ITEMS)
        acts: list[Event] = [*[ItemEntered(item)] * 6, ServiceChosen(self.draw.choice(SERVED)), LeavePressed()]
        if flow.service is Service.RENEWAL and flow.dealings.loans:
            acts += [RenewalChosen(), RenewalChosen(self.draw.choice(flow.dealings.loans).number)]
        act = self.draw.choice(acts)
        if isinstance(flow.service, Service) and isinstance(act, ItemEntered | RenewalChosen):
            renewed = [loan.number for loan in flow.dealings.loans or ()]
            for wish in [item] if isinstance(act, ItemEntered) else renewed:
                self.wished[flow.patron.number.text, flow.service, wish] += 1
        self.tell(*[act] * (2 if self.draw.random() < 0.2 else 1))  # some scanners trigger twice

    def move_a_card(self) -> None:
        lying = self.desk.counter.cards
        free = [reader for reader in (READER, OTHER_READER) if reader not in {insertion.reader for insertion in lying}]
        asked, before = len(self.desk.asked), self.desk.flow
        if lying and (not free or self.draw.random() < 0.5):
            self.desk.lift(self.draw.choice(lying))
        else:
            self.desk.lay(Card(self.draw.choice(HOLDERS)), self.draw.choice(free))
        self.see(before, LeavePressed(), asked)

    def answer(self) -> None:
        question = self.desk.open.popleft()
        if isinstance(question, ServeItem):
            self.tell(ItemAnswered(question.ticket, self.served(question)))
        elif isinstance(question, ListLoans):
            lent = {item for number, service, item in self.books if service is Service.LOAN}
            listed = (*ITEMS[:2], *sorted(lent - set(ITEMS[:2])))
            self.found(question, listed)
            self.tell(LoansListed(question.ticket, LoanList.whole(listed)))
        else:
            self.tell(self.desk.answer_to(question))

    def found(self, question: ListLoans, listed: tuple[str, ...]) -> None:
        """What was lent though the answer was lost stands on the list."""
        flow = self.desk.flow
        if isinstance(flow, PatronShown) and flow.dealings.listing == question.ticket:
            lost = {entry.item.number for entry in flow.dealings.entries if entry.service is Service.LOAN and in_doubt(entry)}
            self.books += [(flow.patron.number.text, Service.LOAN, number) for number in listed if number in lost]

    def served(self, question: ServeItem) -> ItemAnswer:
        number, dice = question.item.number, self.draw.random()
        if dice < 0.7:
            self.books.append((question.number.text, question.service, number))
            return ItemAnswer(Item(number, title(number), DUE), Outcome.DONE)
        if dice < 0.9:
            return ItemAnswer(Item(number), Outcome.REFUSED, Reason.RESERVED)
        return ItemAnswer(Item(number), Outcome.UNKNOWN, Reason.LOST_ANSWER)


SLIPS = (SlipKind.TODAY, SlipKind.ALL, SlipKind.NONE)
QUICK, LONG = [(slip, DAYS // 3) for slip in SLIPS], [pytest.param((slip, DAYS), marks=pytest.mark.trial) for slip in SLIPS]


@pytest.fixture(scope="module", params=[*QUICK, *LONG], ids=str)
def days(request: pytest.FixtureRequest) -> list[Saturday]:
    slip, many = request.param
    lived = [Saturday(random.Random(day), slip, end_on_lift=day % 2 == 0) for day in range(many)]
    for day in lived:
        for _ in range(ACTS):
            day.act()
    return lived


def test_no_item_is_lost_or_goes_to_another_patron(days: list[Saturday]) -> None:
    """What must not be is asserted while the days go by; here it is seen that they were busy."""
    assert sum(day.sessions for day in days) > len(days)
    if days[0].slip is not SlipKind.NONE:
        assert sum(day.lines for day in days) > len(days)


def test_every_card_laid_by_a_next_patron_is_read_in_the_end(days: list[Saturday]) -> None:
    for day in days:
        desk = day.desk
        while desk.open:
            day.answer()
        for _ in range(4):
            day.tell(LeavePressed())
            while desk.open:
                day.answer()
        read = {effect.insertion for effect in desk.of(ReadCard)}
        assert set(desk.counter.cards) <= read | desk.counter.spent
