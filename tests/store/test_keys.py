"""The keys of the store, in a file and in the system's credential store."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code, Unavailable
from kiosk.equipment import open_repository
from kiosk.store.credentials import CredentialStore, system_credentials
from kiosk.store.key_file import FileKeyStore, key_name, keys_folder
from kiosk.store.key_location import key_place
from kiosk.store.keys import KeyRecord, Keys, KeyStore, open_keys
from kiosk.store.machine_key import MachineKeyStore


class DictionaryKeyring(KeyringBackend):
    """A credential store as keyring presents it, kept in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture(params=["file", "machine", "credentials"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    if request.param == "machine":
        return MachineKeyStore(tmp_path / "keys" / "a.machine")
    if request.param == "file":
        return FileKeyStore(tmp_path / "keys" / "a.json")
    return CredentialStore(DictionaryKeyring, "credential-manager", "a", tmp_path / "keys" / "a.system")


@pytest.fixture
def no_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing-here")


def test_keys_print_nothing(keys: Keys) -> None:
    assert repr(keys) == "Keys()"


def test_what_is_saved_is_loaded(any_store: KeyStore, keys: Keys) -> None:
    assert any_store.load() is None
    record = KeyRecord(keys, "ab" * 16, "/home/desk/data")
    any_store.save(record)
    assert any_store.load() == record


def test_keys_are_never_replaced(any_store: KeyStore, keys: Keys) -> None:
    any_store.save(KeyRecord(keys))
    with pytest.raises(FileExistsError):
        any_store.save(KeyRecord(Keys.fresh()))
    assert any_store.load() == KeyRecord(keys)


def test_what_is_known_of_their_store_is_kept_with_the_same_keys(any_store: KeyStore, keys: Keys) -> None:
    any_store.save(KeyRecord(keys))
    any_store.save(KeyRecord(keys, "ab" * 16, "/somewhere"))
    assert any_store.load() == KeyRecord(keys, "ab" * 16, "/somewhere")
    any_store.forget()
    assert any_store.load() is None
    any_store.forget()


def test_keys_are_replaced_where_that_is_what_is_wanted(any_store: KeyStore, keys: Keys) -> None:
    any_store.save(KeyRecord(keys, "ab" * 16, "/somewhere", secret="kioskc-x", authority="cd" * 32))
    any_store.replace(KeyRecord(Keys.fresh(keys.site), "ab" * 16))
    record = any_store.load()
    assert record is not None
    assert (record.keys.site, record.keys.database != keys.database, record.secret) == (keys.site, True, "")


def test_keys_of_an_earlier_version_are_read(any_store: KeyStore, keys: Keys, tmp_path: Path) -> None:
    assert KeyRecord.decoded(keys.encoded()) == KeyRecord(keys, None)
    any_store.save(KeyRecord(keys, None))
    assert any_store.load() == KeyRecord(keys, None)


def test_two_counters_never_get_the_same_keys() -> None:
    first, second = Keys.fresh(), Keys.fresh()
    assert len({first.database, first.site, second.database, second.site}) == 4
    assert Keys.fresh(first.site).site == first.site


def test_the_first_start_makes_keys_and_the_next_finds_them(any_store: KeyStore, path: Path) -> None:
    keys = open_keys(any_store, path)
    assert KeyRecord(open_keys(any_store, path)) == KeyRecord(keys) == any_store.load()


@pytest.mark.parametrize("left", ["kiosk.db", "kiosk.db-wal"])
def test_no_new_key_is_made_over_an_existing_store(any_store: KeyStore, path: Path, left: str) -> None:
    path.parent.mkdir()
    path.with_name(left).write_bytes(b"")
    with pytest.raises(Unavailable) as trouble:
        open_keys(any_store, path)
    assert trouble.value.code is Code.STORE_KEY_MISSING
    assert any_store.load() is None


@pytest.mark.linux("file modes")
def test_the_key_file_is_for_its_user_alone(keys: Keys, tmp_path: Path) -> None:
    place = tmp_path / "keys" / "a.json"
    FileKeyStore(place).save(KeyRecord(keys))
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert place.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in place.parent.iterdir()] == ["a.json"]
    place.chmod(0o640)
    FileKeyStore(place).load()
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"5",
        b"no keys",
        b'{"database": "AA==", "site": "AA=="}',
        b'{"database": 1, "site": 2}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        bytes(64),
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_file_without_keys_is_said_and_kept(content: bytes, path: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    place.write_bytes(content)
    place.chmod(0o600)
    with pytest.raises(Unavailable) as trouble:
        open_keys(FileKeyStore(place), path)
    assert (trouble.value.code, trouble.value.params) == (Code.STORE_KEY_UNREADABLE, {"place": str(place), "reason": "damaged"})
    assert place.read_bytes() == content


def test_a_credential_store_that_closed_is_trouble_not_a_first_start(keys: Keys, path: Path) -> None:
    keyring = DictionaryKeyring()
    store = CredentialStore(lambda: keyring, "secret-service", "a", path.parent / "a.system")
    store.save(KeyRecord(keys))
    keyring.locked = True
    with pytest.raises(Unavailable) as trouble:
        open_keys(store, path)
    assert trouble.value.code is Code.CREDENTIAL_STORE_UNUSABLE


@pytest.mark.linux("D-Bus")
@pytest.mark.usefixtures("no_session")
def test_without_a_credential_store_the_keys_lie_outside_the_data(tmp_path: Path, keys: Keys) -> None:
    data = tmp_path / "home" / "data"
    store = key_place(data / "kiosk.db").store
    store.save(KeyRecord(keys))
    assert store.describe().kind == "file"
    assert not Path(store.describe().place).is_relative_to(tmp_path / "home")
    assert Path(store.describe().place) == keys_folder() / f"{key_name(data)}.json"
    assert keys_folder() == tmp_path / "config" / "library-card-kiosk" / "keys"
    assert key_place(data / "kiosk.db").store.load() == KeyRecord(keys)
    assert key_place(tmp_path / "other" / "data" / "kiosk.db").store.load() is None


@pytest.mark.linux("D-Bus")
@pytest.mark.usefixtures("no_session")
def test_the_config_decides_where(tmp_path: Path) -> None:
    store = key_place(tmp_path / "data" / "kiosk.db", "file", tmp_path / "stick").store
    assert Path(store.describe().place).parent == tmp_path / "stick"
    with pytest.raises(Unavailable) as trouble:
        key_place(tmp_path / "data" / "kiosk.db", "system")
    assert trouble.value.code is Code.CREDENTIAL_STORE_UNUSABLE


@pytest.mark.linux("D-Bus")
@pytest.mark.usefixtures("no_session")
def test_keys_in_a_credential_store_that_is_gone_are_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    database = tmp_path / "data" / "kiosk.db"
    (tmp_path / "keys" / f"{key_name(database.parent)}.system").touch()
    with pytest.raises(Unavailable) as trouble:
        key_place(database, "auto", tmp_path / "keys")
    assert (trouble.value.code, trouble.value.params["reason"]) == (Code.CREDENTIAL_STORE_UNUSABLE, "secret-service")


@pytest.mark.linux("D-Bus")
def test_a_session_bus_that_never_answers_does_not_hold_us(tmp_path: Path) -> None:
    def greet_and_fall_silent() -> None:
        connection, _ = bus.accept()
        with connection:
            while line := connection.recv(1000):
                if b"AUTH" in line:
                    connection.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
                elif b"NEGOTIATE" in line:
                    connection.sendall(b"AGREE_UNIX_FD\r\n")

    with closing(socket.socket(socket.AF_UNIX)) as bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen()
        thread = threading.Thread(target=greet_and_fall_silent)
        thread.start()
        # In a process of its own, since the thread that asks stays behind.
        code = "import kiosk.store.credentials as c; print(c.system_credentials('a', __import__('pathlib').Path('a')))"
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus", "PYTHONPATH": os.getcwd()}
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False, timeout=30)
        thread.join()
    assert (ran.stdout, ran.returncode) == ("None\n", 0), ran.stderr


@pytest.mark.linux("D-Bus")
@pytest.mark.usefixtures("no_session")
def test_without_a_session_bus_there_are_no_system_credentials(tmp_path: Path) -> None:
    assert system_credentials("a", tmp_path / "a.system") is None


def test_a_store_that_was_marked_as_moved_meanwhile_is_not_taken_back(tmp_path: Path, no_session: None) -> None:
    """Whoever had loaded the keys before a move marked them, and opened the store only afterwards."""
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n')
    place = key_place(home.store, "file", tmp_path / "keys")
    settings = read_settings(home.config)
    open_repository(home, settings, place)[0].close()
    record = place.store.load()
    assert record is not None
    place.store.save(replace(record, folder=str(tmp_path / "new")))
    with pytest.raises(Unavailable) as said:
        place.remember(record.store or "")
    assert said.value.code is Code.STORE_MOVED
    left = place.store.load()
    assert left is not None
    assert left.folder == str(tmp_path / "new")
