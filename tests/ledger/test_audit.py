"""Somebody with the key alters the trail: every way of doing so is detected, on each kind of database."""

from __future__ import annotations

from uuid import UUID

import pytest
from peewee import Database, IntegrityError, PostgresqlDatabase

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.audit import AuditedAct, AuditEntry, AuditHead, AuditTrail, digest_of
from kiosk.ledger.database import ask
from kiosk.ledger.paging import PAGE

OPERATION = UUID(int=7)
COPY = "INSERT INTO audit SELECT {place}, at, counter, operator, act, result, reason, checked, number, NULL, previous, hash FROM audit"


def act(number: int, operation: UUID | None = None) -> AuditedAct:
    at, known = f"2026-11-23T03:00:{number % 60:02}+00:00", None if operation is None else str(operation)
    return AuditedAct(at, "窓口1", None, "use", "done", None, "certificate", f"2104 ＊＊＊＊ {number:02}", known)


@pytest.fixture
def empty(database: Database) -> AuditTrail:
    return AuditTrail(database)


@pytest.fixture
def trail(database: Database, empty: AuditTrail) -> AuditTrail:
    refusal = AuditedAct("2026-11-23T03:00:07+00:00", "窓口1", "17", "refusal", "refused", "card-expired", "", None, str(OPERATION))
    with database.atomic():
        for row in (*map(act, range(1, 7)), refusal):
            empty.add(row)
    return empty


def test_a_trail_as_it_was_written_holds(trail: AuditTrail) -> None:
    assert trail.verify() is None
    head = trail.head()
    assert head.rows == 7
    trail.add(act(8))
    assert trail.verify() is None
    assert trail.head().rows == 8
    assert trail.head().digest != head.digest


def test_rows_added_together_are_those_added_one_by_one(database: Database, empty: AuditTrail) -> None:
    rows = [act(number, UUID(int=number)) for number in range(1, 101)]
    with database.atomic():
        empty.add_all(rows)
    assert (empty.verify(), empty.head().rows) == (None, 100)
    together = empty.head()
    ask(database, "DELETE FROM audit")
    ask(database, "DELETE FROM meta WHERE name = 'audit.head'")
    for row in rows:
        empty.add(row)
    empty.add_all([])
    assert empty.head() == together


def test_an_empty_trail_holds(empty: AuditTrail) -> None:
    assert empty.verify() is None
    assert empty.head() == AuditHead(0, bytes(32))
    assert (empty.latest(), empty.page(0), empty.times(0), empty.hash_at(1)) == (None, [], [], None)


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit SET number = '2104 ＊＊＊＊ 99' WHERE place = 3", 3),
        ("UPDATE audit SET at = '2026-01-01T00:00:00+00:00' WHERE place = 1", 1),
        ("UPDATE audit SET reason = '' WHERE place = 2", 2),
        ("UPDATE audit SET reason = NULL WHERE place = 7", 7),
        ("UPDATE audit SET operator = '17' WHERE place = 5", 5),
        ("UPDATE audit SET counter = counter || act, act = '' WHERE place = 5", 5),
        ("UPDATE audit SET hash = previous WHERE place = 4", 4),
        ("UPDATE audit SET previous = hash WHERE place = 4", 4),
        ("DELETE FROM audit WHERE place = 1", 1),
        ("DELETE FROM audit WHERE place = 4", 4),
        ("DELETE FROM audit WHERE place = 7", 7),
        ("DELETE FROM audit WHERE place > 2", 3),
        ("DELETE FROM audit", 1),
        (COPY.format(place="8") + " WHERE place = 7", 8),
        (COPY.format(place="0") + " WHERE place = 1", 1),
        (COPY.format(place="-9") + " WHERE place = 1", 1),
        ("UPDATE meta SET value = '6' || substr(value, 2) WHERE name = 'audit.head'", 7),
        ("DELETE FROM meta WHERE name = 'audit.head'", 1),
    ],
)
def test_tampering_is_found_where_it_was_done(database: Database, trail: AuditTrail, sql: str, broken: int) -> None:
    assert ask(database, sql).rowcount > 0
    assert trail.verify() == broken


def test_rows_that_changed_places_are_found(database: Database, trail: AuditTrail) -> None:
    for old, new in ((4, 100), (6, 4), (100, 6)):
        ask(database, "UPDATE audit SET place = ? WHERE place = ?", (new, old))
    assert trail.verify() == 4


@pytest.mark.parametrize("column", ["hash", "previous"])
@pytest.mark.parametrize("value", ["forged", 7, 1 << 40])
def test_a_hash_that_is_none_is_found(database: Database, trail: AuditTrail, column: str, value: str | int) -> None:
    """SQLite keeps anything in any column. PostgreSQL takes no number for bytes."""
    if isinstance(database, PostgresqlDatabase) and isinstance(value, int):
        value = str(value)
    ask(database, f"UPDATE audit SET {column} = ? WHERE place = 7", (value,))  # noqa: S608
    assert trail.verify() == 7
    assert isinstance(trail.hash_at(7), bytes)


def test_a_row_rewritten_with_all_after_it_is_found_by_an_older_head(database: Database, trail: AuditTrail) -> None:
    head = trail.head()
    values = ask(
        database, "SELECT place, at, counter, operator, act, result, reason, checked, number, operation FROM audit WHERE place = 7"
    )
    place, _, *others = values.fetchone()
    before = trail.hash_at(6) or b""
    forged = digest_of((place, "2026-12-31T00:00:00+00:00", *others), before)
    ask(database, "UPDATE audit SET at = ?, hash = ? WHERE place = 7", ("2026-12-31T00:00:00+00:00", forged))
    ask(database, "UPDATE meta SET value = ? WHERE name = 'audit.head'", (f"7 {forged.hex()}",))
    assert trail.verify() is None
    assert trail.hash_at(head.rows) != head.digest


def test_what_precedes_a_row_may_be_trusted(database: Database, trail: AuditTrail) -> None:
    ask(database, "UPDATE audit SET act = 'forged' WHERE place IN (2, 5)")
    assert [trail.verify(since) for since in (0, 1, 2, 3, 5, 6, 7)] == [2, 2, 2, 5, 5, None, None]


def test_a_row_has_a_hash_and_so_has_the_beginning(trail: AuditTrail) -> None:
    assert trail.hash_at(0) == bytes(32)
    assert trail.hash_at(7) == trail.head().digest
    assert trail.hash_at(8) is None


def test_a_row_beyond_the_end_is_missing(trail: AuditTrail) -> None:
    assert trail.verify(8) == trail.verify(9) == 8


def test_after_a_damaged_end_the_chain_goes_on(database: Database, trail: AuditTrail) -> None:
    ask(database, "DELETE FROM meta WHERE name = 'audit.head'")
    trail.go_on()
    assert trail.verify() is None
    trail.add(act(8))
    assert trail.verify() is None
    ask(database, "DELETE FROM audit WHERE place > 6")
    trail.go_on()
    trail.add(act(9))
    assert (trail.head().rows, trail.verify(9)) == (9, None)


def test_a_head_that_nobody_wrote_is_damage(database: Database, trail: AuditTrail) -> None:
    ask(database, "UPDATE meta SET value = 'many' WHERE name = 'audit.head'")
    with pytest.raises(Unavailable) as trouble:
        trail.head()
    assert trouble.value.code is Code.STORE_DAMAGED


def test_an_operation_is_known_by_its_number(trail: AuditTrail) -> None:
    assert trail.knows(OPERATION)
    assert not trail.knows(UUID(int=8))
    trail.add(act(8, UUID(int=8)))
    assert trail.knows(UUID(int=8))


def test_it_is_read_back_as_it_was_written(trail: AuditTrail) -> None:
    rows = trail.page(5)
    assert rows == [
        AuditEntry("2026-11-23T03:00:06+00:00", "窓口1", None, "use", "done", None, "certificate", "2104 ＊＊＊＊ 06", None, 6),
        AuditEntry("2026-11-23T03:00:07+00:00", "窓口1", "17", "refusal", "refused", "card-expired", "", None, str(OPERATION), 7),
    ]
    assert [row.place for row in trail.page(0, "2026-11-23T03:00:05")] == [5, 6, 7]
    assert trail.times(6) == [(7, "2026-11-23T03:00:07+00:00")]
    assert trail.latest(3) == "2026-11-23T03:00:07+00:00"


def test_the_latest_time_is_not_that_of_the_last_row(trail: AuditTrail) -> None:
    trail.add(act(2))
    assert trail.latest() == "2026-11-23T03:00:07+00:00"
    assert trail.latest(1) == "2026-11-23T03:00:02+00:00"


def test_a_long_trail_is_read_page_by_page(database: Database, empty: AuditTrail) -> None:
    with database.atomic():
        for number in range(2 * PAGE + 1):
            empty.add(act(number))
    assert len(empty.page(0)) == len(empty.times(PAGE)) == PAGE
    assert empty.verify() is None
    assert empty.verify(PAGE + 1) is None
    pauses: list[None] = []
    ask(database, "UPDATE audit SET act = 'forged' WHERE place = ?", (PAGE + 1,))
    assert empty.verify(pause=lambda: pauses.append(None)) == PAGE + 1
    assert len(pauses) == PAGE // 64


def test_what_is_rolled_back_was_never_there(database: Database, trail: AuditTrail) -> None:
    before = trail.head()
    with database.atomic() as transaction:
        trail.add(act(8))
        transaction.rollback()
    assert (trail.head(), trail.verify()) == (before, None)


def test_two_rows_never_take_one_place(database: Database, trail: AuditTrail) -> None:
    """Whoever forgets to hold the lock under which rows are added fails, rather than break the chain."""
    ask(database, "UPDATE meta SET value = ? WHERE name = 'audit.head'", (f"6 {(trail.hash_at(6) or b'').hex()}",))
    with pytest.raises(IntegrityError), database.atomic():
        trail.add(act(8))
    assert ask(database, "SELECT count(*) FROM audit").fetchone()[0] == 7


def test_a_number_of_an_operation_is_used_once(database: Database, trail: AuditTrail) -> None:
    with pytest.raises(IntegrityError), database.atomic():
        trail.add(act(8, OPERATION))
    assert trail.verify() is None


def test_columns_cannot_run_into_each_other() -> None:
    assert len({digest_of(values, b"") for values in (("ab", ""), ("a", "b"), ("", "ab"), ("ab", None), (None, "ab"))}) == 5


def test_the_digest_never_changes() -> None:
    """Heads are noted down on paper, and counters and servers of different versions read each other's trails."""
    row = (1, "2026-11-23T03:00:00+00:00", "窓口1", None, "use", "done", None, "certificate", "2104 ＊＊＊＊ 53", None)
    # col() { printf '\1'; printf %08x $(printf %s "$1" | wc -c) | xxd -r -p; printf %s "$1"; }; nul() { printf '\0'; }
    # { printf 'kiosk-audit-1\0'; col 1; col 2026-11-23T03:00:00+00:00; col 窓口1; nul; col use; col done; nul; col certificate;
    #   col '2104 ＊＊＊＊ 53'; nul; head -c 32 /dev/zero; } | sha256sum
    assert digest_of(row, bytes(32)).hex() == "15b31ae20c038a7bec7918b19b41cf2c01035fbaa8ed77061b513aa6138cd992"
