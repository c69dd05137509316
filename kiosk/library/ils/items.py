"""What answers about items say (18, 12, 30, 16): title, due date, and why something was refused."""

from __future__ import annotations

from kiosk.domain.circulation import Due, Item, Reason
from kiosk.domain.model import Service
from kiosk.library.ils.patron_status import day_in
from kiosk.library.ils.screen_messages import is_told
from kiosk.library.sip2 import Message

ON_LOAN = frozenset({"04", "05", "07"})
"""Circulation status of an item that somebody has: charged, charged and not to be recalled yet, recalled."""
NOT_ON_LOAN = frozenset({"02", "03", "06", "08", "09", "10"})
"""On order, available, in process, on the hold shelf, to be shelved, in transit. 01 is anything, 11 to 13 may still be charged."""

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
    """The item with what the reply tells of it; what it leaves out stays as it was known, but a due date that is gone is gone."""
    return Item(asked.number, title_in(reply) or asked.title, due_in(reply))


def title_in(reply: Message) -> str:
    """In one line, also where the server writes it in several."""
    return " ".join((reply.first("AJ") or "").split())


def due_in(reply: Message) -> Due | None:
    """None where none is told: an answer that refuses something has an empty field, and databases have zeros where there is no date."""
    text = (reply.first("AH") or "").strip()
    return Due(day_in(text), text) if is_told(text) else None


def is_read(due: Due | None) -> bool:
    """A date that cannot be read is as good as none: another answer may tell it."""
    return due is not None and due.day is not None


def position_in(reply: Message) -> int | None:
    """The place of a hold in its queue: in a 16 as such (BR), in an 18 as the length of the queue whose last it is (CF)."""
    text = (reply.first("BR" if reply.kind == "16" else "CF") or "").strip()
    return int(text) or None if text.isascii() and text.isdigit() else None


def reason_by_status(service: Service, reply: Message) -> Reason | None:
    """Why `service` was refused, from what an 18 says of the item; None where that tells nothing, an item on its shelf for example."""
    status, titled = reply.fixed["circulation_status"], bool(title_in(reply))
    if status == "01" and not titled:
        return Reason.ITEM_UNKNOWN
    if service is Service.RENEWAL:
        if status in NOT_ON_LOAN:
            return Reason.NOT_ON_LOAN
        if status == "07" or position_in(reply):
            return Reason.RESERVED  # somebody waits for it
        return Reason.MISSING if status in ("12", "13") else None
    if service is Service.HOLD and status in ON_LOAN | {"08"}:
        return None  # just what holds are for
    return _REASONS.get(status)
