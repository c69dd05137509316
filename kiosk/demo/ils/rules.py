"""Circulation rules of the simulated library, over in-memory data. No clock, files or network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from kiosk.demo.ils.model import Borrower, Condition, Copy, Hold, Loan, Medium, No, Stop


@dataclass(frozen=True, slots=True)
class Rules:
    """The simulated library's rules for lending, renewing and holds."""

    days: int = 14
    """Length of a loan and of a renewal."""
    loans: int = 10
    discs: int = 2
    """Maximum of discs among the loans."""
    renewals: int = 1
    """Maximum per loan."""
    holds: int = 10
    owing: int = 1000
    """Debt in yen above which borrowing is denied."""
    pickups: tuple[str, ...] = ("CHUO", "HIGASHI")
    """Pickup locations; the first is the default."""
    renews_when_lent_again: bool = False
    """Whether checking out a patron's own loan renews it, as Koha and Evergreen do; otherwise it is refused."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a request. `no` is None on success."""

    no: No | None = None
    copy: Copy | None = None
    due: date | None = None
    renewed: bool = False
    position: int | None = None
    """Position in the hold queue; 1 is next."""
    patron: str = ""
    """The borrower of a returned item."""
    for_hold: bool = False
    """Whether a returned item is on hold for somebody."""

    @property
    def done(self) -> bool:
        return self.no is None


@dataclass
class Circulation:
    """The library's whole state. Not thread-safe: callers lock it."""

    borrowers: dict[str, Borrower]
    copies: dict[str, Copy]
    rules: Rules = field(default_factory=Rules)
    loans: dict[str, Loan] = field(default_factory=dict)
    """By item, oldest first."""
    holds: dict[str, list[Hold]] = field(default_factory=lambda: defaultdict(list))
    """By item, next in queue first."""

    @classmethod
    def of(cls, borrowers: Iterable[Borrower], copies: Iterable[Copy], rules: Rules | None = None) -> Circulation:
        """Create a library with nothing on loan."""
        known = {borrower.number: borrower for borrower in borrowers}
        return cls(known, {copy.number: copy for copy in copies}, rules or Rules())

    # --- what is known -------------------------------------------------------------------------------------------------------

    def borrower(self, number: str) -> Borrower | None:
        """Find a borrower by card number, current or replaced."""
        if found := self.borrowers.get(number):
            return found
        return next((borrower for borrower in self.borrowers.values() if number and borrower.formerly == number), None)

    def loans_of(self, patron: str) -> list[Loan]:
        return [loan for loan in self.loans.values() if loan.patron == patron]

    def overdue_of(self, patron: str, today: date) -> list[Loan]:
        return [loan for loan in self.loans_of(patron) if loan.due < today]

    def holds_of(self, patron: str) -> list[Hold]:
        return [hold for queue in self.holds.values() for hold in queue if hold.patron == patron]

    def stops(self, patron: str, today: date) -> frozenset[Stop]:
        borrower = self.borrowers[patron]
        found = {borrower.stop} if borrower.stop else set()
        if borrower.until is not None and borrower.until < today:
            found.add(Stop.EXPIRED)
        if borrower.owes > self.rules.owing:
            found.add(Stop.OWING)
        return frozenset(found)

    # --- what can be done ----------------------------------------------------------------------------------------------------

    def lend(self, patron: str, item: str, today: date) -> Verdict:
        copy = self.copies.get(item)
        loan = self.loans.get(item)
        if loan is not None and loan.patron == patron and self.rules.renews_when_lent_again:
            return self.renew(patron, item, today)
        no = self._stopped(patron, today) or self._cannot_lend(patron, copy)
        if no or copy is None:
            return Verdict(no, copy)
        due = today + timedelta(days=self.rules.days)
        self.loans[item] = Loan(item, patron, due)
        self.holds[item] = [hold for hold in self.holds[item] if hold.patron != patron]
        return Verdict(None, copy, due)

    def renew(self, patron: str, item: str, today: date) -> Verdict:
        copy = self.copies.get(item)
        loan = self.loans.get(item)
        no = self._stopped(patron, today) or self._cannot_renew(patron, copy, loan, today)
        if no or loan is None:
            return Verdict(no, copy)
        due = loan.due + timedelta(days=self.rules.days)
        self.loans[item] = replace(loan, due=due, renewals=loan.renewals + 1)
        return Verdict(None, copy, due, renewed=True)

    def reserve(self, patron: str, item: str, pickup: str, today: date) -> Verdict:
        copy = self.copies.get(item)
        no = self._stopped(patron, today) or self._cannot_reserve(patron, copy)
        if no is None and pickup and pickup not in self.rules.pickups:
            no = No.PICKUP_UNKNOWN
        if no:
            return Verdict(no, copy)
        queue = self.holds[item]
        queue.append(Hold(item, patron, pickup or self.rules.pickups[0]))
        return Verdict(None, copy, position=len(queue))

    def cancel(self, patron: str, item: str) -> Verdict:
        """Cancel a hold."""
        copy = self.copies.get(item)
        queue = self.holds.get(item, [])
        kept = [hold for hold in queue if hold.patron != patron]
        if len(kept) == len(queue):
            return Verdict(No.NOT_RESERVED, copy)
        self.holds[item] = kept
        return Verdict(None, copy)

    def give_back(self, item: str) -> Verdict:
        copy = self.copies.get(item)
        if copy is None:
            return Verdict(No.ITEM_UNKNOWN)
        loan = self.loans.pop(item, None)
        if loan is None:
            return Verdict(No.NOT_ON_LOAN, copy)
        queue = self.holds.get(item)
        if queue:
            queue[0] = replace(queue[0], ready=True)
        return Verdict(None, copy, patron=loan.patron, for_hold=bool(queue))

    # --- why not -------------------------------------------------------------------------------------------------------------

    def _stopped(self, patron: str, today: date) -> No | None:
        if patron not in self.borrowers:
            return No.PATRON_UNKNOWN
        return No.PATRON_STOPPED if self.stops(patron, today) else None

    def _cannot_lend(self, patron: str, copy: Copy | None) -> No | None:
        if copy is None:
            return No.ITEM_UNKNOWN
        if loan := self.loans.get(copy.number):
            return No.ALREADY_LENT if loan.patron == patron else No.ON_LOAN
        if copy.condition is not Condition.GOOD:
            return _not_good(copy)
        if self._wanted_by_another(patron, copy.number):
            return No.RESERVED
        lent = self.loans_of(patron)
        if len(lent) >= self.rules.loans:
            return No.TOO_MANY
        discs = sum(self.copies[loan.item].medium is Medium.DISC for loan in lent)
        return No.TOO_MANY_DISCS if copy.medium is Medium.DISC and discs >= self.rules.discs else None

    def _cannot_renew(self, patron: str, copy: Copy | None, loan: Loan | None, today: date) -> No | None:
        if copy is None:
            return No.ITEM_UNKNOWN
        if loan is None or loan.patron != patron:
            return No.NOT_ON_LOAN
        if self._wanted_by_another(patron, copy.number):
            return No.RESERVED
        if loan.renewals >= self.rules.renewals:
            return No.NO_MORE_RENEWALS
        return No.OVERDUE if loan.due < today else None

    def _cannot_reserve(self, patron: str, copy: Copy | None) -> No | None:
        if copy is None:
            return No.ITEM_UNKNOWN
        if copy.condition is not Condition.GOOD:
            return _not_good(copy)
        loan = self.loans.get(copy.number)
        if loan is not None and loan.patron == patron:
            return No.ALREADY_LENT
        if any(hold.patron == patron for hold in self.holds.get(copy.number, ())):
            return No.ALREADY_RESERVED
        return No.TOO_MANY_HOLDS if len(self.holds_of(patron)) >= self.rules.holds else None

    def _wanted_by_another(self, patron: str, item: str) -> bool:
        """Whether somebody else is first in the hold queue."""
        queue = self.holds.get(item)
        return bool(queue) and queue is not None and queue[0].patron != patron


def _not_good(copy: Copy) -> No:
    return No.NOT_FOR_LOAN if copy.condition is Condition.REFERENCE else No.MISSING
