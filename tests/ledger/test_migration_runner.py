"""Migrations on plain SQLite: each missing step once, all of them or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.migration_runner import Step, migrate, version_of


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "some.db")) as opened:
        yield opened


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def fill(connection: Any) -> None:
    connection.executemany("INSERT INTO one VALUES (?)", [(number,) for number in range(3)])


ONE: Step = ("CREATE TABLE one (a)", "CREATE INDEX one_a ON one (a)")
TWO: Step = ("CREATE TABLE two AS SELECT sum(a) AS total FROM one",)


def test_steps_are_sql_or_functions_and_run_in_order(connection: sqlite3.Connection) -> None:
    migrate(connection, (ONE, fill, TWO))
    assert connection.execute("SELECT total FROM two").fetchall() == [(3,)]
    assert version_of(connection, 3) == 3


def test_only_missing_steps_are_applied(connection: sqlite3.Connection) -> None:
    migrate(connection, (ONE,))
    assert version_of(connection, 1) == 1
    migrate(connection, (ONE, fill))
    migrate(connection, (ONE, fill))
    assert connection.execute("SELECT count(*) FROM one").fetchone() == (3,)


def test_a_step_that_fails_takes_those_before_it_back(connection: sqlite3.Connection) -> None:
    def stumble(connection: Any) -> None:
        fill(connection)
        raise KeyError("a bug")

    migrate(connection, (ONE,))
    with pytest.raises(KeyError):
        migrate(connection, (ONE, TWO, stumble))
    assert tables(connection) == {"one"}
    assert connection.execute("SELECT count(*) FROM one").fetchone() == (0,)
    assert version_of(connection, 3) == 1


def test_a_step_must_not_end_the_transaction(connection: sqlite3.Connection) -> None:
    def commit(connection: Any) -> None:
        connection.execute("COMMIT")

    with pytest.raises(RuntimeError, match="step 2"):
        migrate(connection, (ONE, commit, TWO))
    assert tables(connection) == {"one"}
    assert version_of(connection, 3) == 1


def test_a_newer_version_is_refused_and_left_alone(connection: sqlite3.Connection) -> None:
    """Also by `migrate`: a newer program may have been faster since the version was read."""
    migrate(connection, (ONE, TWO))
    for refuse in (lambda: version_of(connection, 1), lambda: migrate(connection, (ONE,))):
        with pytest.raises(Unavailable) as trouble:
            refuse()
        assert trouble.value.code is Code.STORE_NEWER
        assert trouble.value.params == {"version": 2, "known": 1}
    assert version_of(connection, 2) == 2
    assert not connection.in_transaction


@pytest.mark.parametrize("version", [0, -1])
def test_a_file_without_a_version_is_not_ours(connection: sqlite3.Connection, version: int) -> None:
    connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(Unavailable) as trouble:
        version_of(connection, 1)
    assert trouble.value.code is Code.STORE_DAMAGED


def test_two_at_once_apply_each_step_once(tmp_path: Path) -> None:
    others: list[Thread] = []

    def other() -> None:
        with closing(connect(tmp_path / "some.db")) as second:
            migrate(second, steps)

    def fill_while_the_other_waits(connection: Any) -> None:
        if not others:
            others.append(Thread(target=other))
            others[0].start()
        fill(connection)

    steps: tuple[Step, ...] = (ONE, fill_while_the_other_waits)
    with closing(connect(tmp_path / "some.db")) as first:
        migrate(first, steps)
        others[0].join(30)
        assert first.execute("SELECT count(*) FROM one").fetchone() == (3,)
        assert version_of(first, 2) == 2
