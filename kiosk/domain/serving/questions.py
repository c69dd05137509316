"""What to ask the library system next: items before titles, one at a time; then the session may end."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import Item, Reason
from kiosk.domain.effects import DescribeItem, ListLoans, LookAgain, ServeItem
from kiosk.domain.serving.ending import finish, slip_waits
from kiosk.domain.serving.knowledge import in_doubt
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import Counter, Dealings, Entry, PatronShown, Progress
from kiosk.domain.transition import Step, asking, go


def leave_when_answered(counter: Counter, flow: PatronShown) -> Step:
    """End the session once everything is answered and the slip can be printed; a card placed meanwhile is read then."""
    if flow.next_card is not None and flow.next_card.is_question:
        flow = replace(flow, next_card=None, dealings=answered_for(flow.dealings))
    if not flow.leaving and flow.slip is SlipKind.ALL:
        flow = replace(flow, dealings=replace(flow.dealings, problem=None))  # list again loans that could not be listed before
    if not flow.leaving and not flow.dealings.looking:
        # While the system does not respond, doubts are looked up after the session instead.
        is_there = not counter.ils.is_trouble
        doubts = tuple(entry.wish for entry in flow.dealings.entries if is_there and in_doubt(entry))
        flow = replace(flow, dealings=replace(flow.dealings, recheck=doubts))
    return go_on(counter, replace(flow, leaving=True))


def go_on(counter: Counter, flow: PatronShown) -> Step:
    """Ask the next question unless one is pending: items first, titles when idle; then end the session if requested."""
    dealings = flow.dealings
    if flow.next_card is not None and not flow.next_card.called:
        return go(counter, flow)
    if dealings.unanswered:
        return go(counter, flow) if dealings.asked else _ask_for_item(counter, flow)
    if dealings.recheck:
        return go(counter, flow) if dealings.looking else _look_again(counter, flow)
    if flow.leaving and not slip_waits(flow):
        return finish(counter, flow)
    if flow.leaving and dealings.loans is None:
        return ask_for_loans(counter, flow)
    if dealings.undescribed and not dealings.describing:
        counter, ticket = asking(counter)
        flow = replace(flow, dealings=replace(dealings, describing=ticket))
        return go(counter, flow, DescribeItem(ticket, dealings.undescribed[0]))
    return go(counter, flow)


def answered_for(dealings: Dealings) -> Dealings:
    """Close the question whose library card was scanned."""
    entries = tuple(replace(entry, reason=Reason.LIBRARY_CARD) if entry.reason is Reason.NEXT_CARD else entry for entry in dealings.entries)
    return replace(dealings, entries=entries)


def ask_for_loans(counter: Counter, flow: PatronShown) -> Step:
    """List the loans again: they may have changed in the library system itself."""
    if flow.dealings.listing:
        return go(counter, flow)
    counter, ticket = asking(counter)
    flow = replace(flow, dealings=replace(flow.dealings, listing=ticket, problem=None))
    return go(counter, flow, ListLoans(ticket, flow.patron.number))


def _look_again(counter: Counter, flow: PatronShown) -> Step:
    """Look up the first request in doubt; it may have been scanned again and answered since."""
    dealings = flow.dealings
    wished = dealings.recheck[0]
    entry = next((entry for entry in dealings.entries if entry.wish == wished and in_doubt(entry)), None)
    if entry is None:
        return go_on(counter, replace(flow, dealings=replace(dealings, recheck=dealings.recheck[1:])))
    counter, ticket = asking(counter)
    flow = replace(flow, dealings=replace(dealings, looking=ticket))
    return go(counter, flow, LookAgain(ticket, entry.service, flow.patron.number, entry.item))


def known_as(dealings: Dealings, item: Item) -> Item:
    """The item as listed among the loans, with title and due date if available; otherwise `item` itself."""
    loans, number = dealings.loans or (), item.number
    exact = next((loan for loan in loans if loan.number == number), None)
    if exact is not None or number.isdigit():
        return exact or item
    return next((loan for loan in loans if loan.number.casefold() == number.casefold()), item)


def place_of(entries: tuple[Entry, ...], progress: Progress) -> int:
    """Index of the oldest line with this progress; -1 if none. Lines are newest first, so the queue is served from the end."""
    return next((place for place in range(len(entries) - 1, -1, -1) if entries[place].progress is progress), -1)


def _ask_for_item(counter: Counter, flow: PatronShown) -> Step:
    counter, ticket = asking(counter)
    dealings = flow.dealings
    index = place_of(dealings.entries, Progress.WAITING)
    entry = dealings.entries[index]
    entry = replace(entry, item=known_as(dealings, entry.item), progress=Progress.ASKED)
    entries = (*dealings.entries[:index], entry, *dealings.entries[index + 1 :])
    flow = replace(flow, dealings=replace(dealings, entries=entries, asked=ticket))
    return go(counter, flow, ServeItem(ticket, entry.service, flow.patron.number, entry.item, entry.sure))
