"""What an error of the server's database means for people: the store's codes, whichever database it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
from peewee import PeeweeException

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.ledger.sqlite_errors import CODES, DatabaseTrouble, trouble_of

ERRORS = (PeeweeException, sqlite3.Error, psycopg.Error)
"""What the drivers raise, wrapped by peewee or not."""

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE = {
    "53100": Code.STORE_FULL,
    "25006": Code.STORE_READ_ONLY,  # a standby
    "40001": Code.STORE_LOCKED,
    "40P01": Code.STORE_LOCKED,
    "55P03": Code.STORE_LOCKED,
    "57014": Code.STORE_LOCKED,  # took too long
    "42P01": Code.STORE_DAMAGED,  # a table is missing
    "42703": Code.STORE_DAMAGED,  # a column
    "42P07": Code.STORE_DAMAGED,  # a new database that holds tables of others
    "XX001": Code.STORE_DAMAGED,
    "XX002": Code.STORE_DAMAGED,
}
_NOT_ALLOWED = "42501"
_ASKED_WRONGLY = ("21", "22", "23", "42")
"""Classes of mistakes of the program's: wrong SQL, a value that does not fit, a violated constraint."""


def of_sqlite(error: BaseException, path: Path) -> Unavailable | None:
    """None for a mistake of the program's."""
    trouble = trouble_of(error, path)
    return None if trouble is DatabaseTrouble.ASKED_WRONGLY else Unavailable(CODES[trouble], place=str(path))


def of_postgresql(error: BaseException, place: str) -> Unavailable | None:
    """None for a mistake of the program's. An error without an SQLSTATE is one of the connection."""
    state = _sqlstate(error)
    if state in _BY_SQLSTATE:
        return Unavailable(_BY_SQLSTATE[state], place=place)
    if state == _NOT_ALLOWED:
        return Unavailable(Code.DATABASE_UNREACHABLE, place=place, reason="permission", said=_said(error))
    if state is not None and state[:2] in _ASKED_WRONGLY:
        return None
    # psycopg itself refuses a value that PostgreSQL cannot hold, such as a text with a NUL.
    if state is None and isinstance(_own(error), psycopg.DataError | psycopg.ProgrammingError | psycopg.NotSupportedError):
        return None
    # Why no connection was made libpq tells in words only.
    return Unavailable(Code.DATABASE_UNREACHABLE, place=place, reason="connection", said=_said(error))


def _said(error: BaseException) -> str:
    """The first line of the server's words, or libpq's. Where these two are asked for they name host, user, database or table, no more."""
    lines = str(_own(error) or "").strip().splitlines()
    return escaped(lines[0]) if lines else ""


def _own(error: BaseException) -> BaseException | None:
    """psycopg's exception, which peewee's may wrap."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, psycopg.Error):
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__
    return cause


def _sqlstate(error: BaseException) -> str | None:
    own = _own(error)
    return own.sqlstate if isinstance(own, psycopg.Error) else None
