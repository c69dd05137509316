"""What a 64 tells of a patron's loans: how many, which, and whether that is all of them."""

from __future__ import annotations

import re

from kiosk.domain.circulation import LoanList, Told
from kiosk.library.sip2 import Message

# An item's number as `read_item` takes it, four digits alone being a title such as "1984".
_NUMBER = re.compile(r"(?![0-9]{4}\Z)(?=.*[0-9])[!-{}~]{1,64}")


def loans_in(reply: Message) -> LoanList:
    """What is on loan (AU), barcodes or titles, held against the count. A 24 tells neither."""
    values = [text for value in reply.all("AU") if (text := value.strip())]
    as_titles = not all(map(_NUMBER.fullmatch, values))
    items = tuple(values) if as_titles else tuple(dict.fromkeys(values))
    counted = count_in(reply, "charged_items_count")
    if counted is None:
        told = Told.PART if items else Told.NOTHING
    elif len(items) >= counted:
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
