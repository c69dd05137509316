"""What a 64 tells of a patron's loans: how many, which, and whether that is all of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from kiosk.domain.circulation import LoanList, Told
from kiosk.library.sip2 import Message

_MOST_PAGES = 25
# An item's number as `read_item` takes it, four digits alone being a title such as "1984".
_NUMBER = re.compile(r"(?![0-9]{4}\Z)(?=.*[0-9])[!-{}~]{1,64}")


def loans_in(reply: Message) -> LoanList:
    """What is on loan (AU), barcodes or titles, held against the count. A 24 tells neither."""
    values = [text for value in reply.all("AU") if (text := value.strip())]
    as_titles = not all(map(_NUMBER.fullmatch, values))
    items = tuple(values) if as_titles else tuple(dict.fromkeys(values))
    return _held_against(items, count_in(reply, "charged_items_count"), as_titles=as_titles)


def all_pages(loans: LoanList, page: Callable[[int], LoanList | None]) -> LoanList:
    """With what the server has cut off, where it gives it. `page` asks for what follows from a place (from 1) on; None: in vain."""
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
    """A server that does not page sends the beginning again. The same title twice is no sign of that, the same barcode is."""
    if more.items == loans.items[: len(more.items)]:
        return loans.items
    items = (*loans.items, *more.items)
    return items if loans.as_titles or more.as_titles else tuple(dict.fromkeys(items))


def _held_against(items: tuple[str, ...], counted: int | None, *, as_titles: bool) -> LoanList:
    if counted is not None and len(items) >= counted:
        told = Told.ALL
    else:
        told = Told.PART if items else Told.NOTHING
    return LoanList(items, told, counted, as_titles)


def count_in(reply: Message, name: str) -> int | None:
    """One of the counts of a 64; None where it is blank, or no number, or the answer is a 24, which has none."""
    return number_in(reply.fixed.get(name))


def number_in(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None
