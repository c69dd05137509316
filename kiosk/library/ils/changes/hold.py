"""Placing a hold: 15 → 16."""

from __future__ import annotations

from kiosk.domain.circulation import Item, Reason, Standing, Stop
from kiosk.library.ils.changes.change import Change
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.holds import holds_in, may_wait
from kiosk.library.ils.items import ON_LOAN, reason_not_lent
from kiosk.library.ils.lost_answers import Resolution, hold_by_list
from kiosk.library.ils.open_doubts import Before, Question
from kiosk.library.ils.requests import Listed, Requests
from kiosk.library.ils.status_queries import Inquiry
from kiosk.library.sip2 import Message


def _request(requests: Requests, number: str, item: str) -> Message:
    fixed = {"hold_mode": "+", "transaction_date": requests.date()}
    who = (*requests.pickup(), requests.hold_type(), requests.institution(), ("AA", number), *requests.secret(), ("AB", item))
    return Message("15", fixed, (*who, *requests.terminal(), ("BO", "N")))


def _before(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    return Before(holds=inquiry.holds(question.number, item.number, by))


def _look(inquiry: Inquiry, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
    patron = inquiry.patron(question.number, Listed.HOLDS, by)
    if patron is None:
        return Resolution.UNCLEAR, item
    holds = holds_in(patron)
    finding = hold_by_list(question.item, before.holds, holds)
    if finding is not Resolution.UNCLEAR or before.holds is None or not may_wait(patron):
        return finding, item
    waiting = inquiry.patron(question.number, Listed.WAITING_HOLDS, by)
    return finding if waiting is None else hold_by_list(question.item, before.holds, holds | holds_in(waiting)), item


def _reason_by_status(described: Message) -> Reason | None:
    # What is on loan, or on the hold shelf, is exactly what holds are for.
    return None if described.fixed["circulation_status"] in ON_LOAN | {"08"} else reason_not_lent(described)


def _reason_of_patron(standing: Standing) -> Reason | None:
    return Reason.PATRON_STOPPED if Stop.HOLD_DENIED in standing.stops else None


HOLD = Change(
    kind="15",
    request=_request,
    before=_before,
    look=_look,
    is_verified=True,
    reason_by_status=_reason_by_status,
    reason_of_patron=_reason_of_patron,
)
