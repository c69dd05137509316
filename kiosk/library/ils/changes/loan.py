"""Lending: 11 → 12."""

from __future__ import annotations

from kiosk.domain.circulation import Item, Reason, Standing, Stop
from kiosk.library.ils.changes.change import Change
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.items import item_in, reason_not_lent
from kiosk.library.ils.loans import count_in
from kiosk.library.ils.lost_answers import Resolution, loan_by_list, loan_by_status
from kiosk.library.ils.open_doubts import Before, Question
from kiosk.library.ils.requests import Listed, Requests
from kiosk.library.ils.status_queries import Inquiry
from kiosk.library.sip2 import Message

_NOT_FOR_LOANS = frozenset({Stop.RENEWAL_DENIED, Stop.HOLD_DENIED})


def _request(requests: Requests, number: str, item: str) -> Message:
    # A blank no-block due date makes one server hang up; with no block = N, servers ignore it.
    date = requests.date()
    fixed = {"sc_renewal_policy": "N", "no_block": "N", "transaction_date": date, "nb_due_date": date}
    who = (requests.institution(), ("AA", number), ("AB", item))
    return Message("11", fixed, (*who, *requests.terminal(), *requests.secret(), ("BO", "N"), ("BI", "N")))


def _before(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    return Before(due=item.due, loans=standing.loans)


def _look(inquiry: Inquiry, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
    patron = inquiry.patron(question.number, Listed.LOANS, by)
    finding = Resolution.UNCLEAR if patron is None else loan_by_list(item.number, patron)
    if finding is Resolution.NOT_DONE or (finding is Resolution.UNCLEAR and inquiry.knows_no_items):
        return finding, item
    if finding is Resolution.DONE:
        shown = inquiry.described(item, by)
        return finding, item if shown is None else item_in(shown, item)
    described = inquiry.item(item, by)
    now = None if patron is None else count_in(patron, "charged_items_count")
    return loan_by_status(described, before.loans, now), item_in(described, item)


def _reason_of_patron(standing: Standing) -> Reason | None:
    if standing.loans_left == 0 or Stop.TOO_MANY_CHARGED in standing.stops:
        return Reason.TOO_MANY
    return Reason.PATRON_STOPPED if standing.stops - _NOT_FOR_LOANS else None


LOAN = Change(
    kind="11",
    request=_request,
    before=_before,
    look=_look,
    reason_by_status=reason_not_lent,
    reason_of_patron=_reason_of_patron,
)
