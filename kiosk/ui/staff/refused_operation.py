"""What staff read of the library's register until they have seen it: an operation was refused, or the links here were not its links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.domain.codefacts import Family
from kiosk.domain.errors import Code
from kiosk.domain.model import OperationKind, RefusedOperation
from kiosk.domain.states import Counter
from kiosk.text import refusal, say
from kiosk.ui.staff.times import to_the_day_and_minute

_TAKEN = frozenset({Code.LINKED_ELSEWHERE, Code.NUMBER_LINKED_ELSEWHERE})
"""Another counter was first."""


def refused_words(refused: Sequence[RefusedOperation], today: date) -> tuple[str, str]:
    """Return title and text of a notice: the first of these operations, and how many follow."""
    told = refused[0]
    which = say("staff.banner.refused-of", number=told.masked, time=to_the_day_and_minute(told.at, today))
    more = say("staff.banner.refused-more", count=len(refused) - 1) if len(refused) > 1 else ""
    first = say("staff.banner.refused-first") if told.code in _TAKEN else ""
    return say(f"staff.banner.refused-{told.kind}") + more, f"{which}{first}{refusal(told.code, 'staff')}\n{_next(told)}"


def differed_words(counter: Counter) -> tuple[str, str]:
    """Return title and text of a notice that the links here were fetched anew; empty if they were not."""
    at = counter.registry_differed
    if at is None:
        return "", ""
    return say("staff.banner.differed"), say("staff.banner.differed-text", time=to_the_day_and_minute(at, counter.today))


def _next(told: RefusedOperation) -> str:
    following = refusal(told.code, "staff-next")
    if told.kind is OperationKind.UNLINK:
        return say("staff.banner.refused-unlink-next") + following
    # The patron has gone; what is wrong with the operation itself need not wait for them.
    return say("staff.banner.refused-visit", next=following) if told.code.about.family is Family.LINK else following
