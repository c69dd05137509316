"""Somebody with the key alters the trail: every way of doing so is detected."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber
from kiosk.ledger.audit import AuditHead, digest_of
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository

COPY = "INSERT INTO audit SELECT {place}, at, counter, operator, act, result, reason, checked, number, NULL, previous, hash FROM audit"


@pytest.fixture
def trail(store: Repository) -> Repository:
    for number in range(1, 7):
        store.record(RecordAct(Act.USE, LibraryCardNumber(f"210406785{number}")))
    store.record(RecordAct(Act.REFUSAL, None, Code.CARD_EXPIRED))
    return store


def test_a_trail_as_it_was_written_holds(trail: Repository) -> None:
    assert trail.verify_audit() is None
    head = trail.audit_head()
    assert head.rows == 7
    trail.record(RecordAct(Act.USE))
    assert trail.audit_head().rows == 8
    assert trail.audit_head().digest != head.digest


def test_an_empty_trail_holds(store: Repository) -> None:
    assert store.verify_audit() is None
    assert store.audit_head() == AuditHead(0, bytes(32))


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit SET number = '2104 ＊＊＊＊ 99' WHERE place = 3", 3),
        ("UPDATE audit SET at = '2026-01-01T00:00:00+00:00' WHERE place = 1", 1),
        ("UPDATE audit SET reason = '' WHERE place = 2", 2),
        ("UPDATE audit SET reason = NULL WHERE place = 7", 7),
        ("UPDATE audit SET operator = '17' WHERE place = 5", 5),
        ("UPDATE audit SET counter = counter || act, act = '' WHERE place = 5", 5),
        ("UPDATE audit SET hash = zeroblob(32) WHERE place = 4", 4),
        ("UPDATE audit SET previous = zeroblob(32) WHERE place = 4", 4),
        ("DELETE FROM audit WHERE place = 1", 1),
        ("DELETE FROM audit WHERE place = 4", 4),
        ("DELETE FROM audit WHERE place = 7", 7),
        ("DELETE FROM audit WHERE place > 2", 3),
        ("DELETE FROM audit", 1),
        (COPY.format(place="8") + " WHERE place = 7", 8),
        (COPY.format(place="0") + " WHERE place = 1", 1),
        ("UPDATE audit SET place = 10 - place WHERE place IN (4, 6)", 4),
        ("UPDATE meta SET value = '6' || substr(value, 2) WHERE name = 'audit.head'", 7),
        ("DELETE FROM meta WHERE name = 'audit.head'", 1),
    ],
)
def test_tampering_is_found_where_it_was_done(trail: Repository, path: Path, keys: Keys, sql: str, broken: int) -> None:
    with closing(open_file(path, keys.database)) as connection:
        if "IN (4, 6)" in sql:  # swapping two keys needs a free one between
            connection.execute("UPDATE audit SET place = 100 WHERE place = 4")
            connection.execute("UPDATE audit SET place = 4 WHERE place = 6")
            connection.execute("UPDATE audit SET place = 6 WHERE place = 100")
        else:
            connection.execute(sql)
        assert connection.total_changes
    assert trail.verify_audit() == broken


def test_columns_cannot_run_into_each_other() -> None:
    assert len({digest_of(values, b"") for values in (("ab", ""), ("a", "b"), ("", "ab"), ("ab", None), (None, "ab"))}) == 5
