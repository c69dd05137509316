"""The home of a server, and a machine with a ledger, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from tests.support.backup.server_machine import ServerMachine
from tests.support.postgres.cluster import PostgresCluster

NewMachine = Callable[..., ServerMachine]


@pytest.fixture
def new_machine(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[NewMachine]:
    """Makes an empty machine: of one kind of database or the other."""
    made: list[ServerMachine] = []

    def make(kind: str = "sqlite") -> ServerMachine:
        folder = tmp_path / f"machine{len(made)}"
        folder.mkdir()
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'registry.db'}"
        else:
            cluster: PostgresCluster = request.getfixturevalue("postgres")
            url = cluster.create_database()
        made.append(ServerMachine(folder, url))
        return made[-1]

    yield make
    for machine in made:
        machine.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest, new_machine: NewMachine) -> ServerMachine:
    return with_ledger(new_machine(request.param))


@pytest.fixture
def home(tmp_path: Path) -> RegistryHome:
    """Of a server that listens where it is free."""
    home = RegistryHome(tmp_path / "server")
    home.folder.mkdir(mode=0o700)
    home.config.write_text("[server]\nport = 0\n", "utf-8")
    home.prepare()
    return home


def with_ledger(empty: ServerMachine) -> ServerMachine:
    """With some links, a stop, and two counters."""
    made = empty.found()
    made.enrol("中央1")
    made.enrol("分館1")
    made.link(*range(1, 8))
    made.unlink(3)
    return made
