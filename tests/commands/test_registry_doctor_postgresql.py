"""`kiosk registry doctor` on PostgreSQL: settings that lose what was confirmed, and a password that others may read."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kiosk.config.registry_home import RegistryHome
from tests.support.commands.call import Call
from tests.support.postgres.cluster import PostgresCluster
from tests.support.wait import wait_until


@pytest.fixture
def on_postgresql(registry: Call, place: RegistryHome, postgres: PostgresCluster) -> str:
    """The URL of a server that was begun in a new database."""
    url = postgres.create_database()
    place.prepare()
    place.config.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    assert "連携台帳サーバーを始めました" in registry("init").out
    return url


def test_settings_of_postgresql_that_lose_commits_are_named(registry: Call, on_postgresql: str) -> None:
    """The tests' own cluster is quick and not durable."""
    said = registry("doctor")
    assert "(fsync=off、full_page_writes=off)" in said.out
    assert "PostgreSQL 1" in said.out


def test_commits_that_do_not_wait_for_the_disk_are_named(registry: Call, place: RegistryHome, on_postgresql: str) -> None:
    place.config.write_text(f'[database]\nurl = "{on_postgresql}&options=-c%20synchronous_commit%3Doff"\n', encoding="utf-8")
    assert "synchronous_commit=off" in registry("doctor").out
    place.config.write_text(f'[database]\nurl = "{on_postgresql}&options=-c%20synchronous_commit%3Dlocal"\n', encoding="utf-8")
    assert "synchronous_commit" not in registry("doctor").out, "there is no standby to wait for"


def test_commits_that_do_not_wait_for_the_standby_are_named(registry: Call, place: RegistryHome, on_postgresql: str) -> None:
    place.config.write_text(f'[database]\nurl = "{on_postgresql}&options=-c%20synchronous_commit%3Dlocal"\n', encoding="utf-8")
    with psycopg.connect(on_postgresql, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'two'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            wait_until(lambda: "synchronous_commit=local" in registry("doctor").out, "the setting to be named")
        finally:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


def test_a_password_file_that_others_may_read_is_named(registry: Call, place: RegistryHome, on_postgresql: str) -> None:
    secret = place.folder / "password"
    secret.write_text("hunter2\n", encoding="utf-8")
    secret.chmod(0o644)
    place.config.write_text(f'[database]\nurl = "{on_postgresql}"\npassword_file = "password"\n', encoding="utf-8")
    said = registry("doctor")
    assert f"{secret} (0644)" in said.out
    assert "hunter2" not in said.out + said.err
    assert "hunter2" not in "".join(path.read_text("utf-8") for path in Path(place.logs).iterdir())
