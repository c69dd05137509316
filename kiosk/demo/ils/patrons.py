"""Patron messages: 23, 63 and 35."""

from __future__ import annotations

from kiosk.demo.ils.context import INSTITUTION, Asker, Fields, ServerContext
from kiosk.demo.ils.model import Borrower, Stop
from kiosk.library.sip2 import Message

PIN = "0000"
"""Password (AD) of every patron."""
_NOBODY = "YYYY          "
_LISTS = {
    "AS": "hold_items_count",
    "AT": "overdue_items_count",
    "AU": "charged_items_count",
    "AV": "fine_items_count",
    "BU": "recall_items_count",
    "CD": "unavailable_holds_count",
}
"""In the order of the summary field of a 63."""


def patron_status(context: ServerContext, request: Message) -> Message:
    """23 → 24."""
    asker = context.asker(request)
    fixed = {"patron_status": _flags(context, asker), "language": request.fixed["language"], "transaction_date": context.stamp}
    number, name, institution = ("AA", asker.number), ("AE", asker.name), ("AO", INSTITUTION)
    rest = (*_valid(context, asker, request), *_money(asker), *_screen(context, asker))
    if context.dialect.institution_last:
        return Message("24", fixed, (name, number, *rest, institution))
    return Message("24", fixed, (institution, number, name, *rest))


def patron_information(context: ServerContext, request: Message) -> Message:
    """63 → 64."""
    asker = context.asker(request)
    lists = _lists(context, asker)
    fixed = {"patron_status": _flags(context, asker), "language": request.fixed["language"], "transaction_date": context.stamp}
    fixed |= {count: f"{len(lists[code]):04}" for code, count in _LISTS.items()}
    fields: Fields = (
        ("AO", INSTITUTION),
        ("AA", asker.number),
        ("AE", asker.name),
        *_limits(context),
        *_valid(context, asker, request),
        *_money(asker),
        *_asked_list(context, lists, request),
        *_extensions(context, asker),
        *_screen(context, asker),
    )
    return Message("64", fixed, fields)


def end_session(context: ServerContext, request: Message) -> Message:
    """35 → 36."""
    asker = context.asker(request)
    return Message("36", {"end_session": "Y", "transaction_date": context.stamp}, (("AO", INSTITUTION), ("AA", asker.number)))


# --- parts ----------------------------------------------------------------------------------------------------------------------


def _flags(context: ServerContext, asker: Asker) -> str:
    if asker.borrower is None:
        return _NOBODY
    too_many = len(context.library.loans_of(asker.number)) >= context.library.rules.loans
    return context.dialect.flags(context.stops(asker.borrower), too_many=too_many)


def _valid(context: ServerContext, asker: Asker, request: Message) -> Fields:
    """Return BL, and CQ if a password was sent, right or wrong."""
    borrower, password = asker.borrower, request.first("AD")
    valid = borrower is not None and not (context.dialect.expired_is_invalid and Stop.EXPIRED in context.stops(borrower))
    found = (("BL", "Y" if valid else "N"),)
    if borrower is None or password is None:
        return found
    return (*found, ("CQ", "Y" if password == PIN else "N"))


def _money(asker: Asker) -> Fields:
    owes = asker.borrower.owes if asker.borrower else 0
    return (("BH", "JPY"), ("BV", f"{owes}.00")) if owes else ()


def _limits(context: ServerContext) -> Fields:
    rules = context.library.rules
    if not context.dialect.shows_limits:
        return (("CC", str(rules.owing)),)
    return (("BZ", f"{rules.holds:04}"), ("CA", f"{rules.loans:04}"), ("CB", f"{rules.loans:04}"), ("CC", str(rules.owing)))


def _extensions(context: ServerContext, asker: Asker) -> Fields:
    """Return common extensions to the protocol: address, expiry, birth date."""
    borrower = asker.borrower
    if borrower is None:
        return ()
    until = f"{borrower.until:%Y%m%d}" if borrower.until else ""
    expiry = ((context.dialect.expiry_field, until),) if context.dialect.expiry_field else ()
    return (*((("BD", borrower.address),) if borrower.address else ()), *expiry, ("PB", f"{borrower.born:%Y%m%d}"))


def _screen(context: ServerContext, asker: Asker) -> Fields:
    """Return a single AF with greeting, blocks and staff note."""
    borrower, greeting = asker.borrower, context.dialect.greeting
    if borrower is None:
        return ()
    stops = (context.dialect.why_stopped(stop, borrower.owes) for stop in sorted(context.stops(borrower)))
    said = " -- ".join((*stops, *((borrower.note,) if borrower.note else ())))
    return (("AF", greeting + said),) if greeting or said else ()


def _lists(context: ServerContext, asker: Asker) -> dict[str, list[str]]:
    if asker.borrower is None:
        return {code: [] for code in _LISTS}
    library = context.library
    holds = library.holds_of(asker.number)
    all_held = context.dialect.counts_all_holds
    items = {
        "AS": [hold.item for hold in holds if hold.ready or all_held],
        "AT": [loan.item for loan in library.overdue_of(asker.number, context.today)],
        "AU": [loan.item for loan in library.loans_of(asker.number)],
        "CD": [hold.item for hold in holds if not (hold.ready or all_held)],
    }
    if context.dialect.lists_titles:
        items = {code: [library.copies[item].title for item in numbers] for code, numbers in items.items()}
    return {**items, "AV": _fines(asker.borrower), "BU": []}


def _fines(borrower: Borrower) -> list[str]:
    return [f"{borrower.owes}.00 JPY"] if borrower.owes else []


def _asked_list(context: ServerContext, lists: dict[str, list[str]], request: Message) -> Fields:
    """Return the requested list: that of the first Y in the summary, from BP to BQ, counted from 1."""
    place = request.fixed["summary"].find("Y")
    if not 0 <= place < len(_LISTS):
        return ()
    code, dialect = tuple(_LISTS)[place], context.dialect
    if code == "AU" and not dialect.lists_loans:
        return ()
    first, last = 1, len(lists[code])
    if dialect.pages:
        first, last = _number(request.first("BP"), first), _number(request.first("BQ"), last)
    wanted = lists[code][max(first - 1, 0) : last]
    return tuple((code, item) for item in wanted[: dialect.longest_list or None])


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise
