"""Whatever is changed behind the server's back is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AUDIT_HEAD
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash
from kiosk.registry.answers import Batch, Entries, Finding, NoFeed, Verification, Why
from kiosk.registry.counters import Counters
from kiosk.registry.head_row import HeadTable
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.row_sums import RowHash
from kiosk.registry.verification import sum_of_links
from tests.support.error_code import code_of
from tests.support.ledger.acts import CounterActs
from tests.support.ledger.registry_ledgers import KEY, TrialLedger


@pytest.fixture
def filled(trial: TrialLedger) -> TrialLedger:
    one = trial.counter("窓口1")
    trial.counter("窓口2")
    Counters(trial.ledger, trial.clock).revoke("窓口2")
    first = one.link(1, 1001)
    trial.tell(first, one.link(2, 1002), one.link(3, 1003), one.replace(4, 1001, first), one.unlink(1003), one.unlink(1009))
    return trial


def test_a_ledger_as_it_was_written_holds(filled: TrialLedger) -> None:
    assert filled.ledger.verify() == Verification(filled.ledger.head().position, 2, ())


def test_so_it_does_after_acts_of_many_counters_in_one_transaction(trial: TrialLedger) -> None:
    counters = [trial.counter(f"窓口{number}") for number in range(5)]
    for _ in range(2):
        trial.ledger.apply([Batch((counter.link(number, 1000 + number),)) for number, counter in enumerate(counters)])
    assert trial.ledger.verify().findings == ()


@pytest.mark.parametrize(
    ("sql", "finding"),
    [
        ("DELETE FROM link WHERE number = '0000001002'", Finding.LINKS),
        ("UPDATE link SET number = '0000001003' WHERE number = '0000001002'", Finding.LINKS),
        ("UPDATE link SET position = 9 WHERE number = '0000001002'", Finding.LINKS),
        ("UPDATE head SET links = links - 1", Finding.LINKS),
        ("DELETE FROM feed WHERE cursor = 2", Finding.FEED),
        ("DELETE FROM feed WHERE cursor = 6", Finding.FEED),
        ("UPDATE feed SET body = '[]' WHERE cursor = 5", Finding.STOPS),
        ("UPDATE feed SET body = 'x' WHERE cursor = 5", Finding.FEED),
        ("DELETE FROM stop WHERE cursor = 5", Finding.STOPS),
        ("UPDATE stop SET cursor = 2 WHERE cursor = 5", Finding.STOPS),
        ("UPDATE stop SET counter = '窓口2' WHERE cursor = 4", Finding.STOPS),
        ("UPDATE link SET since = '2026-11-22T03:00:00+00:00' WHERE number = '0000001002'", Finding.LINKS),
        ("UPDATE link SET counter = '窓口2' WHERE number = '0000001002'", Finding.LINKS),
        ("UPDATE link SET operation = '00000000-0000-4000-8000-000000000000' WHERE number = '0000001002'", Finding.LINKS),
        ("UPDATE feed SET body = replace(body, '1002', '1005') WHERE cursor = 2", Finding.FEED),
        ("UPDATE feed SET sequence = 9 WHERE cursor = 2", Finding.FEED),
        ("UPDATE feed SET at = 0 WHERE cursor = 2", Finding.FEED),
        ("DELETE FROM operation WHERE cursor = 2", Finding.OPERATIONS),
        ("UPDATE operation SET cursor = NULL, code = 'stopped-since' WHERE cursor = 2", Finding.OPERATIONS),
        ("UPDATE counter SET state = 'active' WHERE name = '窓口2'", Finding.COUNTERS),
        ("UPDATE counter SET secret = token FROM link WHERE link.number = '0000001002' AND name = '窓口1'", Finding.COUNTERS),
        ("UPDATE counter SET sequence = sequence - 1 WHERE name = '窓口1'", Finding.COUNTERS),
        ("UPDATE head SET epoch = epoch + 1", Finding.HEAD),
        ("UPDATE head SET safe = 6", Finding.HEAD),
        ("UPDATE head SET floor = 5", Finding.HEAD),
        ("UPDATE head SET key_generation = 1", Finding.HEAD),
        ("UPDATE head SET stops_until = 0", Finding.HEAD),
        ("UPDATE head SET seal = ''", Finding.HEAD),
        ("INSERT INTO epoch VALUES (1, 7)", Finding.HEAD),
        ("DELETE FROM audit WHERE place = 3", Finding.TRAIL),
        ("UPDATE audit SET operator = '17' WHERE place = 3", Finding.TRAIL),
    ],
)
def test_a_change_behind_the_program_is_found(filled: TrialLedger, sql: str, finding: Finding) -> None:
    assert ask(filled.database.database, sql).rowcount == 1
    found = filled.ledger.verify()
    assert finding in found.findings
    assert found.audit_row == (3 if finding is Finding.TRAIL else None)


@pytest.mark.parametrize("sql", ["UPDATE counter SET state = 'active'", "UPDATE head SET safe = 6", "DELETE FROM stop", "DELETE FROM link"])
def test_what_the_program_writes_afterwards_hides_nothing(filled: TrialLedger, sql: str) -> None:
    ask(filled.database.database, sql)
    filled.tell(filled.counter("窓口3").link(7, 1007))
    before = filled.ledger.verify().findings
    filled.pass_days(31)
    filled.ledger.compact()
    assert before
    assert set(before) <= set(filled.ledger.verify().findings)


def test_a_stopped_card_that_is_put_back_is_found(trial: TrialLedger) -> None:
    one, database = trial.counter("窓口1"), trial.database.database
    trial.tell(one.link(1, 1001))
    (link,) = ask(database, "SELECT * FROM link").fetchall()
    (head,) = ask(database, "SELECT links, total, sums FROM head").fetchall()
    trial.tell(one.unlink(1001))
    ask(database, f"INSERT INTO link VALUES ({', '.join('?' * len(link))})", link)  # noqa: S608
    ask(database, "UPDATE head SET links = ?, total = ?, sums = ?", head)
    assert {Finding.LINKS, Finding.HEAD} <= set(trial.ledger.verify().findings)


def test_links_that_contradict_the_feed_are_found_even_if_all_sums_agree(trial: TrialLedger) -> None:
    """As a mistake of our own would write them."""
    one, database = trial.counter("窓口1"), trial.database.database
    first = one.link(1, 1001)
    trial.tell(first, one.link(2, 1002))
    (link,) = ask(database, "SELECT * FROM link WHERE number = '0000001001'").fetchall()
    trial.tell(one.replace(3, 1001, first), one.unlink(1001))
    assert trial.ledger.verify().findings == ()
    ask(database, f"INSERT INTO link VALUES ({', '.join('?' * len(link))})", link)  # noqa: S608
    reseal(trial)
    assert trial.ledger.verify().findings == (Finding.LINKS,)


def test_a_link_that_no_entry_has_opened_is_found_even_if_all_sums_agree(filled: TrialLedger) -> None:
    ask(filled.database.database, "UPDATE link SET counter = '窓口2' WHERE number = '0000001002'")
    reseal(filled)
    assert filled.ledger.verify().findings == (Finding.LINKS,)


def test_a_trail_that_is_cut_together_with_its_note_is_found(filled: TrialLedger) -> None:
    database = filled.database.database
    (digest,) = ask(database, "SELECT hash FROM audit WHERE place = 3").fetchone()
    ask(database, "DELETE FROM audit WHERE place > 3")
    ask(database, "UPDATE meta SET value = ? WHERE name = ?", (f"3 {bytes(digest).hex()}", AUDIT_HEAD))
    found = filled.ledger.verify()
    assert (found.findings, found.audit_row) == ((Finding.TRAIL,), 4)


def reseal(trial: TrialLedger) -> None:
    """As if the program itself had written what is there."""
    hashes = RowHash(KEY)
    head = HeadTable(hashes)
    with trial.database.writing() as database:
        links = sum_of_links(database, LinkHash(KEY))
        head.write(database, replace(head.lock(database), links=links, sums=hashes.of_database(database)))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE head SET total = 'x'",
        "UPDATE link SET since = 'x'",
        "UPDATE link SET operation = 'x'",
        "UPDATE feed SET body = 'x'",
        "UPDATE feed SET operation = 'x'",
        "UPDATE operation SET code = 'x', cursor = NULL",
    ],
)
def test_a_row_that_this_program_did_not_write_is_damage_and_no_bug(filled: TrialLedger, sql: str) -> None:
    known = Position(filled.ledger.head().position.epoch, 0)
    one = CounterActs("窓口1", known)
    again = one.link(1, 1001, UUID(int=1))
    filled.tell(again)
    ask(filled.database.database, sql)
    reads: tuple[Callable[[], object], ...] = (lambda: filled.ledger.feed(known), filled.ledger.snapshot, lambda: filled.tell(again))
    assert Code.STORE_DAMAGED in map(code_if_any, reads)


def test_the_feed_never_has_a_gap(filled: TrialLedger) -> None:
    known = Position(filled.ledger.head().position.epoch, 0)
    ask(filled.database.database, "DELETE FROM feed WHERE cursor = 3")
    assert filled.ledger.feed(known) == NoFeed(Why.SNAPSHOT_NEEDED, filled.ledger.head())
    assert isinstance(filled.ledger.feed(known, limit=2), Entries)


def code_if_any(read: Callable[[], object]) -> Code | None:
    try:
        read()
    except Unavailable as trouble:
        return trouble.code
    return None


def test_a_ledger_without_its_head_is_damaged(filled: TrialLedger) -> None:
    ask(filled.database.database, "DELETE FROM head")
    for read in (filled.ledger.head, lambda: RegistryLedger(filled.database, KEY, clock=filled.clock)):
        assert code_of(read) is Code.STORE_DAMAGED


def test_another_site_key_has_another_digest(filled: TrialLedger) -> None:
    other = RegistryLedger(filled.database, bytes(32), clock=filled.clock)
    assert other.head().digest != filled.ledger.head().digest
    assert {Finding.LINKS, Finding.HEAD} <= set(other.verify().findings)
