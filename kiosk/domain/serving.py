"""Serving a patron who is shown: lending, renewing, reserving over the library's system; the number for all other services.

One item is asked for at a time, in the order it was scanned; each is asked for once. A session that is left while something is
unanswered ends when it is answered, and stays when it was refused: nobody walks off with a book that was not lent.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import Item, ItemAnswer, Outcome, Reason, Standing, stops_lending, stops_renewing, stops_reserving
from kiosk.domain.effects import Act, DescribeItem, Effect, HandOver, ListLoans, Play, PrintSlip, RecordAct, ServeItem
from kiosk.domain.errors import Code, Refused
from kiosk.domain.events import (
    CardLifted,
    Event,
    HandedOver,
    HandoverAsked,
    HandoverFailed,
    ItemAnswered,
    ItemDescribed,
    ItemEntered,
    LeavePressed,
    LibraryFailed,
    LoansListed,
    RenewalChosen,
    ServiceChosen,
    SlipChosen,
)
from kiosk.domain.model import AnyService, IlsCondition, Service, Shown, SlipKind, Sound, Ticket
from kiosk.domain.rules import read_item
from kiosk.domain.slip import Slip, SlipLine
from kiosk.domain.states import UNANSWERED, Counter, Entry, Handing, HandoverWhen, PatronShown, Problem, Progress
from kiosk.domain.turn import Step, asking, end_session, go, start_reading, stay, then

BY_ITEM = (Service.LOAN, Service.RENEWAL, Service.HOLD)
"""What the library's system does for us where one is connected; for all else it is given the number."""
_STOPS = {Service.LOAN: stops_lending, Service.RENEWAL: stops_renewing, Service.HOLD: stops_reserving}
_TWICE = {Service.LOAN: Reason.ALREADY_LENT, Service.HOLD: Reason.ALREADY_RESERVED}


def begin(counter: Counter, flow: PatronShown) -> Step:
    """The patron has just been shown: ready to lend where that is possible here; the number goes where it is wanted at once."""
    flow = replace(flow, slip=counter.rules.slip)
    if flow.patron.checked and not stops_lending(flow.patron.standing.stops):
        flow = replace(flow, service=Service.LOAN)
    counter = replace(counter, flow=flow)
    if counter.rules.handover is HandoverWhen.ON_TAP and flow.shown is Shown.MY_NUMBER_CARD:
        return _hand_over(counter, flow)
    return counter, ()


def step(counter: Counter, flow: PatronShown, event: Event) -> Step:
    match event:
        case ServiceChosen(service):
            return _choose(counter, flow, service)
        case ItemEntered(text) if flow.service in BY_ITEM and is_served_here(counter, flow.service):
            return _enter(counter, flow, Service(flow.service), text)
        case RenewalChosen(item) if flow.service is Service.RENEWAL and is_served_here(counter, flow.service):
            return _renew(counter, flow, item)
        case ItemAnswered(ticket, answer) if ticket == flow.dealings.asked:
            return _answered(counter, flow, answer)
        case LoansListed(ticket, items) if ticket == flow.dealings.listing:
            return _listed(counter, flow, items)
        case ItemDescribed(ticket, item) if ticket == flow.dealings.describing:
            return _described(counter, flow, item)
        case LibraryFailed(ticket, code) if ticket in (flow.dealings.listing, flow.dealings.describing):
            return _failed(counter, flow, ticket, code)
        case HandoverAsked() if counter.rules.handover is not HandoverWhen.OFF and flow.handing is not Handing.UNDER_WAY:
            return _hand_over(counter, flow)
        case HandedOver(ticket) if ticket == flow.handing_ticket:
            return go(counter, replace(flow, handing=Handing.DONE))
        case HandoverFailed(ticket, code) if ticket == flow.handing_ticket:
            return go(counter, replace(flow, handing=Handing.FAILED, handing_problem=code), Play(Sound.REFUSED))
        case SlipChosen(kind) if counter.rules.prints_slips and kind is not SlipKind.RECORDED:
            return go(counter, replace(flow, slip=kind))
        case LeavePressed():
            return leave(counter, flow)
        case CardLifted(where) if where == flow.insertion and counter.rules.end_on_lift:
            return leave(counter, flow)
    return stay(counter)


def is_served_here(counter: Counter, service: AnyService | None) -> bool:
    """Whether this service is done on our window rather than in the library's own."""
    return counter.ils is not IlsCondition.NONE and service in BY_ITEM


def leave(counter: Counter, flow: PatronShown) -> Step:
    """End the session, once everything is answered; a card laid meanwhile is read then."""
    if flow.dealings.unanswered:
        return go(counter, replace(flow, leaving=True))
    if _slip_waits(flow) and not flow.leaving:
        return _list(counter, replace(flow, leaving=True))
    return _finish(counter, flow)


def slips_of(counter: Counter, flow: PatronShown) -> tuple[PrintSlip, ...]:
    """What is printed when this session ends now. Nothing happened, nothing is printed."""
    dealings, number, language = flow.dealings, flow.patron.number, counter.language
    if flow.slip is SlipKind.ALL and dealings.loans is not None:
        loans = tuple(SlipLine(item, Service.LOAN) for item in dealings.loans)
        return (PrintSlip(Slip(SlipKind.ALL, number, loans, language)),) if loans else ()
    done = tuple(SlipLine(entry.item, entry.service) for entry in reversed(dealings.entries) if entry.progress is Progress.DONE)
    if flow.slip is SlipKind.NONE or not done:
        return ()
    return (PrintSlip(Slip(SlipKind.TODAY, number, done, language)),)


def _finish(counter: Counter, flow: PatronShown) -> Step:
    slips = slips_of(counter, flow)
    fresh = next((lying for lying in counter.cards if lying not in counter.spent and lying != flow.insertion), None)
    ended = then((counter, slips), lambda shown: end_session(shown, keep=fresh))
    return ended if fresh is None else then(ended, lambda waiting: start_reading(waiting, fresh))


def _choose(counter: Counter, flow: PatronShown, service: AnyService) -> Step:
    flow = replace(flow, service=service, wrong=None, leaving=False)
    if is_served_here(counter, service):
        return _list(counter, flow) if service is Service.RENEWAL else go(counter, flow)
    flow, counted = _count(flow, service)
    counter = replace(counter, flow=flow)
    if counter.rules.handover is HandoverWhen.ON_CHOICE and flow.handing is not Handing.UNDER_WAY:
        return then((counter, counted), lambda chosen: _hand_over(chosen, flow))
    return counter, counted


def _count(flow: PatronShown, service: AnyService) -> tuple[PatronShown, tuple[RecordAct, ...]]:
    """That a service was used, once a session. By whom is kept for the NDL's alone, whose rules ask for a record of each use."""
    key = service.value if isinstance(service, Service) else "local"
    if key in flow.used:
        return flow, ()
    record = RecordAct(Act.SERVICE, service=key)
    if service is Service.NDL_DIGITAL:
        record = replace(record, number=flow.patron.number, holder_confirmed=flow.holder_confirmed, pin_checked=flow.pin_checked)
        if flow.reading is None:
            record = replace(record, card_read=False)
        else:
            record = replace(record, revocation=flow.reading.revocation)
    return replace(flow, used=flow.used | {key}), (record,)


def _hand_over(counter: Counter, flow: PatronShown) -> Step:
    counter, ticket = asking(counter)
    handing = replace(flow, handing=Handing.UNDER_WAY, handing_ticket=ticket, handing_problem=None)
    return go(counter, handing, HandOver(ticket, flow.patron.number))


# --- items ----------------------------------------------------------------------------------------------------------------


def _enter(counter: Counter, flow: PatronShown, service: Service, text: str) -> Step:
    try:
        number = read_item(text, counter.rules.items_start_stop)
    except Refused as refusal:
        return go(counter, replace(flow, wrong=Problem(refusal.code)), Play(Sound.REFUSED))
    known = next((loan for loan in flow.dealings.loans or () if loan.number == number), Item(number))
    return _ask_for(counter, replace(flow, wrong=None), service, (known,))


def _renew(counter: Counter, flow: PatronShown, number: str | None) -> Step:
    loans = flow.dealings.loans or ()
    if number is not None:
        return _ask_for(counter, flow, Service.RENEWAL, tuple(loan for loan in loans if loan.number == number))
    done = {entry.item.number for entry in flow.dealings.entries if entry.progress is Progress.DONE}
    return _ask_for(counter, flow, Service.RENEWAL, tuple(loan for loan in loans if loan.number not in done))


def _ask_for(counter: Counter, flow: PatronShown, service: Service, items: tuple[Item, ...]) -> Step:
    """Put new lines on top; those that need no question are answered by ourselves."""
    entries, refused = flow.dealings.entries, False
    for item in items:
        if any(entry.item.number == item.number and entry.service is service and entry.progress in UNANSWERED for entry in entries):
            continue
        reason = _refusal(flow, entries, service, item.number)
        refused |= reason is not None
        entry = Entry(service, item) if reason is None else Entry(service, item, Progress.REFUSED, reason)
        entries = (entry, *(old for old in entries if not _gives_way(old, service, item.number)))
    flow = replace(flow, dealings=replace(flow.dealings, entries=entries), leaving=False)
    return then((counter, (Play(Sound.REFUSED),) if refused else ()), lambda heard: _go_on(heard, flow))


def _refusal(flow: PatronShown, entries: tuple[Entry, ...], service: Service, number: str) -> Reason | None:
    """Why the library's system need not, or must not, be asked. A loan asked for twice would be renewed by some servers."""
    if _STOPS[service](flow.patron.standing.stops):
        return Reason.PATRON_STOPPED
    if service is Service.LOAN and number in flow.patron.standing.on_loan:
        return Reason.ALREADY_LENT
    done = any(entry.item.number == number and entry.service is service and entry.progress is Progress.DONE for entry in entries)
    return _TWICE.get(service) if done else None


def _gives_way(old: Entry, service: Service, number: str) -> bool:
    """An earlier refusal of the same wish is replaced by its new line; what was done stays on the list."""
    return old.item.number == number and old.service is service and old.progress is Progress.REFUSED


def _go_on(counter: Counter, flow: PatronShown) -> Step:
    """Ask the next question, if none is open: items first, titles when nobody waits; then leave, if that was wished."""
    dealings = flow.dealings
    if not dealings.asked and dealings.unanswered:
        counter, ticket = asking(counter)
        index = max(place for place, entry in enumerate(dealings.entries) if entry.progress is Progress.WAITING)
        entry = replace(dealings.entries[index], progress=Progress.ASKED)
        entries = (*dealings.entries[:index], entry, *dealings.entries[index + 1 :])
        flow = replace(flow, dealings=replace(dealings, entries=entries, asked=ticket))
        return go(counter, flow, ServeItem(ticket, entry.service, flow.patron.number, entry.item))
    if flow.leaving and not dealings.unanswered and not _slip_waits(flow):
        return _finish(replace(counter, flow=flow), flow)
    if flow.leaving and not dealings.unanswered and dealings.loans is None:
        return _list(counter, flow)
    if not dealings.asked and dealings.undescribed and not dealings.describing:
        counter, ticket = asking(counter)
        flow = replace(flow, dealings=replace(dealings, describing=ticket))
        return go(counter, flow, DescribeItem(ticket, dealings.undescribed[0]))
    return go(counter, flow)


def _slip_waits(flow: PatronShown) -> bool:
    """Whether the slip of all that is on loan cannot be printed yet, and can be had."""
    return flow.slip is SlipKind.ALL and flow.patron.checked and not flow.dealings.listed and flow.dealings.problem is None


def _answered(counter: Counter, flow: PatronShown, answer: ItemAnswer) -> Step:
    dealings = flow.dealings
    index = next(place for place, entry in enumerate(dealings.entries) if entry.progress is Progress.ASKED)
    asked = dealings.entries[index]
    item = replace(answer.item, number=asked.item.number, title=answer.item.title or asked.item.title)
    entry = Entry(asked.service, item, Progress(answer.outcome.value), answer.reason, answer.said, answer.position)
    entries = (*dealings.entries[:index], entry, *dealings.entries[index + 1 :])
    flow = replace(flow, dealings=replace(dealings, entries=entries, asked=Ticket(0)))
    effects: tuple[Effect, ...] = (Play(Sound.REFUSED),)
    if answer.outcome is Outcome.DONE:
        flow, counted = _count(_taken_in(flow, entry), entry.service)
        effects = (Play(Sound.DONE), *counted)
    else:
        flow = replace(flow, leaving=False)
    return then((counter, effects), lambda heard: _go_on(heard, flow))


def _taken_in(flow: PatronShown, entry: Entry) -> PatronShown:
    """What a done loan or renewal changes of what is known."""
    standing, loans = flow.patron.standing, flow.dealings.loans
    if entry.service is Service.LOAN:
        standing = _one_more(standing, entry.item.number)
        loans = None if loans is None else (*loans, entry.item)
    elif entry.service is Service.RENEWAL and loans is not None:
        loans = tuple(entry.item if loan.number == entry.item.number else loan for loan in loans)
    return replace(flow, patron=replace(flow.patron, standing=standing), dealings=replace(flow.dealings, loans=loans))


def _one_more(standing: Standing, number: str) -> Standing:
    return replace(
        standing,
        loans=None if standing.loans is None else standing.loans + 1,
        loans_left=None if standing.loans_left is None else max(0, standing.loans_left - 1),
        on_loan=(*standing.on_loan, number),
    )


# --- what is on loan ------------------------------------------------------------------------------------------------------


def _list(counter: Counter, flow: PatronShown) -> Step:
    """Ask anew what is on loan: it may have changed in the library's own windows."""
    if flow.dealings.listing:
        return go(counter, flow)
    counter, ticket = asking(counter)
    flow = replace(flow, dealings=replace(flow.dealings, listing=ticket, problem=None))
    return go(counter, flow, ListLoans(ticket, flow.patron.number))


def _listed(counter: Counter, flow: PatronShown, numbers: tuple[str, ...]) -> Step:
    dealings = flow.dealings
    done = (entry.item for entry in dealings.entries if entry.progress is Progress.DONE and entry.service is not Service.HOLD)
    known = {loan.number: loan for loan in (*(dealings.loans or ()), *done) if loan.title}
    unique = tuple(dict.fromkeys(numbers))
    loans = tuple(known.get(number, Item(number)) for number in unique)
    undescribed = tuple(number for number in unique if number not in known)
    standing = replace(flow.patron.standing, loans=len(unique), on_loan=unique)
    dealings = replace(dealings, loans=loans, listing=Ticket(0), undescribed=undescribed, problem=None)
    return _go_on(counter, replace(flow, dealings=dealings, patron=replace(flow.patron, standing=standing)))


def _described(counter: Counter, flow: PatronShown, item: Item) -> Step:
    dealings = flow.dealings
    number, *later = dealings.undescribed
    found = replace(item, number=number)
    loans = tuple(found if loan.number == number and not loan.title else loan for loan in dealings.loans or ())
    return _go_on(counter, replace(flow, dealings=replace(dealings, loans=loans, undescribed=tuple(later), describing=Ticket(0))))


def _failed(counter: Counter, flow: PatronShown, ticket: Ticket, code: Code) -> Step:
    """Without titles the numbers stay; without a list nothing can be renewed from it, nor printed."""
    dealings = replace(flow.dealings, undescribed=(), describing=Ticket(0))
    if ticket == flow.dealings.listing:
        dealings = replace(dealings, listing=Ticket(0), problem=code)
        if flow.leaving:
            counter = replace(counter, slip_trouble=code)
    return _go_on(counter, replace(flow, dealings=dealings))
