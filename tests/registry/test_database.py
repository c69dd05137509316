"""Opening the server's database by its URL, and what is said when that, or using it, goes wrong: a code, never the driver's words."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from playhouse.reflection import Introspector

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.database import ask
from kiosk.ledger.models import AuditRow, MetaRow
from kiosk.registry.database import RegistryDatabase, open_database, without_password
from kiosk.registry.migrations import VERSION
from kiosk.registry.models import CounterRow, CounterSeenRow, EnrolmentCodeRow
from tests.support import ROOT
from tests.support.error_code import code_of
from tests.support.ledger.acts import card
from tests.support.ledger.registry_ledgers import TrialLedger
from tests.support.postgres.cluster import PostgresCluster
from tests.support.wait import wait_until


def trouble(work: Callable[[], object]) -> Unavailable:
    with pytest.raises(Unavailable) as raised:
        work()
    return raised.value


def set_version(url: str, version: int) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.execute(f"PRAGMA user_version = {version}")
    else:
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE schema_version SET version = %s", (version,))


# --- opening --------------------------------------------------------------------------------------------------------------


def test_a_new_database_gets_its_tables_and_is_found_again(registry_url: str, open_registry: Callable[[], RegistryDatabase]) -> None:
    TrialLedger(open_registry()).tell(TrialLedger(open_registry()).counter("窓口1").link(1, 1001))
    again = open_database(registry_url, create=False)
    assert TrialLedger(again).links() == {1: 1001}
    again.close()


def test_the_tables_are_those_of_the_models(registry_database: RegistryDatabase) -> None:
    there = Introspector.from_database(registry_database.database).generate_models()  # type: ignore[no-untyped-call]
    for model in (CounterRow, CounterSeenRow, EnrolmentCodeRow, AuditRow, MetaRow):
        assert set(there[model._meta.table_name]._meta.columns) == set(model._meta.columns), model


def test_a_database_newer_than_the_program_is_refused_and_left_alone(registry_url: str) -> None:
    open_database(registry_url).close()
    set_version(registry_url, VERSION + 1)
    for create in (True, False):
        raised = trouble(lambda create=create: open_database(registry_url, create=create))  # type: ignore[misc]
        assert raised.code is Code.STORE_NEWER
        assert (raised.params["version"], raised.params["known"]) == (VERSION + 1, VERSION)
    set_version(registry_url, VERSION)
    open_database(registry_url).close()


def test_without_leave_to_create_nothing_is_created(registry_url: str, tmp_path: Path) -> None:
    assert code_of(lambda: open_database(registry_url, create=False)) in (Code.STORE_MISSING, Code.STORE_DAMAGED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://localhost/kiosk", "registry.db", "", "postgresql://[::1/kiosk", "sqlite://registry.db"])
def test_another_url_is_a_mistake_of_the_config(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite|URL"):
        open_database(url)


def test_no_message_holds_the_password() -> None:
    url = "postgresql://kiosk:geheim@db.example:5433/registry?sslmode=verify-full&password=geheim"
    assert without_password(url) == "postgresql://kiosk@db.example:5433/registry"
    raised = trouble(lambda: open_database("postgresql://kiosk:geheim@127.0.0.1:1/registry"))
    assert (raised.code, raised.params["place"]) == (Code.DATABASE_UNREACHABLE, "postgresql://kiosk@127.0.0.1:1/registry")
    assert "geheim" not in str(raised.params)


# --- SQLite ---------------------------------------------------------------------------------------------------------------


def test_a_file_of_the_servers_is_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "registry.db"
    open_database(f"sqlite:///{path}").close()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [left.name for left in path.parent.iterdir() if left.name.startswith(".")] == []


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_database_of_ours_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(content)
    assert code_of(lambda: open_database(f"sqlite:///{path}")) is Code.STORE_DAMAGED
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert code_of(lambda: open_database(f"sqlite:///{tmp_path}")) is Code.STORE_UNAVAILABLE


@pytest.mark.timeout(120)
@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_a_disk_that_cannot_be_written(disk: str, tmp_path: Path) -> None:
    """In a mount namespace of its own."""
    namespaces = ["--mount"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--mount"]
    program = [sys.executable, "-m", "tests.support.ledger.registry_on_small_disk", disk, str(tmp_path)]
    ran = subprocess.run(["unshare", *namespaces, *program], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (ran.returncode, ran.stdout.split(), ran.stderr) == (0, [f"store-{disk}", "holds"], "")


# --- PostgreSQL -----------------------------------------------------------------------------------------------------------


def test_a_database_that_is_not_there(postgres: PostgresCluster) -> None:
    raised = trouble(lambda: open_database(postgres.url("nowhere")))
    assert (raised.code, raised.params["reason"]) == (Code.DATABASE_UNREACHABLE, "connection")
    assert 'database "nowhere" does not exist' in str(raised.params["said"])


def test_a_user_that_may_create_no_tables(postgres: PostgresCluster) -> None:
    url = postgres.create_database()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
    raised = trouble(lambda: open_database(url.replace("kiosk@", "guest@")))
    assert (raised.code, raised.params["reason"]) == (Code.DATABASE_UNREACHABLE, "permission")
    assert "permission denied for schema public" in str(raised.params["said"])


def test_a_database_without_an_encoding_keeps_every_name(postgres: PostgresCluster) -> None:
    trial = TrialLedger(open_database(postgres.create_database("SQL_ASCII")))
    counter = trial.counter("窓口1")
    assert trial.tell(counter.link(1, 1001)) == [1]
    assert trial.ledger.find_links([card(1)]).links[0].link.counter == "窓口1"
    trial.database.close()


def test_a_database_that_cannot_hold_every_name_is_refused(postgres: PostgresCluster) -> None:
    raised = trouble(lambda: open_database(postgres.create_database("LATIN1")))
    assert (raised.code, raised.params["reason"], raised.params["said"]) == (
        Code.DATABASE_UNREACHABLE,
        "encoding",
        "server_encoding=LATIN1",
    )


def test_a_lost_connection_is_told_once_and_made_anew(postgres: PostgresCluster) -> None:
    url = postgres.create_database()
    database = open_database(url)
    trial = TrialLedger(database)
    wait_until(lambda: postgres.connections(url) == 1, "the end of the connection that has prepared it")
    assert postgres.disconnect_all(url) == 1
    with pytest.raises(Unavailable) as raised, trial.ledger.acting():
        pass
    assert (raised.value.code, raised.value.params["reason"]) == (Code.DATABASE_UNREACHABLE, "connection")
    with trial.ledger.acting():
        pass
    assert postgres.disconnect_all(url) == 1
    assert trial.ledger.head().position.cursor == 0
    database.close()


def test_what_was_committed_survives_a_crash_and_the_time_without_a_server_has_a_code() -> None:
    with PostgresCluster() as postgres:
        database = open_database(postgres.create_database())
        trial = TrialLedger(database)
        counter = trial.counter("窓口1")
        assert trial.tell(counter.link(1, 1001)) == [1]
        postgres.crash()
        for ask_it in (trial.ledger.head, lambda: trial.tell(counter.link(2, 1002)), lambda: open_database(postgres.url("registry1"))):
            assert code_of(ask_it) is Code.DATABASE_UNREACHABLE
        postgres.start()
        assert trial.links() == {1: 1001}
        assert trial.tell(counter.link(2, 1002)) == [2]
        database.close()


def test_a_database_that_may_only_be_read(postgres: PostgresCluster) -> None:
    url = postgres.create_database()
    trial = TrialLedger(open_database(url))
    counter = trial.counter("窓口1")
    ask(trial.database.database, "SET default_transaction_read_only = on")
    assert code_of(lambda: trial.tell(counter.link(1, 1001))) is Code.STORE_READ_ONLY
    assert trial.links() == {}
    trial.database.close()


def test_a_table_that_is_missing_is_damage(registry_database: RegistryDatabase) -> None:
    trial = TrialLedger(registry_database)
    counter = trial.counter("窓口1")
    ask(registry_database.database, "DROP TABLE stop")
    assert code_of(lambda: trial.tell(counter.link(1, 1001))) is Code.STORE_DAMAGED
    assert trial.links() == {}


def test_a_head_that_stays_locked_gives_a_code(postgres: PostgresCluster) -> None:
    url = postgres.create_database()
    trial = TrialLedger(open_database(url))
    counter = trial.counter("窓口1")
    ask(trial.database.database, "SET lock_timeout = '100ms'")
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM head FOR UPDATE")
        assert code_of(lambda: trial.tell(counter.link(1, 1001))) is Code.STORE_LOCKED
    assert trial.tell(counter.link(1, 1001)) == [1]
    trial.database.close()


def test_tidying_that_fails_takes_no_limit_away(postgres: PostgresCluster) -> None:
    database = open_database(postgres.create_database())

    def limit() -> str:
        return str(ask(database.database, "SHOW statement_timeout").fetchone()[0])

    before = limit()
    ask(database.database, "ALTER TABLE stop RENAME TO elsewhere")
    assert code_of(database.tidy) is Code.STORE_DAMAGED
    assert limit() == before != "0"
    database.close()
