"""Infer from later answers whether a request whose answer was lost was carried out.

Pure: answers in, finding out. Ambiguous evidence is UNCLEAR, and staff check for themselves.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, unique

from kiosk.domain.circulation import Due, Instead
from kiosk.library.ils.holds import Holds
from kiosk.library.ils.items import NOT_ON_LOAN, ON_LOAN, due_in
from kiosk.library.ils.loans import loans_in
from kiosk.library.ils.matching import alike
from kiosk.library.sip2 import Message, read_date


@unique
class Resolution(Enum):
    DONE = "done"
    NOT_DONE = "not done"
    UNCLEAR = "unclear"


def loan_by_list(item: str, patron: Message) -> Resolution:
    """Whether the item is among the patron's loans in a 64. UNCLEAR if the list holds titles or is incomplete."""
    loans = loans_in(patron)
    if any(alike(item, number) for number in loans.items):
        return Resolution.DONE
    return Resolution.NOT_DONE if loans.lacks(item) else Resolution.UNCLEAR


def loan_by_status(item: Message, loans_before: int | None, loans_now: int | None) -> Resolution:
    """Whether the item was lent, judging by its 18 and by the patron's loan count before and now."""
    status = item.fixed["circulation_status"]
    if status in NOT_ON_LOAN:
        return Resolution.NOT_DONE
    if status not in ON_LOAN or loans_before is None or loans_now is None:
        return Resolution.UNCLEAR
    # On loan: to this patron if the count grew by one, to somebody else if it did not change.
    return {1: Resolution.DONE, 0: Resolution.NOT_DONE}.get(loans_now - loans_before, Resolution.UNCLEAR)


def renewal_by_date(item: Message, before: Due | None) -> Resolution:
    """Whether the due date in the item's 18 is later than before. An unchanged date means not renewed: it is the patron's."""
    if item.fixed["circulation_status"] in NOT_ON_LOAN:
        return Resolution.NOT_DONE
    now = due_in(item)
    if before is None or now is None:
        return Resolution.UNCLEAR
    if now.text == before.text:
        return Resolution.NOT_DONE
    if before.day is None or now.day is None:
        return Resolution.UNCLEAR
    if now.day != before.day:
        return Resolution.DONE if now.day > before.day else Resolution.UNCLEAR
    earlier, later = read_date(before.text), read_date(now.text)
    if len(before.text) == len(now.text) and isinstance(earlier, datetime) and isinstance(later, datetime):
        return Resolution.DONE if later.replace(tzinfo=None) > earlier.replace(tzinfo=None) else Resolution.UNCLEAR
    return Resolution.NOT_DONE


def hold_by_list(item: str, before: Holds | None, now: Holds) -> Resolution:
    """Whether the hold, or one more hold than before, is listed now. Absence proves nothing: another copy may be listed."""
    if before is None:
        return Resolution.UNCLEAR
    if now.has(item) and not before.has(item) and not before.is_part:
        return Resolution.DONE
    if before.count is None or now.count is None:
        return Resolution.UNCLEAR
    return Resolution.DONE if now.count > before.count else Resolution.NOT_DONE


def instead_in(reply: Message, before: Due | None, now: Due | None) -> Instead | None:
    """What a positive answer to a loan or renewal did instead. In a 12, renewal ok means that the item was already lent to this patron."""
    if before is not None and now is not None:
        if _same_day(before, now):
            return Instead.SAME_DATE
        if before.day is not None and now.day is not None and now.day < before.day:
            return Instead.EARLIER
    return Instead.RENEWED if reply.kind == "12" and reply.fixed["renewal_ok"] == "Y" else None


def _same_day(before: Due, now: Due) -> bool:
    """Whether both show the same day to a patron."""
    return before.text == now.text or (before.day is not None and before.day == now.day)
