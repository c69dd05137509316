"""The effect of a completed loan, renewal or hold on what is known of the patron."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import Standing
from kiosk.domain.itemservices import is_loan
from kiosk.domain.model import Service
from kiosk.domain.states import Entry, PatronShown


def taken_in(flow: PatronShown, entry: Entry) -> PatronShown:
    standing, loans, item = flow.patron.standing, flow.dealings.loans, entry.item
    if entry.done_as is Service.LOAN and not standing.on_loan.has(item.number):
        standing = _one_more(standing, item.number)
    if is_loan(entry.service) and loans is not None:
        if any(loan.number == item.number for loan in loans):
            loans = tuple(item if loan.number == item.number else loan for loan in loans)
        elif entry.service is Service.LOAN:
            loans = (*loans, item)
    return replace(flow, patron=replace(flow.patron, standing=standing), dealings=replace(flow.dealings, loans=loans))


def _one_more(standing: Standing, number: str) -> Standing:
    return replace(
        standing,
        loans=None if standing.loans is None else standing.loans + 1,
        loans_left=None if standing.loans_left is None else max(0, standing.loans_left - 1),
        on_loan=standing.on_loan.with_loan(number),
    )
