"""A patron's loans, as read from a 64: count, list, and whether the list is complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kiosk.domain.circulation import LoanList, Told
from kiosk.library.sip2 import Message

_MOST_PAGES = 25
_LISTED = {
    "hold_items_count": "AS",
    "overdue_items_count": "AT",
    "charged_items_count": "AU",
    "fine_items_count": "AV",
    "recall_items_count": "BU",
    "unavailable_holds_count": "CD",
}
"""The list field for each count of a 64."""
# An item number as accepted by `read_item`; four digits alone are taken for a title such as "1984".
_NUMBER = re.compile(r"(?![0-9]{4}\Z)(?=.*[0-9])[!-{}~]{1,64}")


def loans_in(reply: Message) -> LoanList:
    """The loans (AU), barcodes or titles, checked against the count. A 24 has neither."""
    return list_in(reply, "charged_items_count")


def list_in(reply: Message, name: str) -> LoanList:
    """The list belonging to the count `name`, checked against it."""
    items = listed_in(reply, name)
    as_titles = not are_numbers(items)
    counted, overdue = (number_in(reply.fixed.get(count)) for count in (name, "overdue_items_count"))
    if name == "charged_items_count" and counted is not None and overdue and len(items) == counted + overdue:
        counted = len(items)  # some servers count overdue items separately
    return _held_against(items, counted, as_titles=as_titles)


def all_pages(loans: LoanList, page: Callable[[int], LoanList | None]) -> LoanList:
    """Complete a truncated list. `page` requests the items from a place (counted from 1) on; None if that failed."""
    for _ in range(_MOST_PAGES):
        if loans.told is not Told.PART or loans.counted is None:
            break
        more = page(len(loans.items) + 1)
        if more is None:
            break
        items = _joined(loans, more)
        if items == loans.items:
            break
        loans = _held_against(items, more.counted or loans.counted, as_titles=loans.as_titles or more.as_titles)
    return loans


def _joined(loans: LoanList, more: LoanList) -> tuple[str, ...]:
    """Append a page. A server without paging repeats the start of the list, shown by a repeated barcode, but not by a repeated title."""
    if more.items == loans.items[: len(more.items)]:
        return loans.items
    items = (*loans.items, *more.items)
    return items if loans.as_titles or more.as_titles else tuple(dict.fromkeys(items))


def _held_against(items: tuple[str, ...], counted: int | None, *, as_titles: bool) -> LoanList:
    if counted is not None and len(items) > counted:
        return LoanList(items, Told.PART, None, as_titles, disputed=counted)
    if counted is not None and len(items) == counted:
        told = Told.ALL
    else:
        told = Told.PART if items else Told.NOTHING
    return LoanList(items, told, counted, as_titles)


def count_in(reply: Message, name: str) -> int | None:
    """A count of a 64; None if blank, not a number, smaller than its list, or absent (24)."""
    counted = number_in(reply.fixed.get(name))
    return None if counted is None or len(listed_in(reply, name)) > counted else counted


def listed_in(reply: Message, name: str) -> tuple[str, ...]:
    """The values listed for a count: distinct barcodes, or titles, of which duplicates may be two volumes."""
    values = tuple(text for value in reply.all(_LISTED[name]) if (text := value.strip()))
    return tuple(dict.fromkeys(values)) if are_numbers(values) else values


def are_numbers(values: Iterable[str]) -> bool:
    return all(map(_NUMBER.fullmatch, values))


def number_in(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None
