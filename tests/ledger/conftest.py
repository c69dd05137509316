"""The kinds of databases that the ledger's modules have to run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peewee import Database, PostgresqlDatabase, SqliteDatabase

from kiosk.ledger.models import AuditRow, MetaRow
from kiosk.store.cipher import CipherDatabase
from kiosk.store.keys import Keys
from kiosk.store.opening import prepare
from tests.support.postgres.cluster import PostgresCluster

TABLES = [AuditRow, MetaRow]


@pytest.fixture(params=["encrypted", "plain", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The store's own database, with the tables its migrations make, and others of peewee's, with those of the models."""
    if request.param == "encrypted":
        prepare(tmp_path / "kiosk.db", Keys(bytes(32), bytes(32)), datetime(2026, 11, 23, 3, tzinfo=UTC), "窓口1")
        encrypted = CipherDatabase(tmp_path / "kiosk.db", bytes(32))
        yield encrypted
        encrypted.close_all()
    elif request.param == "postgresql":
        postgres: PostgresCluster = request.getfixturevalue("postgres")
        with closing(PostgresqlDatabase(postgres.create_database(), prefer_psycopg3=True)) as served, served.bind_ctx(TABLES):
            served.create_tables(TABLES)
            yield served
    else:
        with (
            closing(SqliteDatabase(str(tmp_path / "plain.db"), pragmas={"synchronous": "off"})) as plain,
            plain.bind_ctx(TABLES),
        ):
            plain.create_tables(TABLES)
            yield plain
