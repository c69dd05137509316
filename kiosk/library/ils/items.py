"""Read answers about items (18, 12, 30, 16): title, due date, reason of a refusal."""

from __future__ import annotations

from kiosk.domain.circulation import Due, Item, Reason
from kiosk.library.ils.patron_status import day_in
from kiosk.library.ils.screen_messages import is_told
from kiosk.library.sip2 import Message

ON_LOAN = frozenset({"04", "05", "07"})
"""Circulation statuses of items on loan: charged, charged and not yet recallable, recalled."""
NOT_ON_LOAN = frozenset({"02", "03", "06", "08", "09", "10"})
"""On order, available, in process, on the hold shelf, to be reshelved, in transit. 01 is "other"; 11 to 13 may still be charged."""

_REASONS = {
    "02": Reason.NOT_FOR_LOAN,
    "04": Reason.ON_LOAN,
    "05": Reason.ON_LOAN,
    "06": Reason.NOT_FOR_LOAN,
    "07": Reason.ON_LOAN,
    "08": Reason.RESERVED,
    "11": Reason.MISSING,
    "12": Reason.MISSING,
    "13": Reason.MISSING,
}


def item_in(reply: Message, asked: Item) -> Item:
    """Update an item from a reply. Missing parts keep their value, except that a missing due date clears it."""
    return Item(asked.number, title_in(reply) or asked.title, due_in(reply))


def title_in(reply: Message) -> str:
    """The title on one line."""
    return " ".join((reply.first("AJ") or "").split())


def due_in(reply: Message) -> Due | None:
    """The due date, or None: refusals leave the field empty, and databases send zeros for "no date"."""
    text = (reply.first("AH") or "").strip()
    return Due(day_in(text), text) if is_told(text) else None


def is_read(due: Due | None) -> bool:
    """A date that cannot be read is as good as none: another answer may tell it."""
    return due is not None and due.day is not None


def position_in(reply: Message) -> int | None:
    """The queue position of a hold: BR in a 16; in an 18 the length of the queue (CF), of which it is the last."""
    text = (reply.first("BR" if reply.kind == "16" else "CF") or "").strip()
    return int(text) or None if text.isascii() and text.isdigit() else None


def is_unknown(described: Message) -> bool:
    """Whether an 18 is about no item of the library: its status is "other", and it has no title."""
    return described.fixed["circulation_status"] == "01" and not title_in(described)


def reason_not_lent(described: Message) -> Reason | None:
    """Why an item cannot be lent, by the status in its 18; None if that explains nothing, such as an available item."""
    return _REASONS.get(described.fixed["circulation_status"])
