"""The patron's loans as far as they are reported, and their titles, fetched one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk.domain.backoff import seconds_after
from kiosk.domain.circulation import Item, LoanList, Reason, Told
from kiosk.domain.effects import StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.itemservices import is_loan
from kiosk.domain.model import IlsCondition, Service, Ticket
from kiosk.domain.serving.doubts import by_the_list
from kiosk.domain.serving.questions import ask_for_loans, go_on
from kiosk.domain.states import Counter, Entry, PatronShown, Progress
from kiosk.domain.transition import Step, asking, go, then


def listed(counter: Counter, flow: PatronShown, told: LoanList) -> Step:
    """Apply a new list. Items whose title is already known are not queried again."""
    dealings, standing = flow.dealings, flow.patron.standing
    lines = (*dealings.earlier.values(), *reversed(dealings.entries))
    done = [entry for entry in lines if entry.progress is Progress.DONE and is_loan(entry.service)]
    known = {item.number: item for item in (*(entry.item for entry in done), *(dealings.loans or ())) if item.title}
    on_loan = after_telling(standing.on_loan, told, (entry.item.number for entry in done if entry.service is Service.LOAN))
    # The title being fetched stays first, since its answer applies to the first.
    on_its_way = dealings.undescribed[:1] if dealings.describing else ()
    if on_loan.as_titles:
        loans, undescribed = tuple(Item("", title) for title in on_loan.items), on_its_way
    else:
        loans = tuple(known.get(number, Item(number)) for number in on_loan.items)
        undescribed = (*on_its_way, *(number for number in on_loan.items if number not in known and number not in on_its_way))
    counted = len(on_loan.items) if on_loan.told is Told.ALL else on_loan.counted
    flow = by_the_list(flow, on_loan)
    dealings = flow.dealings
    before = None if on_loan.disputed is not None else standing.loans
    standing = replace(standing, loans=before if counted is None else counted, on_loan=on_loan)
    dealings = replace(dealings, loans=loans, listing=Ticket(0), undescribed=undescribed, problem=None, failures=0)
    return go_on(counter, replace(flow, dealings=dealings, patron=replace(flow.patron, standing=standing)))


def after_telling(before: LoanList, told: LoanList, lent: Iterable[str]) -> LoanList:
    """The loans known once `told` was reported after `before`.

    An empty report keeps what was known. Items `lent` in this session count as on loan unless a complete list lacks them.
    """
    if told.told is Told.NOTHING:
        counted = before.counted if told.counted is None else told.counted
        is_whole = before.told is Told.ALL and counted in (before.counted, len(before.items))
        told = replace(before, told=before.told if is_whole or not before.items else Told.PART, counted=counted)
        if not told.items:
            told = LoanList(counted=counted)
    if told.as_titles or told.told is Told.ALL:
        return told
    items = (*told.items, *(number for number in lent if not told.has(number)))
    if not items:
        return told
    return replace(told, items=items, told=Told.ALL if len(items) == told.counted else Told.PART)


def described(counter: Counter, flow: PatronShown, item: Item) -> Step:
    """Fill in a title that arrived. It does not overwrite what was reported after it was requested."""
    dealings = flow.dealings
    number, *later = dealings.undescribed

    def filled(known: Item) -> Item:
        return known if known.number != number or known.title else replace(known, title=item.title, due=known.due or item.due)

    loans = dealings.loans
    if loans is not None:
        loans = tuple(map(filled, loans))
    entries = tuple(replace(entry, item=filled(entry.item)) if _lacks(entry, number) else entry for entry in dealings.entries)
    dealings = replace(dealings, loans=loans, entries=entries, undescribed=tuple(later), describing=Ticket(0))
    return go_on(counter, replace(flow, dealings=dealings))


def _lacks(entry: Entry, number: str) -> bool:
    """Whether this line was shown before the title was known."""
    is_lent = entry.reason is Reason.ALREADY_LENT or (entry.progress is Progress.DONE and entry.service is Service.LOAN)
    return is_lent and entry.item.number == number and not entry.item.title


def failed(counter: Counter, flow: PatronShown, ticket: Ticket, code: Code) -> Step:
    """Handle a failed query. Without titles the numbers remain; without a list nothing can be renewed from it or printed."""
    dealings = replace(flow.dealings, undescribed=(), describing=Ticket(0))
    if ticket != flow.dealings.listing:
        return go_on(counter, replace(flow, dealings=dealings))
    dealings = replace(dealings, listing=Ticket(0), problem=code, failed_at=counter.now, failures=dealings.failures + 1)
    return then(go_on(counter, replace(flow, dealings=dealings)), _later)


def list_again(counter: Counter) -> Step:
    """The connection is back: repeat a list that is on screen and failed because of the connection.

    After repeated failures it is delayed (back-off), since a server may answer everything else and hang on this.
    """
    flow = counter.flow
    if not isinstance(flow, PatronShown) or not _lacks_list(counter, flow):
        return counter, ()
    return _later(counter) if flow.dealings.failures > 1 else ask_for_loans(counter, flow)


def waited(counter: Counter, flow: PatronShown) -> Step:
    """The back-off timer expired: list again."""
    flow = replace(flow, list_again_at=Ticket(0))
    return ask_for_loans(counter, flow) if _lacks_list(counter, flow) else go(counter, flow)


def _later(counter: Counter) -> Step:
    flow = counter.flow
    if not isinstance(flow, PatronShown) or not _lacks_list(counter, flow):
        return counter, ()
    counter, ticket = asking(counter)
    return go(counter, replace(flow, list_again_at=ticket), StartTimer(ticket, seconds_after(flow.dealings.failures)))


def _lacks_list(counter: Counter, flow: PatronShown) -> bool:
    is_looked_at, problem = flow.service is Service.RENEWAL and not flow.leaving, flow.dealings.problem
    return counter.ils is IlsCondition.READY and is_looked_at and problem is not None and problem.about.is_ils_trouble
