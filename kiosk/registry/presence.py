"""Whether a server works on a database. On one machine the lock of the home says so; PostgreSQL has several machines."""

from __future__ import annotations

from peewee import Database, PostgresqlDatabase

from kiosk.domain.errors import Code, Refused
from kiosk.ledger.database import ask

_SERVING = int.from_bytes(b"kiosk-sv", "big")
"""Of PostgreSQL's advisory locks: shared by all servers while they run, exclusive to whoever puts the ledger back."""


def announce(database: Database) -> None:
    """Say that a server works here, as long as this connection lasts: to be repeated, since a lost one is replaced in silence.

    Raises Refused: registry-serving, while the ledger is being put back.
    """
    if not isinstance(database, PostgresqlDatabase) or _is_announced(database):
        return
    if not ask(database, "SELECT pg_try_advisory_lock_shared(?)", (_SERVING,)).fetchone()[0]:
        raise Refused(Code.REGISTRY_SERVING)


def withdraw(database: Database) -> None:
    if isinstance(database, PostgresqlDatabase) and _is_announced(database):
        ask(database, "SELECT pg_advisory_unlock_shared(?)", (_SERVING,))


def refuse_if_served(database: Database) -> None:
    """Keep servers out until the running transaction ends. Raises Refused: registry-serving."""
    if isinstance(database, PostgresqlDatabase) and not ask(database, "SELECT pg_try_advisory_xact_lock(?)", (_SERVING,)).fetchone()[0]:
        raise Refused(Code.REGISTRY_SERVING)


def _is_announced(database: Database) -> bool:
    # The halves of the number, as pg_locks shows them.
    high, low = _SERVING >> 32, _SERVING & 0xFFFFFFFF
    query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = ? AND objid = ? AND granted"
    return ask(database, query, (high, low)).fetchone() is not None
