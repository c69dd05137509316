"""Answers about patrons: 23, 63 and 35."""

from __future__ import annotations

from kiosk.demo.ils.desk import INSTITUTION, Asker, Desk, Fields
from kiosk.demo.ils.model import Borrower, Stop
from kiosk.library.sip2 import Message

PIN = "0000"
"""Of every patron: what AD has to hold."""
_NOBODY = "YYYY          "
_LISTS = {
    "AS": "hold_items_count",
    "AT": "overdue_items_count",
    "AU": "charged_items_count",
    "AV": "fine_items_count",
    "BU": "recall_items_count",
    "CD": "unavailable_holds_count",
}
"""In the order of a 63's summary."""


def patron_status(desk: Desk, request: Message) -> Message:
    """23 → 24."""
    asker = desk.asker(request)
    fixed = {"patron_status": _flags(desk, asker), "language": request.fixed["language"], "transaction_date": desk.stamp}
    number, name, institution = ("AA", asker.number), ("AE", asker.name), ("AO", INSTITUTION)
    rest = (*_valid(desk, asker, request), *_money(asker), *_screen(desk, asker))
    if desk.flavour.institution_last:
        return Message("24", fixed, (name, number, *rest, institution))
    return Message("24", fixed, (institution, number, name, *rest))


def patron_information(desk: Desk, request: Message) -> Message:
    """63 → 64."""
    asker = desk.asker(request)
    lists = _lists(desk, asker)
    fixed = {"patron_status": _flags(desk, asker), "language": request.fixed["language"], "transaction_date": desk.stamp}
    fixed |= {count: f"{len(lists[code]):04}" for code, count in _LISTS.items()}
    fields: Fields = (
        ("AO", INSTITUTION),
        ("AA", asker.number),
        ("AE", asker.name),
        *_limits(desk),
        *_valid(desk, asker, request),
        *_money(asker),
        *_asked_list(desk, lists, request),
        *_extensions(desk, asker),
        *_screen(desk, asker),
    )
    return Message("64", fixed, fields)


def end_session(desk: Desk, request: Message) -> Message:
    """35 → 36."""
    asker = desk.asker(request)
    return Message("36", {"end_session": "Y", "transaction_date": desk.stamp}, (("AO", INSTITUTION), ("AA", asker.number)))


# --- parts ----------------------------------------------------------------------------------------------------------------------


def _flags(desk: Desk, asker: Asker) -> str:
    if asker.borrower is None:
        return _NOBODY
    too_many = len(desk.library.loans_of(asker.number)) >= desk.library.rules.loans
    return desk.flavour.flags(desk.stops(asker.borrower), too_many=too_many)


def _valid(desk: Desk, asker: Asker, request: Message) -> Fields:
    """BL, and CQ where a password was sent, right or wrong."""
    borrower, password = asker.borrower, request.first("AD")
    valid = borrower is not None and not (desk.flavour.expired_is_invalid and Stop.EXPIRED in desk.stops(borrower))
    found = (("BL", "Y" if valid else "N"),)
    if borrower is None or password is None:
        return found
    return (*found, ("CQ", "Y" if password == PIN else "N"))


def _money(asker: Asker) -> Fields:
    owes = asker.borrower.owes if asker.borrower else 0
    return (("BH", "JPY"), ("BV", f"{owes}.00")) if owes else ()


def _limits(desk: Desk) -> Fields:
    rules = desk.library.rules
    if not desk.flavour.shows_limits:
        return (("CC", str(rules.owing)),)
    return (("BZ", f"{rules.holds:04}"), ("CA", f"{rules.loans:04}"), ("CB", f"{rules.loans:04}"), ("CC", str(rules.owing)))


def _extensions(desk: Desk, asker: Asker) -> Fields:
    """What servers send beside the protocol: address, last day, birthday."""
    borrower = asker.borrower
    if borrower is None:
        return ()
    until = f"{borrower.until:%Y%m%d}" if borrower.until else ""
    expiry = ((desk.flavour.expiry_field, until),) if desk.flavour.expiry_field else ()
    return (*((("BD", borrower.address),) if borrower.address else ()), *expiry, ("PB", f"{borrower.born:%Y%m%d}"))


def _screen(desk: Desk, asker: Asker) -> Fields:
    """AF: a greeting to everybody, what stops this patron, and what staff have noted, in one."""
    borrower, greeting = asker.borrower, desk.flavour.greeting
    if borrower is None:
        return ()
    stops = (desk.flavour.why_stopped(stop, borrower.owes) for stop in sorted(desk.stops(borrower)))
    said = " -- ".join((*stops, *((borrower.note,) if borrower.note else ())))
    return (("AF", greeting + said),) if greeting or said else ()


def _lists(desk: Desk, asker: Asker) -> dict[str, list[str]]:
    if asker.borrower is None:
        return {code: [] for code in _LISTS}
    library = desk.library
    holds = library.holds_of(asker.number)
    all_held = desk.flavour.counts_all_holds
    items = {
        "AS": [hold.item for hold in holds if hold.ready or all_held],
        "AT": [loan.item for loan in library.overdue_of(asker.number, desk.today)],
        "AU": [loan.item for loan in library.loans_of(asker.number)],
        "CD": [hold.item for hold in holds if not (hold.ready or all_held)],
    }
    if desk.flavour.lists_titles:
        items = {code: [library.copies[item].title for item in numbers] for code, numbers in items.items()}
    return {**items, "AV": _fines(asker.borrower), "BU": []}


def _fines(borrower: Borrower) -> list[str]:
    return [f"{borrower.owes}.00 JPY"] if borrower.owes else []


def _asked_list(desk: Desk, lists: dict[str, list[str]], request: Message) -> Fields:
    """Only the first Y of the summary counts; BP and BQ are the first and last wanted, from 1."""
    place = request.fixed["summary"].find("Y")
    if not 0 <= place < len(_LISTS):
        return ()
    code, flavour = tuple(_LISTS)[place], desk.flavour
    if code == "AU" and not flavour.lists_loans:
        return ()
    first, last = 1, len(lists[code])
    if flavour.pages:
        first, last = _number(request.first("BP"), first), _number(request.first("BQ"), last)
    wanted = lists[code][max(first - 1, 0) : last]
    return tuple((code, item) for item in wanted[: flavour.longest_list or None])


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise
