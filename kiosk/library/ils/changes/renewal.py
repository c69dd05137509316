"""Renewing a loan: 29 → 30."""

from __future__ import annotations

from kiosk.domain.circulation import Item, Reason, Standing, Stop
from kiosk.library.ils.changes.change import Change
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.items import NOT_ON_LOAN, is_read, item_in, position_in
from kiosk.library.ils.lost_answers import Resolution, renewal_by_date
from kiosk.library.ils.open_doubts import Before, Question
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.status_queries import Inquiry
from kiosk.library.sip2 import Message


def _request(requests: Requests, number: str, item: str) -> Message:
    date = requests.date()
    fixed = {"third_party_allowed": "N", "no_block": "N", "transaction_date": date, "nb_due_date": date}
    who = (requests.institution(), ("AA", number), *requests.secret(), ("AB", item))
    return Message("29", fixed, (*who, *requests.terminal(), ("BO", "N")))


def _before(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    if is_read(item.due):
        return Before(due=item.due)
    described = inquiry.described(item, by)
    return Before(due=(item_in(described, item).due if described is not None else None) or item.due)


def _look(inquiry: Inquiry, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
    if inquiry.knows_no_items:
        return Resolution.UNCLEAR, item
    described = inquiry.item(item, by)
    return renewal_by_date(described, before.due), item_in(described, item)


def _is_empty(reply: Message) -> bool:
    """If a 30 says ok but has renewal_ok=N and no due date, the content counts: not renewed."""
    return reply.fixed["renewal_ok"] == "N" and not (reply.first("AH") or "").strip()


def _reason_by_status(described: Message) -> Reason | None:
    status = described.fixed["circulation_status"]
    if status in NOT_ON_LOAN:
        return Reason.NOT_ON_LOAN
    if status == "07" or position_in(described):
        return Reason.RESERVED  # somebody is waiting for it
    return Reason.MISSING if status in ("12", "13") else None


def _reason_of_patron(standing: Standing) -> Reason | None:
    return Reason.PATRON_STOPPED if Stop.RENEWAL_DENIED in standing.stops else None


RENEWAL = Change(
    kind="29",
    request=_request,
    before=_before,
    look=_look,
    is_empty=_is_empty,
    reason_by_status=_reason_by_status,
    reason_of_patron=_reason_of_patron,
)
