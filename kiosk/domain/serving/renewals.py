"""What 「すべて延長する」 covers."""

from __future__ import annotations

from typing import NamedTuple

from kiosk.domain.circulation import Item
from kiosk.domain.model import Service
from kiosk.domain.states import Dealings, Progress, wish


class OfAll(NamedTuple):
    """The loans 「すべて延長する」 renews and those it leaves out."""

    asked: tuple[Item, ...]
    """To be renewed."""
    lent: tuple[Item, ...]
    """Left out, and shown as such: nobody who borrows an item wants it renewed in the same session."""


def of_all(dealings: Dealings) -> OfAll:
    """All loans except those renewed in this session, being renewed, or with an uncertain renewal. A title without a number cannot be
    renewed.
    """
    lines = (*dealings.earlier.values(), *dealings.entries)
    settled = {wish(entry.done_as, entry.item) for entry in lines if entry.progress is not Progress.REFUSED}
    fresh = [loan for loan in dealings.loans or () if loan.number and wish(Service.RENEWAL, loan) not in settled]
    lent = {loan.number for loan in fresh if wish(Service.LOAN, loan) in settled}
    return OfAll(tuple(loan for loan in fresh if loan.number not in lent), tuple(loan for loan in fresh if loan.number in lent))
