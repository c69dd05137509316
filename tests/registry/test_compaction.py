"""What is older than the retention is erased, and nothing made before it can come back."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.registry.answers import Entries, NoFeed, Why
from tests.support.ledger.acts import card, patron
from tests.support.ledger.registry_ledgers import TrialLedger
from tests.support.ledger.server_in_database import TABLES


@pytest.fixture
def old(trial: TrialLedger) -> TrialLedger:
    """Three entries of 31 days ago, two stops among them, and one entry of today."""
    one = trial.counter("窓口1")
    trial.tell(one.link(1, 1001), one.unlink(1001), one.unlink(1002))
    trial.pass_days(31)
    trial.tell(one.link(5, 1005))
    return trial


def test_entries_and_stops_fall_below_the_floor_and_links_stay(old: TrialLedger) -> None:
    done = old.ledger.compact()
    assert (done.floor, done.entries, done.stops, done.operations) == (3, 3, 2, 0)
    assert old.ledger.head().floor == 3
    assert old.links() == {5: 1005}
    assert old.ledger.verify().findings == ()
    assert old.ledger.stops(Position()).stops == ()
    again = old.ledger.compact()
    assert (again.floor, again.entries, again.stops, again.operations) == (3, 0, 0, 0)


def test_who_slept_longer_takes_the_snapshot(old: TrialLedger) -> None:
    old.ledger.compact()
    epoch = old.ledger.head().position.epoch
    assert old.ledger.feed(Position(epoch, 2)) == NoFeed(Why.SNAPSHOT_NEEDED, old.ledger.head())
    page = old.ledger.feed(Position(epoch, 3))
    assert isinstance(page, Entries)
    assert [entry.cursor for entry in page.entries] == [4]


def test_a_link_made_below_the_floor_must_be_made_again_and_an_unlinking_counts_always(old: TrialLedger) -> None:
    sleeper = old.counter("窓口2")
    sleeper.known = Position(sleeper.known.epoch, 2)
    lost, stop = sleeper.link(1, 1001), sleeper.unlink(1005)
    old.ledger.compact()
    assert old.tell(lost, stop) == ["made-too-long-ago", 5]
    sleeper.known = Position(sleeper.known.epoch, 3)
    assert old.tell(sleeper.link(1, 1001)) == [6]


def test_a_clock_that_was_back_for_a_moment_makes_nothing_old(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    trial.tell(one.link(1, 1001), one.unlink(1001))
    trial.pass_days(-70)
    back = one.unlink(1002)
    trial.tell(back)
    trial.pass_days(70)
    trial.tell(one.link(2, 1002))
    done = trial.ledger.compact()
    assert (done.floor, done.entries, done.stops, done.operations) == (0, 0, 0, 0)
    assert trial.tell(back) == [3], "its answer is remembered, and it closes nothing that was made since"
    trial.pass_days(31)
    assert trial.ledger.compact().floor == 4


def test_answers_are_remembered_twice_as_long(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    first, refused = one.link(1, 1001), one.link(1, 1002)
    trial.tell(first, refused)
    trial.pass_days(59)
    assert trial.ledger.compact().operations == 0
    assert trial.tell(first, refused) == [1, "linked-elsewhere"]
    trial.pass_days(2)
    assert trial.ledger.compact().operations == 2
    assert trial.tell(first) == ["made-too-long-ago"]


def test_an_unlinking_whose_answer_was_forgotten_is_carried_out_once_more(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    stop = one.unlink(1001)
    trial.tell(stop)
    trial.pass_days(61)
    trial.ledger.compact()
    assert trial.tell(stop) == [2]
    assert trial.ledger.verify().findings == ()


def test_thousands_of_rows_go(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    for hundred in range(11):
        trial.tell(*(one.unlink(hundred * 100 + number) for number in range(100)))
    trial.pass_days(61)
    done = trial.ledger.compact()
    assert (done.entries, done.stops, done.operations) == (1100, 1100, 1100)


def test_nothing_is_left_of_a_link_closed_before(trial: TrialLedger, tmp_path: Path) -> None:
    lost, stays = (int.from_bytes(sha256(name).digest(), "big") for name in (b"lost", b"stays"))
    one = trial.counter("窓口1")
    trial.tell(one.link(lost, 2104067851), one.link(stays, 2104067852), one.unlink(2104067851))
    trial.pass_days(31)
    trial.tell(one.link(7, 1007))
    trial.ledger.compact()
    trial.pass_days(31)
    trial.ledger.compact()
    for table in TABLES:
        rows = ask(trial.database.database, f"SELECT * FROM {table}").fetchall()  # noqa: S608
        assert [row for row in rows if any(names(value, lost, 2104067851) for value in row)] == [], table
    if not trial.database.is_postgresql:
        files = {path.name: path.read_bytes() for path in tmp_path.glob("registry.db*")}
        assert [name for name, content in files.items() if names(content, lost, 2104067851)] == []
        assert [name for name, content in files.items() if names(content, stays, 2104067852)] == ["registry.db"]


def names(value: object, one: int, number: int) -> bool:
    """Whether a value, or a file, holds a card or its number."""
    content = value if isinstance(value, bytes) else str(value).encode()
    return any(sought in content for sought in (card(one).digest, card(one).digest.hex().encode(), patron(number).text.encode()))


def test_what_was_made_in_an_epoch_that_is_unknown_here_waits_for_the_next(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    one.known = Position(one.known.epoch + 1, 0)
    link = one.link(1, 1001)
    assert trial.tell(link, one.unlink(1002)) == ["deferred", 1]
    assert trial.begin_epoch().epoch >= one.known.epoch
    trial.reach_head(one)
    assert trial.tell(link) == [2]
