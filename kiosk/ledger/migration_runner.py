"""Brings a database to the schema of this program, step by step. What the steps are is up to whoever keeps the database.

For SQLite and SQLCipher: the version is the file's `user_version`. PostgreSQL has none, nor BEGIN EXCLUSIVE: a server on it needs a table
and a lock in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.domain.errors import Code, Unavailable

Step = tuple[str, ...] | Callable[[Any], None]
"""SQL statements, or a function that gets the driver's connection, within the transaction, which it may not end (`executescript` would).

A released step never changes, and never uses live models: it meets the tables as they were then.
"""


def version_of(connection: Any, known: int) -> int:
    """Read the schema version; `known` is this program's. Raises Unavailable: store-newer; store-damaged (our files have a version)."""
    version = _version(connection, known)
    if version < 1:
        raise Unavailable(Code.STORE_DAMAGED)
    return version


def migrate(connection: Any, steps: Sequence[Step]) -> None:
    """Apply the missing steps in one exclusive transaction. `connection` commits by itself otherwise (`isolation_level=None`).

    Raises Unavailable: store-newer; what the driver or a step raises: then nothing has changed.
    """
    connection.execute("BEGIN EXCLUSIVE")
    try:
        # Read again under the lock: another process may have migrated in the meantime.
        version = _version(connection, len(steps))
        for number, step in enumerate(steps[version:], version + 1):
            if callable(step):
                step(connection)
                if not connection.in_transaction:
                    raise RuntimeError(f"step {number} ended the transaction")
            else:
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: Any, known: int) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > known:
        raise Unavailable(Code.STORE_NEWER, version=version, known=known)
    return version
