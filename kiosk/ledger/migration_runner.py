"""Brings a database to the schema of this program, step by step. What the steps are is up to whoever keeps the database.

The version is the `user_version` of a file of SQLite or SQLCipher, which is locked exclusively. PostgreSQL has neither: there a table
holds it, and a lock of the transaction keeps other migrations out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kiosk.domain.errors import Code, Unavailable

Step = tuple[str, ...] | Callable[[Any], None]
"""SQL statements, or a function that gets the driver's connection, within the transaction, which it may not end (`executescript` would).

A released step never changes, and never uses live models: it meets the tables as they were then.
"""


class VersionedSchema(Protocol):
    """How one kind of database keeps its version, and keeps other migrations out. `connection` is the driver's, committing by itself."""

    def begin(self, connection: Any) -> None:
        """Begin a transaction; return once no other migration runs."""

    def version(self, connection: Any) -> int:
        """The schema version; 0 before the first step."""

    def set_version(self, connection: Any, version: int) -> None: ...

    def in_transaction(self, connection: Any) -> bool: ...


class UserVersion:
    """SQLite and SQLCipher."""

    def begin(self, connection: Any) -> None:
        connection.execute("BEGIN EXCLUSIVE")

    def version(self, connection: Any) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def set_version(self, connection: Any, version: int) -> None:
        connection.execute(f"PRAGMA user_version = {version}")

    def in_transaction(self, connection: Any) -> bool:
        return bool(connection.in_transaction)


class VersionTable:
    """PostgreSQL: a table of one row, and an advisory lock, since a table that is not there yet cannot be locked."""

    _LOCK = int.from_bytes(b"kiosk-mi", "big")

    def begin(self, connection: Any) -> None:
        connection.execute("BEGIN")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._LOCK,))

    def version(self, connection: Any) -> int:
        if connection.execute("SELECT to_regclass('schema_version')").fetchone()[0] is None:
            return 0
        row = connection.execute("SELECT version FROM schema_version").fetchone()
        return 0 if row is None else int(row[0])

    def set_version(self, connection: Any, version: int) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version VALUES (%s)", (version,))

    def in_transaction(self, connection: Any) -> bool:
        # 0: PQTRANS_IDLE.
        return bool(connection.info.transaction_status != 0)


USER_VERSION, VERSION_TABLE = UserVersion(), VersionTable()


def version_of(connection: Any, known: int, schema: VersionedSchema = USER_VERSION) -> int:
    """Read the schema version; `known` is this program's. Raises Unavailable: store-newer; store-damaged (our databases have a version)."""
    version = _version(connection, known, schema)
    if version < 1:
        raise Unavailable(Code.STORE_DAMAGED)
    return version


def migrate(connection: Any, steps: Sequence[Step], schema: VersionedSchema = USER_VERSION) -> None:
    """Apply the missing steps in one exclusive transaction. `connection` commits by itself otherwise.

    Raises Unavailable: store-newer; what the driver or a step raises: then nothing has changed.
    """
    schema.begin(connection)
    try:
        # Read again under the lock: another process may have migrated in the meantime.
        version = _version(connection, len(steps), schema)
        for number, step in enumerate(steps[version:], version + 1):
            if callable(step):
                step(connection)
                if not schema.in_transaction(connection):
                    raise RuntimeError(f"step {number} ended the transaction")
            else:
                for statement in step:
                    connection.execute(statement)
            schema.set_version(connection, number)
        connection.execute("COMMIT")
    except BaseException:
        if schema.in_transaction(connection):
            connection.execute("ROLLBACK")
        raise


def _version(connection: Any, known: int, schema: VersionedSchema) -> int:
    version = schema.version(connection)
    if version > known:
        raise Unavailable(Code.STORE_NEWER, version=version, known=known)
    return version
