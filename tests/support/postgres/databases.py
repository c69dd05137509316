"""Databases of the library's server for tests: a pytest plugin.

`registry_url` is the URL of a new, empty database; a test that takes it runs on SQLite and on PostgreSQL. `postgres` is the cluster behind
the latter, one for the session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.registry.database import RegistryDatabase, open_database
from tests.support.postgres.cluster import PostgresCluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    with PostgresCluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registry.db'}"
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    return cluster.create_database()


@pytest.fixture
def open_registry(registry_url: str) -> Iterator[Callable[[], RegistryDatabase]]:
    """Opens the database, once for each server process that a test plays."""
    opened: list[RegistryDatabase] = []

    def open_one() -> RegistryDatabase:
        opened.append(open_database(registry_url))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def registry_database(open_registry: Callable[[], RegistryDatabase]) -> RegistryDatabase:
    """Migrated and empty."""
    return open_registry()
