"""What differs between the requests that change something: lending, renewing, reserving.

A row says how each is sent, what has to be known before, and how it is found out afterwards whether it took place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.domain.circulation import Item, Standing, Stop
from kiosk.domain.model import Service
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.items import is_read, item_in
from kiosk.library.ils.lost_answers import Resolution
from kiosk.library.ils.open_doubts import Before, Question
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.status_queries import Inquiry
from kiosk.library.sip2 import Message

_NOT_FOR_LOANS = frozenset({Stop.RENEWAL_DENIED, Stop.HOLD_DENIED})


@dataclass(frozen=True, slots=True)
class Change:
    """How one kind of transaction is requested and, if its answer is lost, looked up."""

    kind: str
    """The request's message identifier."""
    request: Callable[[Requests, str, str], Message]
    """Of the patron's number and the item's."""
    before: Callable[[Inquiry, Question, Item, Standing, Deadline], Before]
    """Raises Unavailable, Refused."""
    look: Callable[[Inquiry, Question, Before, Item, Deadline], tuple[Resolution, Item]]
    """What became of it, and the item as it is now; nothing is asked for. Raises Unavailable, Refused."""
    is_verified: bool
    """Whether a positive answer is looked behind: servers confirm holds that they do not place."""
    is_denied: Callable[[frozenset[Stop]], bool]
    """Whether a patron's stops are why it was refused, where nothing else tells."""


def _before_loan(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    return Before(due=item.due, loans=standing.loans)


def _before_renewal(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    if is_read(item.due):
        return Before(due=item.due)
    described = inquiry.described(item, by)
    return Before(due=(item_in(described, item).due if described is not None else None) or item.due)


def _before_hold(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    return Before(holds=inquiry.holds(question.number, item.number, by))


CHANGES: Mapping[Service, Change] = {
    Service.LOAN: Change("11", Requests.loan, _before_loan, Inquiry.look_for_loan, False, lambda stops: bool(stops - _NOT_FOR_LOANS)),
    Service.RENEWAL: Change(
        "29", Requests.renewal, _before_renewal, Inquiry.look_for_renewal, False, lambda stops: Stop.RENEWAL_DENIED in stops
    ),
    Service.HOLD: Change("15", Requests.hold, _before_hold, Inquiry.look_for_hold, True, lambda stops: Stop.HOLD_DENIED in stops),
}
