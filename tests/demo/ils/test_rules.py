"""Lending, renewing, placing holds and returning, as pure rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.demo.ils import ITEMS, PATRONS, Borrower, Circulation, Condition, Copy, Medium, No, Rules, Stop, Verdict, opening

TODAY = date(2026, 11, 23)
OWN, OTHER = PATRONS["own"], PATRONS["other"]
BAMBOO = ITEMS["bamboo"].number


def lend(library: Circulation, patron: str, item: str) -> Verdict:
    return library.lend(PATRONS[patron], ITEMS[item].number, TODAY)


def renew(library: Circulation, patron: str, item: str) -> Verdict:
    return library.renew(PATRONS[patron], ITEMS[item].number, TODAY)


def reserve(library: Circulation, patron: str, item: str) -> Verdict:
    return library.reserve(PATRONS[patron], ITEMS[item].number, "CHUO", TODAY)


@pytest.fixture
def library() -> Circulation:
    return opening(TODAY)


@pytest.mark.parametrize(
    ("patron", "item", "no"),
    [
        ("own", "bamboo", None),
        ("child", "piano", None),
        ("other", "stories", None),
        ("busy", "bamboo", None),
        ("soon", "bamboo", None),
        ("owing-little", "bamboo", None),
        ("replacement", "bamboo", None),
        ("somebody", "shelf", None),
        ("busy", "busy-ready-1", None),
        ("own", "on-loan", No.ON_LOAN),
        ("own", "queue", No.ON_LOAN),
        ("own", "own-renewable", No.ALREADY_LENT),
        ("own", "shelf", No.RESERVED),
        ("own", "busy-ready-1", No.RESERVED),
        ("own", "reference", No.NOT_FOR_LOAN),
        ("own", "missing", No.MISSING),
        ("full", "bamboo", No.TOO_MANY),
        ("expired", "bamboo", No.PATRON_STOPPED),
        ("stopped", "bamboo", No.PATRON_STOPPED),
        ("lost", "bamboo", No.PATRON_STOPPED),
        ("owing", "bamboo", No.PATRON_STOPPED),
        ("unknown", "bamboo", No.PATRON_UNKNOWN),
    ],
)
def test_lending(library: Circulation, patron: str, item: str, no: No | None) -> None:
    before = dict(library.loans)
    verdict = lend(library, patron, item)
    assert verdict.no is no
    assert verdict.copy == ITEMS[item]
    if no:
        assert library.loans == before
    else:
        assert verdict.due == date(2026, 12, 7)
        assert library.loans[ITEMS[item].number].patron == PATRONS[patron]
        assert ITEMS[item].number not in {hold.item for hold in library.holds_of(PATRONS[patron])}


def test_an_item_nobody_knows(library: Circulation) -> None:
    assert library.lend(OWN, "1103099999", TODAY) == Verdict(No.ITEM_UNKNOWN)
    assert library.renew(OWN, "1103099999", TODAY) == Verdict(No.ITEM_UNKNOWN)
    assert library.reserve(OWN, "1103099999", "", TODAY) == Verdict(No.ITEM_UNKNOWN)
    assert library.give_back("1103099999") == Verdict(No.ITEM_UNKNOWN)


def test_two_discs_and_not_three(library: Circulation) -> None:
    assert [lend(library, "own", disc).no for disc in ("piano", "songs", "stories")] == [None, None, No.TOO_MANY_DISCS]
    assert lend(library, "own", "bamboo").done
    library.give_back(ITEMS["piano"].number)
    assert lend(library, "own", "stories").done


def test_the_tenth_is_lent_and_the_eleventh_is_not(library: Circulation) -> None:
    shelf = ("bamboo", "post", "stars", "kitchen", "crafts", "baker", "statistics", "cats")
    assert [lend(library, "own", item).no for item in shelf] == [None] * 7 + [No.TOO_MANY]


@pytest.mark.parametrize(
    ("patron", "item", "no"),
    [
        ("own", "own-renewable", None),
        ("own", "own-renewed", No.NO_MORE_RENEWALS),
        ("own", "own-wanted", No.RESERVED),
        ("own", "bamboo", No.NOT_ON_LOAN),
        ("own", "on-loan", No.NOT_ON_LOAN),
        ("busy", "busy-overdue", No.OVERDUE),
        ("busy", "busy-1", None),
        ("stopped", "stopped-overdue", No.PATRON_STOPPED),
    ],
)
def test_renewing(library: Circulation, patron: str, item: str, no: No | None) -> None:
    before = library.loans.get(ITEMS[item].number)
    verdict = renew(library, patron, item)
    after = library.loans.get(ITEMS[item].number)
    assert verdict.no is no
    if no:
        assert after == before
    else:
        assert before is not None
        assert after is not None
        assert (after.due, after.renewals) == (before.due + timedelta(days=14), 1)
        assert (verdict.due, verdict.renewed) == (after.due, True)
        assert renew(library, patron, item).no is No.NO_MORE_RENEWALS


def test_lent_again_some_systems_renew() -> None:
    library = opening(TODAY, Rules(renews_when_lent_again=True))
    assert lend(library, "own", "own-renewable").renewed
    assert lend(library, "own", "own-renewable").no is No.NO_MORE_RENEWALS
    assert lend(library, "other", "own-renewable").no is No.ON_LOAN


@pytest.mark.parametrize(
    ("patron", "item", "no"),
    [
        ("own", "on-loan", None),
        ("own", "bamboo", None),
        ("own", "own-renewable", No.ALREADY_LENT),
        ("other", "queue", No.ALREADY_RESERVED),
        ("own", "reference", No.NOT_FOR_LOAN),
        ("own", "missing", No.MISSING),
        ("stopped", "on-loan", No.PATRON_STOPPED),
        ("unknown", "on-loan", No.PATRON_UNKNOWN),
    ],
)
def test_reserving(library: Circulation, patron: str, item: str, no: No | None) -> None:
    verdict = reserve(library, patron, item)
    assert verdict.no is no
    assert verdict.position == (None if no else 1)
    if no is None:
        assert reserve(library, "child", item).position == 2


def test_a_place_to_fetch_it_has_to_exist(library: Circulation) -> None:
    assert library.reserve(OWN, BAMBOO, "NOWHERE", TODAY).no is No.PICKUP_UNKNOWN
    library.reserve(OWN, BAMBOO, "", TODAY)
    assert [hold.pickup for hold in library.holds_of(OWN)] == ["CHUO"]


def test_ten_holds_and_not_eleven(library: Circulation) -> None:
    items = [item for item in ITEMS if item.startswith(("full-", "busy-1"))]
    assert [reserve(library, "own", item).no for item in items].count(No.TOO_MANY_HOLDS) == len(items) - 10


def test_what_is_brought_back_waits_for_the_next_in_the_queue(library: Circulation) -> None:
    verdict = library.give_back(ITEMS["queue"].number)
    assert (verdict.patron, verdict.for_hold) == (PATRONS["somebody"], True)
    assert [(hold.patron, hold.ready) for hold in library.holds[ITEMS["queue"].number]] == [
        (PATRONS["other"], True),
        (PATRONS["soon"], False),
        (PATRONS["bar"], False),
    ]
    assert lend(library, "soon", "queue").no is No.RESERVED
    assert lend(library, "other", "queue").done
    assert library.give_back(BAMBOO).no is No.NOT_ON_LOAN


def test_a_hold_taken_back_makes_way(library: Circulation) -> None:
    queue = ITEMS["queue"].number
    assert library.cancel(OTHER, queue).done
    assert library.cancel(OTHER, queue).no is No.NOT_RESERVED
    assert [hold.patron for hold in library.holds[queue]] == [PATRONS["soon"], PATRONS["bar"]]


def test_a_card_is_good_on_its_last_day(library: Circulation) -> None:
    library.borrowers[OWN] = Borrower(OWN, "竹内", "芸子", TODAY)
    assert library.stops(OWN, TODAY) == frozenset()
    assert library.stops(OWN, TODAY + timedelta(days=1)) == {Stop.EXPIRED}


# --- whatever comes ------------------------------------------------------------------------------------------------------------

READERS = [Borrower(f"21{n}", "読", str(n)) for n in range(4)]
COPIES = [
    *(Copy(f"1{n}", f"本{n}") for n in range(5)),
    *(Copy(f"2{n}", f"盤{n}", Medium.DISC) for n in range(3)),
    Copy("30", "禁帯出", condition=Condition.REFERENCE),
]
patrons = st.sampled_from([reader.number for reader in READERS])
items = st.sampled_from([copy.number for copy in COPIES])


class Days(RuleBasedStateMachine):
    """Any visits in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.library = Circulation.of(READERS, COPIES, Rules(loans=3, discs=1, holds=2))
        self.today = TODAY

    @rule(patron=patrons, item=items)
    def lend(self, patron: str, item: str) -> None:
        before = self.library.loans.get(item)
        queue = list(self.library.holds.get(item, []))
        if self.library.lend(patron, item, self.today).done:
            assert before is None
            assert not queue or queue[0].patron == patron

    @rule(patron=patrons, item=items)
    def renew(self, patron: str, item: str) -> None:
        before = self.library.loans.get(item)
        verdict = self.library.renew(patron, item, self.today)
        if verdict.done:
            assert before is not None
            assert verdict.due is not None
            assert before.patron == patron
            assert verdict.due > before.due

    @rule(patron=patrons, item=items)
    def reserve(self, patron: str, item: str) -> None:
        before = len(self.library.holds.get(item, []))
        verdict = self.library.reserve(patron, item, "", self.today)
        assert len(self.library.holds.get(item, [])) == before + verdict.done

    @rule(patron=patrons, item=items)
    def cancel(self, patron: str, item: str) -> None:
        self.library.cancel(patron, item)
        assert item not in {hold.item for hold in self.library.holds_of(patron)}

    @rule(item=items)
    def give_back(self, item: str) -> None:
        self.library.give_back(item)
        assert item not in self.library.loans

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def limits_hold(self) -> None:
        for reader in READERS:
            lent = [self.library.copies[loan.item] for loan in self.library.loans_of(reader.number)]
            assert len(lent) <= 3
            assert sum(copy.medium is Medium.DISC for copy in lent) <= 1
            assert all(copy.condition is Condition.GOOD for copy in lent)
            held = [hold.item for hold in self.library.holds_of(reader.number)]
            assert len(held) == len(set(held)) <= 2
            assert not set(held) & {copy.number for copy in lent}
        assert all(loan.renewals <= 1 for loan in self.library.loans.values())


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
