"""What staff read about an operation that the library's register has refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.domain.codefacts import Family
from kiosk.domain.model import OperationKind, RefusedOperation
from kiosk.text import refusal, say
from kiosk.ui.staff.times import to_the_day_and_minute


def refused_words(refused: Sequence[RefusedOperation], today: date) -> tuple[str, str]:
    """Return title and text of a notice: the first of these operations, and how many follow."""
    told = refused[0]
    which = say("staff.banner.refused-of", number=told.masked, time=to_the_day_and_minute(told.at, today))
    more = say("staff.banner.refused-more", count=len(refused) - 1) if len(refused) > 1 else ""
    return say(f"staff.banner.refused-{told.kind}") + more, f"{which}{refusal(told.code, 'staff')}\n{_next(told)}"


def _next(told: RefusedOperation) -> str:
    following = refusal(told.code, "staff-next")
    if told.kind is OperationKind.UNLINK:
        return say("staff.banner.refused-unlink-next") + following
    # The patron has gone; what is wrong with the operation itself need not wait for them.
    return say("staff.banner.refused-visit", next=following) if told.code.about.family is Family.LINK else following
