"""What is on loan to the patron, and the titles that come one after another."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import Item, LoanList, Reason
from kiosk.domain.errors import Code
from kiosk.domain.model import Service, Ticket
from kiosk.domain.serving.questions import go_on
from kiosk.domain.states import Counter, Entry, PatronShown, Progress
from kiosk.domain.turn import Step


def listed(counter: Counter, flow: PatronShown, told: LoanList) -> Step:
    """The list has come; what is known of its items already is not asked for again."""
    dealings = flow.dealings
    lines = (*dealings.earlier.values(), *reversed(dealings.entries))
    done = (entry.item for entry in lines if entry.progress is Progress.DONE and entry.service is not Service.HOLD)
    known = {item.number: item for item in (*done, *(dealings.loans or ())) if item.title}
    unique = tuple(dict.fromkeys(told.items))
    loans = tuple(known.get(number, Item(number)) for number in unique)
    # The title that is on its way stays the first, since its answer belongs to that.
    on_its_way = dealings.undescribed[:1] if dealings.describing else ()
    undescribed = (*on_its_way, *(number for number in unique if number not in known and number not in on_its_way))
    standing = replace(flow.patron.standing, loans=told.counted, on_loan=told)
    dealings = replace(dealings, loans=loans, listing=Ticket(0), undescribed=undescribed, problem=None)
    return go_on(counter, replace(flow, dealings=dealings, patron=replace(flow.patron, standing=standing)))


def described(counter: Counter, flow: PatronShown, item: Item) -> Step:
    """A title has come."""
    dealings = flow.dealings
    number, *later = dealings.undescribed
    found = replace(item, number=number)
    loans = dealings.loans
    if loans is not None:
        loans = tuple(found if loan.number == number and not loan.title else loan for loan in loans)
    entries = tuple(replace(entry, item=found) if _lacks(entry, number) else entry for entry in dealings.entries)
    dealings = replace(dealings, loans=loans, entries=entries, undescribed=tuple(later), describing=Ticket(0))
    return go_on(counter, replace(flow, dealings=dealings))


def _lacks(entry: Entry, number: str) -> bool:
    """Whether this line was said by ourselves, before anything was known of the item."""
    return entry.reason is Reason.ALREADY_LENT and entry.item.number == number and not entry.item.title


def failed(counter: Counter, flow: PatronShown, ticket: Ticket, code: Code) -> Step:
    """Without titles the numbers stay; without a list nothing can be renewed from it, nor printed."""
    dealings = replace(flow.dealings, undescribed=(), describing=Ticket(0))
    if ticket == flow.dealings.listing:
        dealings = replace(dealings, listing=Ticket(0), problem=code)
    return go_on(counter, replace(flow, dealings=dealings))
