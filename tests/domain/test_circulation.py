"""A list of loans reports how complete it is."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import LoanList, Told

WHOLE = LoanList.whole(("11", "AB-12"))
CUT = LoanList(("11",), Told.PART, 120)
TITLES = LoanList(("雪国",), Told.ALL, 1, as_titles=True)
NOT_TOLD = LoanList(counted=3)
UNKNOWN = LoanList()


@pytest.mark.parametrize(("loans", "none"), [(LoanList.whole(), True), (WHOLE, False), (CUT, False), (NOT_TOLD, False), (UNKNOWN, False)])
def test_nothing_is_on_loan_only_where_all_was_told(loans: LoanList, none: bool) -> None:
    assert loans.is_none is none


@pytest.mark.parametrize(
    ("loans", "number", "has", "lacks"),
    [
        (WHOLE, "11", True, False),
        (WHOLE, "ab-12", True, False),
        (WHOLE, "12", False, True),
        (CUT, "11", True, False),
        (CUT, "12", False, False),
        (TITLES, "12", False, False),
        (NOT_TOLD, "12", False, False),
        (UNKNOWN, "12", False, False),
        (LoanList.whole(), "12", False, True),
    ],
)
def test_whether_an_item_is_among_the_loans_is_known_or_not(loans: LoanList, number: str, has: bool, lacks: bool) -> None:
    assert (loans.has(number), loans.lacks(number)) == (has, lacks)


@pytest.mark.parametrize(
    ("loans", "told", "counted"),
    [(WHOLE, Told.ALL, 3), (CUT, Told.PART, 121), (TITLES, Told.PART, 2), (NOT_TOLD, Told.PART, 4), (UNKNOWN, Told.PART, None)],
)
def test_one_more_makes_no_list_fuller_than_it_was(loans: LoanList, told: Told, counted: int | None) -> None:
    more = loans.with_loan("99")
    assert more.has("99")
    assert (more.told, more.counted) == (told, counted)
