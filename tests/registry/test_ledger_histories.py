"""The histories of `tests/support/ledger` with the server's real storage: every answer, feed and snapshot is what the model of the ledger
says, also after backups were put back.
"""

from __future__ import annotations

import random

import pytest

from kiosk.registry.database import RegistryDatabase
from tests.support.ledger.histories import make
from tests.support.ledger.server_in_database import ServerInDatabase


def make_some(database: RegistryDatabase, first: int, count: int) -> None:
    servers: list[ServerInDatabase] = []

    def server() -> ServerInDatabase:
        servers.append(ServerInDatabase(database))
        return servers[-1]

    for seed in range(first, first + count):
        make(seed, 1, server=server)
        found = servers[-1].ledger.verify()
        assert (found.findings, found.links) == ((), len(servers[-1].links)), f"history {seed}"


def test_some_histories(registry_database: RegistryDatabase) -> None:
    make_some(registry_database, first=0, count=40)


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_1_000_histories(registry_database: RegistryDatabase) -> None:
    """Others each time; the failure says which."""
    make_some(registry_database, first=random.SystemRandom().randrange(1_000_000_000), count=1_000)
