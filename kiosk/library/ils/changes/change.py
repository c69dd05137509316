"""What a request that changes something declares: how it is sent, and how its outcome is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain.circulation import Item, Reason, Standing
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.lost_answers import Resolution
from kiosk.library.ils.open_doubts import Before, Question
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.status_queries import Inquiry
from kiosk.library.sip2 import Message


def _nothing_before(inquiry: Inquiry, question: Question, item: Item, standing: Standing, by: Deadline) -> Before:
    return Before()


def _not_to_be_seen(inquiry: Inquiry, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
    return Resolution.UNCLEAR, item


def _says_nothing(told: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One kind of transaction. Where nothing is declared, nothing is known: staff are told only what the server says itself."""

    kind: str
    """The request's message identifier."""
    request: Callable[[Requests, str, str], Message]
    """Of the patron's number and the item's."""
    before: Callable[[Inquiry, Question, Item, Standing, Deadline], Before] = _nothing_before
    """What has to be known before it is sent. Raises Unavailable, Refused."""
    look: Callable[[Inquiry, Question, Before, Item, Deadline], tuple[Resolution, Item]] = _not_to_be_seen
    """What became of it, and the item as it is now; nothing is asked for. Raises Unavailable, Refused."""
    is_verified: bool = False
    """Whether a positive answer is looked behind: servers confirm holds that they do not place."""
    is_empty: Callable[[Message], bool] = lambda reply: False
    """Whether a positive answer says by its content that nothing was done."""
    reason_by_status: Callable[[Message], Reason | None] = _says_nothing
    """Why it was refused, by the item's 18; None if that explains nothing."""
    reason_of_patron: Callable[[Standing], Reason | None] = _says_nothing
    """Why it was refused, by what is known of the patron, where nothing else tells."""
