"""The one suite of the API runs against a server in this process and against `kiosk serve`, over SQLite and over PostgreSQL; or against the
one that the environment names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from kiosk.registry.api.limits import Limits
from kiosk.token_buckets import Rate
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.sites import URL, EnrolledCounter, Site, as_process, in_process, installed

UNHURRIED = Limits(address=Rate(100_000, 1000))
"""All callers here have one address."""
BOTH = [
    "in-process-sqlite",
    "process-postgresql",
    pytest.param("in-process-postgresql", marks=pytest.mark.trial),
    pytest.param("process-sqlite", marks=pytest.mark.trial),
]


@pytest.fixture(scope="session", params=["installed"] if URL in os.environ else BOTH)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running server. Other tests have been there before, and other counters."""
    with _opened(request.param, request, tmp_path_factory.mktemp("site")) as opened:
        yield opened


def _opened(kind: str, request: pytest.FixtureRequest, folder: Path) -> AbstractContextManager[Site]:
    if kind == "installed":
        return installed()
    url = ""
    if kind.endswith("postgresql"):
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        url = cluster.create_database()
    return in_process(url, folder, UNHURRIED) if kind.startswith("in-process") else as_process(url, folder)


@pytest.fixture
def counter(site: Site) -> EnrolledCounter:
    """A new one."""
    return site.counter()


@pytest.fixture
def other(site: Site) -> EnrolledCounter:
    """Another new one."""
    return site.counter()
