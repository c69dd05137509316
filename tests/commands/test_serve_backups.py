"""kiosk serve as a process: it makes its backups by itself, and does not go on over a ledger that was put back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code
from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.registry.remembered import Ahead
from kiosk.registry.remembered_file import RememberedFile
from kiosk.text import plain, say
from tests.commands.test_serve import Serving
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.server import enrolled
from tests.support.postgres.cluster import PostgresCluster
from tests.support.wait import LIMIT, end, wait_until

pytestmark = pytest.mark.linux("signals")

Serve = Callable[[], Serving]


@pytest.fixture
def library(registry: Call, place: RegistryHome, tmp_path: Path) -> Library:
    place.prepare()
    place.config.write_text("[server]\nport = 0\n", "utf-8")
    registry("init")
    enrolled(registry, place, "中央1")
    made = Library(tmp_path, place)
    made.link(1, 2)
    return made


@pytest.fixture
def serve(library: Library, tmp_path: Path) -> Iterator[Serve]:
    begun: list[Serving] = []

    def start() -> Serving:
        folder = tmp_path / f"process {len(begun)}"
        folder.mkdir()
        begun.append(Serving(folder, "--home", str(library.home.folder), "serve", environment={**os.environ}))
        return begun[-1]

    yield start
    for serving in begun:
        end(serving.child)


def cause(code: Code) -> str:
    return plain(say(f"refusal.{code}.staff")).split("{")[0]


@pytest.mark.timeout(100)
def test_a_server_makes_its_first_backup_at_once_and_counters_hear_of_it(registry: Call, library: Library, serve: Serve) -> None:
    serving = serve()
    wait_until(lambda: len(library.backups()) == 1, "a backup", LIMIT)
    assert registry("verify", str(library.backups()[0])).code == 0
    machine = library.machine()
    wait_until(lambda: machine.ledger.head().safe.cursor == 2, "safe", LIMIT)
    machine.close()
    refused = registry("restore", str(library.backups()[0]), "--replace")
    assert refused.code == 1
    assert cause(Code.REGISTRY_SERVING) in refused.err
    assert serving.stop() == 0
    assert registry("restore", str(library.backups()[0]), "--replace").code == 0
    assert serve().address


@pytest.mark.timeout(100)
def test_over_a_ledger_that_was_put_back_no_server_starts_until_it_is_dealt_with(registry: Call, library: Library, serve: Serve) -> None:
    database = library.home.database
    before = database.with_name("as a tool for databases copied it")
    machine = library.machine()
    machine.database.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[no-untyped-call]
    machine.close()
    shutil.copy(database, before)
    library.link(10, 11)
    serving = serve()
    assert serving.address
    assert serving.stop() == 0
    for left in database.parent.glob(f"{database.name}-*"):
        left.unlink()
    shutil.copy(before, database)
    ended = serve()
    assert ended.child.wait(LIMIT) == 1
    assert "4番まで" in ended.err
    assert registry("begin-epoch", "--yes").code == 0
    assert library.position() == (2, 1)
    RememberedFile(library.home.folder / "keys").hear(Ahead(Position(1 << 32, 1), "中央1", 0))
    serving = serve()
    assert serving.address
    assert "「中央1」は、このサーバーにない手続きを知っています" in serving.err


@pytest.mark.timeout(100)
@pytest.mark.trial
def test_a_server_whose_ledger_is_put_back_under_it_ends_and_says_why(postgres: PostgresCluster, library: Library, serve: Serve) -> None:
    """As after a failover to a machine that lacked the last operations."""
    library.home.config.write_text(f'[server]\nport = 0\n[database]\nurl = "{postgres.create_database()}"\n', "utf-8")
    (library.home.folder / "keys" / "site-key.json").unlink()
    serving = serve()
    assert serving.address
    library = Library(library.home.folder.parent, library.home)
    library.link(1, 2, 3)
    remembered = RememberedFile(library.home.folder / "keys")
    wait_until(lambda: (known := remembered.load()) is not None and known.position.cursor == 3, "the head to be remembered", LIMIT)
    machine = library.machine()
    with machine.database.writing() as database:
        ask(database, "UPDATE head SET cursor = 1")
    machine.close()
    assert serving.child.wait(60) == 1
    assert cause(Code.REGISTRY_PUT_BACK) in serving.err
