"""The server's database in PostgreSQL, through psycopg 3."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from peewee import PostgresqlDatabase
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.ledger.database import ask
from kiosk.registry.database_errors import ERRORS, of_postgresql
from kiosk.registry.engine import Connections, RegistryDatabase

_SESSION = {
    **{"connect_timeout": "5", "tcp_user_timeout": "15000", "application_name": "kiosk", "client_encoding": "UTF8"},
    # Of several hosts in the URL the one that may write; a standby lags, and would look like a ledger that was put back.
    # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
    "target_session_attrs": "primary",
}
_LIMITS = "-c lock_timeout=15s -c idle_in_transaction_session_timeout=60s -c statement_timeout=60s -c enable_seqscan=off -c jit=off"
"""A server process that hangs must not hold the head's lock for ever, and none waits for ever for it. Every question of ours has an index;
a plan made while a table was empty, and kept for the prepared statement, would read all of it ever after.
"""


_NOT_CONFIRMED = ("01000", "57P01")
"""Of warnings: the wait for a commit was cancelled, or ended by an administrator. We ask for nothing else that warns."""


class PostgresqlRegistry(RegistryDatabase):
    is_postgresql = True

    def __init__(self, url: str) -> None:
        self.database = self._own = _Postgresql(url)
        self.place = without_password(url)

    def _unavailable(self, error: BaseException) -> Unavailable | None:
        return of_postgresql(error, self.place)

    @contextmanager
    def _confirmed(self) -> Iterator[None]:
        """PostgreSQL tells a commit as done whose wait for a standby was cancelled, by a timeout or by hand, and only warns of it.

        https://www.postgresql.org/docs/15/warm-standby.html#SYNCHRONOUS-REPLICATION-HA
        Asked again the operation gets its answer, since that is a transaction too, and waits for the standby to have all before it.
        """
        warned = self._own.warned()
        warned.clear()
        yield
        if warned:
            error = Unavailable(Code.DATABASE_UNREACHABLE, place=self.place, reason="connection", said=escaped(warned[-1]))
            with suppress(*ERRORS):
                self.database.close()
            raise error

    def _snapshot(self) -> Any:
        return self.database.atomic("REPEATABLE READ")

    def _transaction(self) -> Any:
        return self.database.atomic()

    @contextmanager
    def _pipelined(self) -> Iterator[None]:
        self.database.connect(reuse_if_open=True)
        connection = self.database.connection()  # type: ignore[no-untyped-call]
        try:
            with connection.pipeline():
                yield
        except BaseException:
            # A pipeline that was aborted has aborted the rollback with it.
            with suppress(*ERRORS):
                connection.rollback()
            raise

    def tidy(self) -> None:
        with self.translated():
            ask(self.database, "SET statement_timeout = 0")
            try:
                ask(self.database, "VACUUM link, feed, stop, operation")
            finally:
                # Where the connection is lost, so is its setting, and what VACUUM said is what is told.
                with suppress(*ERRORS):
                    ask(self.database, "RESET statement_timeout")

    def close(self) -> None:
        self.database.close()
        self._own.connections.close()


class _Postgresql(PostgresqlDatabase):
    def __init__(self, url: str) -> None:
        super().__init__(url, prefer_psycopg3=True)
        self.url, self.connections = url, Connections()
        self._warned = threading.local()

    def warned(self) -> list[str]:
        """What the server has warned of on this thread's connections."""
        if not hasattr(self._warned, "told"):
            self._warned.told = []
        told: list[str] = self._warned.told
        return told

    def _connect(self) -> Any:
        connection, warned = connect(self.url), self.warned()

        def hear(told: psycopg.errors.Diagnostic) -> None:
            if told.sqlstate in _NOT_CONFIRMED:
                warned.append(told.message_primary or "")

        connection.add_notice_handler(hear)
        return self.connections.add(connection)


def without_password(url: str) -> str:
    """A URL of PostgreSQL's for messages. Raises ValueError for one that libpq does not understand."""
    try:
        told = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise ValueError("no URL of PostgreSQL's") from error
    user = f"{told['user']}@" if "user" in told else ""
    port = f":{told['port']}" if "port" in told else ""
    return f"postgresql://{user}{told.get('host', '')}{port}/{told.get('dbname', '')}"


def check_encoding(connection: psycopg.Connection[Any], place: str) -> None:
    """Raises Unavailable for a database that cannot hold every name. One without an encoding keeps what it gets, which is UTF-8."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in ("UTF8", "SQL_ASCII"):
        raise Unavailable(Code.DATABASE_UNREACHABLE, place=place, reason="encoding", said=f"server_encoding={encoding}")


def connect(url: str) -> psycopg.Connection[Any]:
    told = conninfo_to_dict(url)
    ours = {key: value for key, value in _SESSION.items() if key not in told}
    options = " ".join(part for part in (str(told.get("options") or ""), _LIMITS) if part)
    return psycopg.connect(make_conninfo(url, **ours, options=options), autocommit=True)
