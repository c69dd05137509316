"""Errors of real databases, as they come from the driver and through peewee."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from kiosk.ledger.sqlite_errors import DatabaseTrouble, result_code, trouble_of

Provoke = Callable[[sqlite3.Connection, Path], object]


def fill_up(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA max_page_count = 3")
    connection.execute("INSERT INTO some VALUES (zeroblob(100000))")


def lock(connection: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        connection.execute("BEGIN EXCLUSIVE")
        other.execute("SELECT * FROM some")


def write_when_reading(connection: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as other:
        other.execute("DELETE FROM some")


def write_over(connection: sqlite3.Connection, path: Path) -> None:
    path.write_bytes(b"something else" * 1000)
    connection.execute("SELECT * FROM some")


def cut_off(connection: sqlite3.Connection, path: Path) -> None:
    for _ in range(50):
        connection.execute("INSERT INTO some VALUES (zeroblob(4000))")
    os.truncate(path, 8192)
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT sum(length(a)) FROM some").fetchall()


def open_in_no_folder(connection: sqlite3.Connection, path: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT 1")


def open_a_folder(connection: sqlite3.Connection, path: Path) -> None:
    path.unlink()
    path.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT 1")


def ask_when_closed(connection: sqlite3.Connection, path: Path) -> None:
    connection.close()
    connection.execute("SELECT 1")


def ask(sql: str) -> Provoke:
    return lambda connection, path: connection.execute(sql)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "some.db"


@pytest.mark.parametrize(
    ("provoke", "trouble"),
    [
        (lock, DatabaseTrouble.LOCKED),
        (fill_up, DatabaseTrouble.FULL),
        (write_when_reading, DatabaseTrouble.READ_ONLY),
        (write_over, DatabaseTrouble.DAMAGED),
        (cut_off, DatabaseTrouble.DAMAGED),
        (ask("SELECT * FROM gone"), DatabaseTrouble.DAMAGED),
        pytest.param(open_in_no_folder, DatabaseTrouble.UNAVAILABLE, marks=pytest.mark.linux("open files may go")),
        pytest.param(open_a_folder, DatabaseTrouble.UNAVAILABLE, marks=pytest.mark.linux("open files may go")),
        (ask_when_closed, DatabaseTrouble.UNAVAILABLE),
        (ask("SELECT FROM WHERE"), DatabaseTrouble.ASKED_WRONGLY),
        (ask("INSERT INTO some VALUES (NULL)"), DatabaseTrouble.ASKED_WRONGLY),
        (ask("INSERT INTO some(rowid, a) VALUES ('one', 1)"), DatabaseTrouble.ASKED_WRONGLY),
    ],
)
def test_what_the_driver_raises_is_told_apart(path: Path, provoke: Provoke, trouble: DatabaseTrouble) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE some (a NOT NULL)")
        with pytest.raises(sqlite3.Error) as error:
            provoke(connection, path)
    assert trouble_of(error.value, path) is trouble


@pytest.mark.parametrize(
    ("sql", "code", "trouble"),
    [
        ("SELECT * FROM gone", sqlite3.SQLITE_ERROR, DatabaseTrouble.DAMAGED),
        ("INSERT INTO some VALUES (NULL)", sqlite3.SQLITE_CONSTRAINT, DatabaseTrouble.ASKED_WRONGLY),
    ],
)
def test_what_peewee_raises_holds_what_the_driver_did(path: Path, sql: str, code: int, trouble: DatabaseTrouble) -> None:
    database = peewee.SqliteDatabase(str(path))
    database.execute_sql("CREATE TABLE some (a NOT NULL)")  # type: ignore[no-untyped-call]
    with pytest.raises(peewee.PeeweeException) as error:
        database.execute_sql(sql)  # type: ignore[no-untyped-call]
    database.close()
    assert result_code(error.value) == code
    assert trouble_of(error.value, path) is trouble


def test_what_never_reached_sqlite_has_no_code(path: Path) -> None:
    assert result_code(peewee.InterfaceError("no connection")) is None
    assert trouble_of(peewee.InterfaceError("no connection"), path) is DatabaseTrouble.UNAVAILABLE
