"""A day at the counter with an unreliable connection to the library system: at closing time both must agree.

The counter is the real one without windows: machine, conductor, client; the library system is the simulated one, over a real socket.
Whoever is at the counter does what staff do: scans on while the system still answers, retries what was not done, and checks in the
library's own system when the counter reports that it does not know.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.config import Ils, IlsSettings
from kiosk.demo.ils import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    EVERGREEN,
    KOHA,
    Borrower,
    Circulation,
    Copy,
    Dialect,
    LibraryServer,
    Loan,
    Login,
    Mishap,
    Rules,
    serving,
)
from kiosk.domain.circulation import Reason
from kiosk.domain.events import HoldConfirmed, ItemEntered, LeavePressed, LibraryCardEntered, NextPatronCalled, RenewalChosen, ServiceChosen
from kiosk.domain.model import Service
from kiosk.domain.states import CounterRules, Entry, Flow, PatronShown, Progress, Waiting
from kiosk.library.ils import IlsClient
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.readers import InProcess
from tests.support.counter.headless import HeadlessCounter, judge_for

OPENING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = OPENING.date()
HASTY = 4
"""After one patron of so many staff forget to end the session."""

_TRIED_AGAIN = (Reason.LOST_ANSWER, Reason.NOT_THERE_YET, Reason.NOT_SEEN_YET, Reason.NOT_REACHED, Reason.PERHAPS_RESERVED)


@dataclass
class Plan:
    """Who comes, and what they bring."""

    patrons: int
    loans: int
    renewals: int
    holds: int
    breaks: int
    draw: random.Random = field(default_factory=lambda: random.Random(20261123))

    @property
    def each(self) -> int:
        return self.loans // self.patrons

    def number(self, patron: int) -> str:
        return f"21{patron:08}"

    def brings(self, patron: int) -> list[str]:
        return [f"11{patron * self.each + one:08}" for one in range(self.each)]

    def has(self, patron: int) -> list[str]:
        """What this patron has on loan since last week: the first some have one or more each."""
        share = [one for one in range(self.renewals) if one % self.patrons == patron]
        return [f"12{one:08}" for one in share]

    def wishes(self, patron: int) -> list[str]:
        """Something that somebody else has on loan."""
        return [f"13{patron:08}"] if patron < self.holds else []

    def library(self) -> Circulation:
        people = range(self.patrons)
        borrowers = [Borrower(self.number(patron), "竹内", f"芸子{patron}", TODAY + timedelta(days=700)) for patron in people]
        borrowers.append(Borrower("2199999999", "先野", "客人", TODAY + timedelta(days=700)))
        lent = {item: self.number(patron) for patron in people for item in self.has(patron)}
        wanted = {item: "2199999999" for patron in people for item in self.wishes(patron)}
        fresh = [item for patron in people for item in self.brings(patron)]
        copies = [Copy(number, f"雪国の民家 {number}") for number in (*fresh, *lent, *wanted)]
        library = Circulation.of(borrowers, copies, Rules(loans=self.each + 10))
        due = TODAY + timedelta(days=5)
        library.loans.update({item: Loan(item, number, due) for item, number in (lent | wanted).items()})
        return library

    def mishaps(self, requests: int) -> Callable[[int, str], Mishap]:
        """So many breaks among the first so many requests: before or after they were executed, or in the middle of the reply."""
        when = set(self.draw.sample(range(20, requests), self.breaks))
        how = [DROPPED_BEFORE, DROPPED_AFTER, Mishap(sent=7), Mishap(sent=30)]
        chosen = {number: self.draw.choice(how) for number in when}
        return lambda number, kind: chosen.get(number, Mishap())


@dataclass
class View:
    """What the counter has said, gathered line by line."""

    loans: dict[str, tuple[str, date | None]] = field(default_factory=dict)
    renewals: dict[str, date | None] = field(default_factory=dict)
    holds: set[tuple[str, str]] = field(default_factory=set)
    unknown: int = 0

    def take(self, number: str, entry: Entry) -> None:
        day = entry.item.due.day if entry.item.due else None
        if entry.service is Service.LOAN:
            self.loans[entry.item.number] = number, day
        elif entry.service is Service.RENEWAL:
            self.renewals[entry.item.number] = day
        else:
            self.holds.add((number, entry.item.number))


@dataclass
class Watch:
    """A clock of which staff can let some time pass: somebody waits before trying again."""

    ahead: float = 0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def _is_quiet(flow: PatronShown) -> bool:
    return not flow.dealings.unanswered and (flow.next_card is None or flow.next_card.is_question)


def _shows(flow: Flow, number: str) -> bool:
    return isinstance(flow, PatronShown) and flow.patron.number.text == number


@dataclass
class Staff:
    desk: HeadlessCounter
    server: LibraryServer
    watch: Watch
    view: View = field(default_factory=View)
    early: int = 0
    """How often the next patron's card was read too early, and known for one."""

    def serve(self, plan: Plan, patron: int) -> None:
        number = plan.number(patron)
        if isinstance(self.desk.flow, PatronShown):
            self._call_early(number, plan.brings(patron)[0])
        else:
            self._call(number)
        self._by_item(Service.LOAN, number, plan.brings(patron))
        if plan.has(patron):
            self._renew(number, plan.has(patron))
        self._by_item(Service.HOLD, number, plan.wishes(patron))
        assert isinstance(self.desk.flow, PatronShown)
        for entry in self.desk.flow.dealings.entries:
            assert entry.progress in (Progress.DONE, Progress.UNKNOWN), entry
            if entry.progress is Progress.DONE:
                self.view.take(number, entry)
        if patron % HASTY == 1 and patron + 1 < plan.patrons:
            return
        self.desk.say(LeavePressed())
        self.desk.until_at(Waiting)

    def _call(self, number: str) -> None:
        """Again, when the library system did not answer."""
        for _ in range(5):
            self.desk.say(LibraryCardEntered(number))
            if self.desk.until_at(PatronShown).patron.checked:
                return
            self.desk.say(LeavePressed())
            self.watch.ahead += 40
        raise AssertionError("the library system never came back")

    def _call_early(self, number: str, item: str) -> None:
        """Without ending the session before: their card is read, and a book with it."""
        before = self._shown.patron.number.text
        self.desk.say(ServiceChosen(Service.LOAN), ItemEntered(number), ItemEntered(item))
        self.desk.until(lambda counter: isinstance(counter.flow, PatronShown) and _is_quiet(counter.flow))
        assert item not in self.server.snapshot().loans_of(before)
        self.early += self._shown.next_card is not None
        self.desk.say(LeavePressed() if self._shown.next_card is None else NextPatronCalled())
        self.desk.until(lambda counter: isinstance(counter.flow, Waiting) or _shows(counter.flow, number))
        if isinstance(self.desk.flow, PatronShown) and self.desk.flow.patron.checked:
            return
        if isinstance(self.desk.flow, PatronShown):
            self.desk.say(LeavePressed())
        self.watch.ahead += 40
        self._call(number)

    def _by_item(self, service: Service, number: str, items: list[str]) -> None:
        self.desk.say(ServiceChosen(service), *(ItemEntered(item) for item in items))
        self._see_through(service, number, items, ItemEntered)

    def _renew(self, number: str, items: list[str]) -> None:
        self.desk.say(ServiceChosen(Service.RENEWAL))
        for _ in range(5):
            self.desk.until(lambda counter: isinstance(counter.flow, PatronShown) and not counter.flow.dealings.listing)
            if self._shown.dealings.loans is not None:
                break
            self.watch.ahead += 40
            self.desk.say(ServiceChosen(Service.RENEWAL))
        self.desk.until(lambda counter: isinstance(counter.flow, PatronShown) and counter.flow.dealings.describing == 0)
        listed = {loan.number for loan in self._shown.dealings.loans or ()}
        # Where the library system lists titles instead of barcodes, the item is scanned.
        ask = RenewalChosen if listed.issuperset(items) else ItemEntered
        self.desk.say(*(ask(item) for item in items))
        self._see_through(Service.RENEWAL, number, items, ask)

    @property
    def _shown(self) -> PatronShown:
        assert isinstance(self.desk.flow, PatronShown)
        return self.desk.flow

    def _see_through(self, service: Service, number: str, items: list[str], ask: Callable[[str], ItemEntered | RenewalChosen]) -> None:
        """Until each item has its answer; what was not done is tried again, what is not known is looked up."""
        for _ in range(5):
            self.desk.until(lambda counter: isinstance(counter.flow, PatronShown) and not counter.flow.dealings.unanswered)
            newest = {entry.item.number: entry for entry in reversed(self._shown.dealings.entries) if entry.service is service}
            lost = [item for item in items if newest[item].reason in _TRIED_AGAIN]
            again = [item for item in lost if not self._looked(newest[item], number)]
            if not again:
                return
            self.watch.ahead += 40
            perhaps = {item for item in again if newest[item].reason is Reason.PERHAPS_RESERVED}
            self.desk.say(*(HoldConfirmed(item) if item in perhaps else ask(item) for item in again))
        raise AssertionError("staff gave up")

    def _looked(self, entry: Entry, number: str) -> bool:
        """Where the counter says that it does not know: whether the library's own system says that it was done."""
        if entry.reason is Reason.PERHAPS_RESERVED:
            return entry.item.number in self.server.snapshot().holds_of(number)
        if entry.progress is not Progress.UNKNOWN:
            return False
        self.view.unknown += 1
        seen = self.server.snapshot()
        loan = seen.loans.get(entry.item.number)
        if entry.service is Service.HOLD:
            done = entry.item.number in seen.holds_of(number)
        else:
            done = loan is not None and loan.patron == number and (entry.service is Service.LOAN or loan.renewals > 0)
        if done and loan is not None:
            self.view.take(number, Entry(entry.service, entry.item, Progress.DONE))
        return done


def play(plan: Plan, dialect: Dialect, encoding: str, tmp_path: Path) -> tuple[Staff, LibraryServer]:
    requests = plan.patrons * 2 + plan.loans + 2 * plan.renewals + 3 * plan.holds
    login = Login("kiosk", "secret")
    server = LibraryServer(plan.library(), dialect, login=login, encoding=encoding, mishap=plan.mishaps(requests), now=lambda: OPENING)
    with serving(server):
        settings = IlsSettings(
            system=Ils(dialect.name), host="127.0.0.1", port=server.port, user="kiosk", password="secret", encoding=encoding, pickup="CHUO"
        )
        watch = Watch()
        client = IlsClient(settings, lambda: TODAY, monotonic=watch, answer_seconds=2, settle_seconds=0.02)
        deck = Deck(tmp_path / "cards")
        with HeadlessCounter(InProcess(), judge_for(deck), tmp_path / "kiosk.db", CounterRules(), library=client) as desk:
            desk.begin_library()
            staff = Staff(desk, server, watch)
            for patron in range(plan.patrons):
                staff.serve(plan, patron)
        return staff, server


def agrees(plan: Plan, view: View, server: LibraryServer) -> None:
    seen = server.snapshot()
    counters = {item: number for item, (number, _) in view.loans.items()}
    fresh = {item: loan for item, loan in seen.loans.items() if item.startswith("11")}
    assert counters == {item: loan.patron for item, loan in fresh.items()}
    assert len(fresh) == plan.loans
    assert all(day in (None, fresh[item].due) for item, (_, day) in view.loans.items())
    renewed = {item: loan.due for item, loan in seen.loans.items() if item.startswith("12") and loan.renewals}
    assert view.renewals.keys() == renewed.keys()
    assert len(renewed) == plan.renewals
    assert all(day in (None, renewed[item]) for item, day in view.renewals.items())
    assert view.holds == {(hold.patron, hold.item) for hold in seen.holds}
    assert len(view.holds) == plan.holds
    executed = {wish: times for wish, times in seen.executed.items() if not wish.item.startswith("21")}
    assert all(times == 1 for times in executed.values()), "nothing was done twice"
    assert sum(executed.values()) == plan.loans + plan.renewals + plan.holds


@pytest.mark.parametrize(
    ("dialect", "encoding"),
    [(KOHA, "utf-8"), *(pytest.param(*other, marks=pytest.mark.trial) for other in ((KOHA, "cp932"), (EVERGREEN, "utf-8")))],
    ids=["koha", "cp932", "evergreen"],
)
def test_a_day_of_500_patrons_ends_with_both_sides_telling_the_same(dialect: Dialect, encoding: str, tmp_path: Path) -> None:
    plan = Plan(patrons=500, loans=2000, renewals=300, holds=100, breaks=30)
    staff, server = play(plan, dialect, encoding, tmp_path)
    agrees(plan, staff.view, server)
    assert staff.early > 0.9 * plan.patrons / HASTY
    assert staff.view.unknown < plan.breaks / 3, "most of what was lost was found out without staff"
