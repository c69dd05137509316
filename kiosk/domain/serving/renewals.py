"""What 「すべて延長する」 means for each of the loans."""

from __future__ import annotations

from typing import NamedTuple

from kiosk.domain.circulation import Item
from kiosk.domain.model import Service
from kiosk.domain.states import Dealings, Progress, wish


class OfAll(NamedTuple):
    asked: tuple[Item, ...]
    """To be renewed."""
    lent: tuple[Item, ...]
    """Left out, and said to be: nobody who borrows something wants it renewed in the same breath."""


def of_all(dealings: Dealings) -> OfAll:
    """All loans but those renewed in this session, being renewed, or of which that is not known. A title without its number cannot be
    asked for.
    """
    lines = (*dealings.earlier.values(), *dealings.entries)
    settled = {wish(entry.done_as, entry.item) for entry in lines if entry.progress is not Progress.REFUSED}
    fresh = [loan for loan in dealings.loans or () if loan.number and wish(Service.RENEWAL, loan) not in settled]
    lent = {loan.number for loan in fresh if wish(Service.LOAN, loan) in settled}
    return OfAll(tuple(loan for loan in fresh if loan.number not in lent), tuple(loan for loan in fresh if loan.number in lent))
