"""The one suite of the API runs against a server in this process, over SQLite and PostgreSQL, or against the one that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.sites import URL, EnrolledCounter, Site, in_process, installed

SITES = ["installed"] if URL in os.environ else ["sqlite", "postgresql"]


@pytest.fixture(scope="session", params=SITES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running server. Other tests have been there before, and other counters."""
    if request.param == "installed":
        with installed() as there:
            yield there
        return
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'registry.db'}"
    if request.param == "postgresql":
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        url = cluster.create_database()
    with in_process(url, folder / "keys") as here:
        yield here


@pytest.fixture
def counter(site: Site) -> EnrolledCounter:
    """A new one."""
    return site.counter()


@pytest.fixture
def other(site: Site) -> EnrolledCounter:
    """Another new one."""
    return site.counter()
