"""A server's key, ledger and authority are begun together, and none of them takes the place of one that is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import DatabaseSettings, RegistrySettings, ServerSettings
from kiosk.domain.errors import Code, Unavailable
from kiosk.registry.database import without_password
from kiosk.registry.opening import OpenedRegistry, open_registry
from kiosk.registry.tls import check_as_a_counter
from tests.support.postgres.cluster import PostgresCluster

SETTINGS = RegistrySettings()


@pytest.fixture
def home(tmp_path: Path) -> RegistryHome:
    place = RegistryHome(tmp_path / "server")
    place.prepare()
    return place


def opened(home: RegistryHome, settings: RegistrySettings = SETTINGS, *, begins: bool = False) -> OpenedRegistry:
    registry = open_registry(home, settings, begins=begins)
    registry.close()
    return registry


def trouble(home: RegistryHome, settings: RegistrySettings = SETTINGS, *, begins: bool = False) -> Unavailable:
    with pytest.raises(Unavailable) as raised:
        opened(home, settings, begins=begins)
    return raised.value


def test_where_there_is_nothing_nothing_is_begun_by_accident(home: RegistryHome) -> None:
    why = trouble(home)
    assert (why.code, why.params["reason"]) == (Code.HOME_UNUSABLE, "registry-not-begun")
    assert not (home.folder / "keys").exists()
    assert not home.database.exists()


def test_a_server_is_begun_once(home: RegistryHome) -> None:
    first = opened(home, begins=True)
    second = opened(home, begins=True)
    third = opened(home)
    assert (first.is_new, second.is_new, third.is_new) == (True, False, False)
    assert first.site_key == second.site_key == third.site_key
    assert first.tls.authority == third.tls.authority
    assert first.ledger.library == first.site_key.library


def test_a_begun_server_has_a_certificate_as_soon_as_it_is_asked(home: RegistryHome) -> None:
    registry = opened(home, begins=True)
    registry.tls.renew(registry.clock())
    assert check_as_a_counter(registry.tls, ["localhost", "127.0.0.1"]) == {}


@pytest.mark.parametrize("begins", [True, False])
def test_a_ledger_that_is_gone_is_not_begun_anew(home: RegistryHome, begins: bool) -> None:
    """Counters would take the new one's snapshot: every link would be gone."""
    opened(home, begins=True)
    for file in home.data.iterdir():
        file.unlink()
    assert trouble(home, begins=begins).code is Code.LEDGER_MISSING
    assert not home.database.exists()


@pytest.mark.parametrize("begins", [True, False])
def test_a_database_that_was_emptied_is_not_begun_anew(home: RegistryHome, begins: bool) -> None:
    opened(home, begins=True)
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute("DELETE FROM head")
        connection.commit()
    assert trouble(home, begins=begins).code is Code.LEDGER_MISSING


@pytest.mark.parametrize("begins", [True, False])
def test_another_empty_database_is_not_begun_with_a_used_key(home: RegistryHome, postgres: PostgresCluster, begins: bool) -> None:
    """As after a typing mistake in the URL."""
    opened(home, RegistrySettings(database=DatabaseSettings(postgres.create_database())), begins=True)
    other = RegistrySettings(database=DatabaseSettings(postgres.create_database()))
    told = trouble(home, other, begins=begins)
    assert told.code is Code.LEDGER_MISSING
    assert told.params["place"] == without_password(other.database.url), "not the file that the server would have without the URL"


@pytest.mark.parametrize("begins", [True, False])
def test_a_key_that_is_gone_is_not_made_anew(home: RegistryHome, begins: bool) -> None:
    opened(home, begins=True)
    (home.folder / "keys" / "site-key.json").unlink()
    assert trouble(home, begins=begins).code is Code.SITE_KEY_MISSING
    assert not (home.folder / "keys" / "site-key.json").exists()


def test_the_key_of_another_ledger_is_told(home: RegistryHome, tmp_path: Path) -> None:
    opened(home, begins=True)
    other = RegistryHome(tmp_path / "other")
    other.prepare()
    opened(other, begins=True)
    (other.folder / "keys" / "site-key.json").replace(home.folder / "keys" / "site-key.json")
    assert trouble(home, begins=True).code is Code.SITE_KEY_OTHER


def test_what_a_kill_left_half_begun_is_finished(home: RegistryHome) -> None:
    """The key is there, marked as unused, and neither ledger nor authority."""
    first = opened(home, begins=True)
    authority = first.tls.authority
    key = home.folder / "keys" / "site-key.json"
    key.write_bytes(key.read_bytes().replace(b'"used": true', b'"used": false'))
    for file in (*home.data.iterdir(), home.folder / "keys" / "authority.pem"):
        file.unlink()
    again = opened(home, begins=True)
    assert again.site_key == first.site_key
    assert again.tls.authority != authority
    assert b'"used": true' in key.read_bytes()


def test_a_lost_authority_is_told_and_not_replaced(home: RegistryHome) -> None:
    opened(home, begins=True)
    (home.folder / "keys" / "authority.pem").unlink()
    registry = opened(home, begins=True)
    with pytest.raises(Unavailable) as raised:
        registry.tls.renew(registry.clock())
    assert raised.value.code is Code.CERTIFICATE_UNUSABLE


@pytest.mark.parametrize(("content", "reason"), [(None, "missing"), (b"\xff\xfe", "utf-16"), (b"\xff", "not-utf-8")])
def test_a_password_that_cannot_be_read_is_told(home: RegistryHome, content: bytes | None, reason: str) -> None:
    if content is not None:
        (home.folder / "password").write_bytes(content)
    settings = RegistrySettings(database=DatabaseSettings("postgresql://kiosk@127.0.0.1:1/registry", "password"))
    why = trouble(home, settings, begins=True)
    assert (why.code, why.params["reason"]) == (Code.FILE_UNUSABLE, reason)


def test_a_database_that_does_not_answer_is_told_without_its_password(home: RegistryHome) -> None:
    (home.folder / "password").write_text("hunter2 &?#\n", encoding="utf-8")
    settings = RegistrySettings(database=DatabaseSettings("postgresql://kiosk@127.0.0.1:1/registry", "password"))
    why = trouble(home, settings, begins=True)
    assert why.code is Code.DATABASE_UNREACHABLE
    assert "hunter2" not in str(why.params)


def test_other_names_do_not_change_the_authority(home: RegistryHome) -> None:
    before = opened(home, begins=True).tls.authority
    moved = opened(home, RegistrySettings(server=ServerSettings(address="0.0.0.0", names=("registry.example.jp",))))  # noqa: S104
    moved.tls.renew(moved.clock())
    assert moved.tls.authority == before
    assert check_as_a_counter(moved.tls, ["registry.example.jp"]) == {}
