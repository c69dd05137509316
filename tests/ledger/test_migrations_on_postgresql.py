"""Migrations on PostgreSQL: a table in place of `user_version`, a lock in place of an exclusive file."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import psycopg
import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.migration_runner import VERSION_TABLE, Step, migrate, version_of
from tests.support.postgres.cluster import PostgresCluster

ONE: Step = ("CREATE TABLE one (a int)", "CREATE INDEX one_a ON one (a)")
TWO: Step = ("CREATE TABLE two AS SELECT sum(a) AS total FROM one",)


@pytest.fixture
def url(postgres: PostgresCluster) -> str:
    return postgres.create_database()


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as opened:
        yield opened


def tables(connection: psycopg.Connection[Any]) -> set[str]:
    return {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()}


def fill(connection: Any) -> None:
    connection.execute("INSERT INTO one VALUES (0), (1), (2)")


def test_only_missing_steps_are_applied_in_order(connection: psycopg.Connection[Any]) -> None:
    assert VERSION_TABLE.version(connection) == 0
    migrate(connection, (ONE,), VERSION_TABLE)
    assert version_of(connection, 1, VERSION_TABLE) == 1
    for _ in range(2):
        migrate(connection, (ONE, fill, TWO), VERSION_TABLE)
    assert connection.execute("SELECT total FROM two").fetchall() == [(3,)]
    assert version_of(connection, 3, VERSION_TABLE) == 3


def test_a_step_that_fails_takes_those_before_it_back(connection: psycopg.Connection[Any]) -> None:
    def stumble(connection: Any) -> None:
        connection.execute("SELECT 1 FROM nowhere")

    migrate(connection, (ONE,), VERSION_TABLE)
    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate(connection, (ONE, fill, TWO, stumble), VERSION_TABLE)
    assert tables(connection) == {"one", "schema_version"}
    assert connection.execute("SELECT count(*) FROM one").fetchone() == (0,)
    assert version_of(connection, 4, VERSION_TABLE) == 1


def test_a_step_must_not_end_the_transaction(connection: psycopg.Connection[Any]) -> None:
    def commit(connection: Any) -> None:
        connection.execute("COMMIT")

    with pytest.raises(RuntimeError, match="step 2"):
        migrate(connection, (ONE, commit, TWO), VERSION_TABLE)
    assert version_of(connection, 3, VERSION_TABLE) == 1


def test_a_newer_version_is_refused_and_left_alone(connection: psycopg.Connection[Any]) -> None:
    migrate(connection, (ONE, TWO), VERSION_TABLE)
    for refuse in (lambda: version_of(connection, 1, VERSION_TABLE), lambda: migrate(connection, (ONE,), VERSION_TABLE)):
        with pytest.raises(Unavailable) as trouble:
            refuse()
        assert (trouble.value.code, trouble.value.params) == (Code.STORE_NEWER, {"version": 2, "known": 1})
    assert version_of(connection, 2, VERSION_TABLE) == 2


def test_a_database_without_a_version_is_not_ours(connection: psycopg.Connection[Any]) -> None:
    for prepare in ("SELECT 1", "CREATE TABLE schema_version (version bigint)"):
        connection.execute(prepare)
        with pytest.raises(Unavailable) as trouble:
            version_of(connection, 1, VERSION_TABLE)
        assert trouble.value.code is Code.STORE_DAMAGED


def test_two_at_once_apply_each_step_once(url: str, connection: psycopg.Connection[Any]) -> None:
    others: list[Thread] = []

    def other() -> None:
        with psycopg.connect(url, autocommit=True) as second:
            migrate(second, steps, VERSION_TABLE)

    def fill_while_the_other_waits(connection: Any) -> None:
        if not others:
            others.append(Thread(target=other))
            others[0].start()
        fill(connection)

    steps: tuple[Step, ...] = (ONE, fill_while_the_other_waits)
    migrate(connection, steps, VERSION_TABLE)
    others[0].join(30)
    assert connection.execute("SELECT count(*) FROM one").fetchone() == (3,)
