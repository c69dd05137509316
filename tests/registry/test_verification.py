"""Whatever is changed behind the server's back is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.registry.answers import Entries, Finding, NoFeed, Verification, Why
from kiosk.registry.ledger import RegistryLedger
from tests.support.error_code import code_of
from tests.support.ledger.acts import CounterActs
from tests.support.ledger.registry_ledgers import KEY, TrialLedger


@pytest.fixture
def filled(trial: TrialLedger) -> TrialLedger:
    one = trial.counter("窓口1")
    first = one.link(1, 1001)
    trial.tell(first, one.link(2, 1002), one.link(3, 1003), one.replace(4, 1001, first), one.unlink(1003), one.unlink(1009))
    return trial


def test_a_ledger_as_it_was_written_holds(filled: TrialLedger) -> None:
    assert filled.ledger.verify() == Verification(filled.ledger.head().position, 2, ())


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
        ("DELETE FROM audit WHERE place = 3", Finding.TRAIL),
        ("UPDATE audit SET operator = '17' WHERE place = 3", Finding.TRAIL),
    ],
)
def test_a_change_behind_the_program_is_found(filled: TrialLedger, sql: str, finding: Finding) -> None:
    assert ask(filled.database.database, sql).rowcount == 1
    found = filled.ledger.verify()
    assert finding in found.findings
    assert found.audit_row == (3 if finding is Finding.TRAIL else None)


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
    assert other.verify().findings == (Finding.LINKS,)
