"""The library's own system behind a scripted counter: its loans and its answers for each item."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from kiosk.domain.circulation import Due, Item, ItemAnswer, LoanList, Outcome, Reason, Standing
from kiosk.domain.effects import DescribeItem, ListLoans, LookAgain, LookUpPatron, RecogniseLibraryCard, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    Event,
    ItemAnswered,
    ItemDescribed,
    LibraryCardRecognised,
    LibraryFailed,
    LoansListed,
    LookedAgain,
    PatronFound,
    PatronRefused,
)
from kiosk.domain.model import Patron, Service

DUE, RENEWED_DUE = Due(date(2026, 12, 7), "20261207"), Due(date(2026, 12, 21), "20261221")


@dataclass
class Library:
    """The library's own system. It accepts every request unless `says` has something else for the item's number."""

    standing: Standing = field(default_factory=lambda: Standing(loans_left=10))
    on_loan: list[str] = field(default_factory=list)
    says: dict[str, Reason] = field(default_factory=dict)
    """Reasons to refuse an item; with LOST_ANSWER the result is unknown."""
    lists: LoanList | None = None
    """The loan list it reports, if not the true one."""
    cards: set[str] = field(default_factory=set)
    """Existing library cards, besides those that were looked up."""
    down: Code | None = None
    """What keeps it from answering at all."""
    asked: list[str] = field(default_factory=list)
    """Every question so far, in order, as its service or kind and the number concerned."""

    def answer_to(self, question: LookUpPatron | ServeItem | ListLoans | DescribeItem | RecogniseLibraryCard | LookAgain) -> Event:
        ticket, down = question.ticket, self.down
        match question:
            case LookUpPatron(_, number):
                told = replace(self.standing, loans=self.listed.counted, on_loan=self.listed)
                return PatronRefused(ticket, down) if down else PatronFound(ticket, Patron(number, checked=True, standing=told))
            case ServeItem(_, service, _, item, sure):
                self.asked.append(f"{service} {item.number}")
                return ItemAnswered(ticket, self._served(service, item.number, sure=sure))
            case ListLoans(_, number):
                self.asked.append(f"loans {number.text}")
                return LibraryFailed(ticket, down) if down else LoansListed(ticket, self.listed)
            case RecogniseLibraryCard(_, number):
                self.asked.append(f"card {number.text}")
                return LibraryCardRecognised(ticket, None if down else number.text in self.cards)
            case LookAgain(_, service, _, item):
                self.asked.append(f"look {service} {item.number}")
                is_there = service is Service.LOAN and item.number in self.on_loan
                unseen = ItemAnswer(item, Outcome.REFUSED, Reason.NOT_THERE_YET)
                if self.down or (service is not Service.LOAN):
                    unseen = ItemAnswer(item, Outcome.UNKNOWN, Reason.LOST_ANSWER)
                return LookedAgain(ticket, ItemAnswer(Item(item.number, title(item.number), DUE), Outcome.DONE) if is_there else unseen)
            case DescribeItem(_, number):
                self.asked.append(f"item {number}")
                return LibraryFailed(ticket, down) if down else ItemDescribed(ticket, Item(number, title(number), DUE))

    @property
    def listed(self) -> LoanList:
        return LoanList.whole(self.on_loan) if self.lists is None else self.lists

    def _served(self, service: Service, number: str, *, sure: bool) -> ItemAnswer:
        reason = Reason.NOT_REACHED if self.down else self.says.get(number)
        if sure and reason is Reason.PERHAPS_RESERVED:
            reason = None
        if reason is not None:
            outcome = Outcome.UNKNOWN if reason is Reason.LOST_ANSWER else Outcome.REFUSED
            return ItemAnswer(Item(number), outcome, reason, "no")
        if service is Service.LOAN:
            assert number not in self.on_loan, "asked again for what it has lent, it would renew it"
            self.on_loan.append(number)
        due = {Service.LOAN: DUE, Service.RENEWAL: RENEWED_DUE}.get(service)
        return ItemAnswer(Item(number, title(number), due), Outcome.DONE, position=2 if service is Service.HOLD else None)


def title(number: str) -> str:
    return f"the book {number}"
