"""The keys in Windows' Credential Manager: on this computer alone, and nothing of what they replaced.

The first half asks a stand-in for Windows, the last tests Windows itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.Windows import WinVaultKeyring

from kiosk.config.settings import LogSettings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.log import kept_in
from kiosk.store.erasing import finish_erasing
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord, Keys, UnderWay
from kiosk.store.windows_credentials import CredentialManager
from tests.support.store.credentials_in_memory import ENTERPRISE, LOCAL_MACHINE, NOT_FOUND, SERVICE, CredentialsInMemory


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> CredentialsInMemory:
    return CredentialsInMemory().install(monkeypatch)


def manager(tmp_path: Path, name: str = "a") -> CredentialManager:
    return CredentialManager(name, tmp_path / "keys" / f"{name}.system")


def save_as_before(record: KeyRecord, name: str = "a") -> None:
    """As the version did that left keyring's default."""
    backend: KeyringBackend = WinVaultKeyring()  # type: ignore[no-untyped-call]
    backend.set_password(SERVICE, name, record.encoded())


def test_what_is_saved_stays_on_this_computer(windows: CredentialsInMemory, keys: Keys, tmp_path: Path) -> None:
    manager(tmp_path).save(KeyRecord(keys))
    assert windows.persistence() == {LOCAL_MACHINE}
    assert manager(tmp_path).load() == KeyRecord(keys)


def test_no_home_writes_where_another_does(windows: CredentialsInMemory, tmp_path: Path) -> None:
    """Two that save at the same moment know nothing of each other: what both write, one of them loses."""
    for name in ("a", "b", "a", "b"):
        manager(tmp_path, name).replace(KeyRecord(Keys.fresh()))
    for name in ("a", "b"):
        manager(tmp_path, name).settle()
    targets = [target for target, user in windows.written if user in ("a", "b")]
    assert len(targets) == len(set(targets))


def test_keys_under_the_name_that_all_homes_shared_move_to_their_own(windows: CredentialsInMemory, tmp_path: Path) -> None:
    records = {name: KeyRecord(Keys.fresh()) for name in ("a", "b")}
    for name, record in records.items():
        save_as_before(record, name)
    for name, record in records.items():
        assert manager(tmp_path, name).load() == record
        manager(tmp_path, name).settle()
        assert manager(tmp_path, name).load() == record
    assert not [target for target in windows.entries if target == SERVICE or target.endswith(f"@{SERVICE}")]
    for name in records:
        manager(tmp_path, name).forget()
    assert windows.entries == {}


@pytest.mark.parametrize("settled", [False, True])
def test_keys_of_before_are_nowhere_once_they_are_replaced(windows: CredentialsInMemory, keys: Keys, tmp_path: Path, settled: bool) -> None:
    save_as_before(KeyRecord(keys))
    if settled:
        manager(tmp_path).settle()
    fresh = KeyRecord(Keys.fresh())
    manager(tmp_path).replace(fresh)
    assert windows.texts() == {fresh.encoded()}


def test_keys_that_are_replaced_are_nowhere_afterwards(windows: CredentialsInMemory, keys: Keys, tmp_path: Path) -> None:
    store = manager(tmp_path)
    store.save(KeyRecord(keys))
    fresh = KeyRecord(Keys.fresh())
    store.replace(fresh)
    assert windows.texts() == {fresh.encoded()}
    store.forget()
    assert windows.entries == {}


@pytest.mark.parametrize("writes", range(4))
def test_keys_whose_replacement_was_cut_off_are_nowhere_once_it_is_settled(
    windows: CredentialsInMemory, keys: Keys, tmp_path: Path, writes: int
) -> None:
    store, before, fresh = manager(tmp_path), KeyRecord(keys), KeyRecord(Keys.fresh())
    store.save(before)
    windows.writes = writes
    with pytest.raises(Unavailable):
        store.replace(fresh)
    present = store.load()
    assert present == (before if writes < 2 else fresh)
    windows.writes = None
    store.settle()
    assert store.load() == present
    assert windows.texts() == {present.encoded()}


def test_keys_that_an_earlier_version_erased_are_nowhere_either(windows: CredentialsInMemory, keys: Keys, tmp_path: Path) -> None:
    erased = KeyRecord(Keys.fresh(), under_way=UnderWay(AdministrativeAct.ERASED))
    save_as_before(KeyRecord(keys))
    save_as_before(erased)
    assert KeyRecord(keys).encoded() in windows.texts()
    finish_erasing(KeyPlace(tmp_path / "data" / "kiosk.db", manager(tmp_path), "a", "auto", tmp_path / "keys"))
    assert windows.texts() == {erased.encoded()}


@pytest.mark.parametrize("others", [(), ("before",), ("after",), ("before", "after")], ids=str)
@pytest.mark.parametrize("writes", range(6))
def test_saving_anew_loses_nothing_wherever_it_ends(
    windows: CredentialsInMemory, keys: Keys, tmp_path: Path, others: tuple[str, ...], writes: int
) -> None:
    """Also beside other counters' entries: one may have the service's own name, and ours the longer one."""
    records = {"before": KeyRecord(Keys.fresh()), "a": KeyRecord(keys, "ab" * 16, "C:\\図書館"), "after": KeyRecord(Keys.fresh())}
    for name in records:
        if name == "a" or name in others:
            save_as_before(records[name], name)
    assert windows.persistence() == {ENTERPRISE}
    windows.writes = writes
    with nullcontext() if writes >= 3 else pytest.raises(Unavailable, match=Code.CREDENTIAL_STORE_UNUSABLE):
        manager(tmp_path).settle()
    for name in ("a", *others):
        assert manager(tmp_path, name).load() == records[name]
    windows.writes = None
    for name in ("a", *others):
        manager(tmp_path, name).settle()
        assert manager(tmp_path, name).load() == records[name]
    assert windows.persistence() == {LOCAL_MACHINE}


@pytest.mark.parametrize("broken", ["win32cred", "WinVaultKeyring"])
def test_parts_that_cannot_be_used_are_a_store_that_cannot(
    windows: CredentialsInMemory, tmp_path: Path, monkeypatch: Any, broken: str
) -> None:
    monkeypatch.delattr("keyring.backends.Windows." + broken)
    for act in (manager(tmp_path).load, manager(tmp_path).try_out, manager(tmp_path).settle):
        with pytest.raises(Unavailable) as trouble:
            act()
        assert trouble.value.code is Code.CREDENTIAL_STORE_UNUSABLE


def test_what_is_settled_is_not_written_again(windows: CredentialsInMemory, keys: Keys, tmp_path: Path) -> None:
    manager(tmp_path).save(KeyRecord(keys))
    windows.refused = {"CredWrite"}
    manager(tmp_path).settle()
    manager(tmp_path, "nobody").settle()


def test_keys_that_cannot_be_saved_anew_open_the_store_all_the_same(windows: CredentialsInMemory, keys: Keys, tmp_path: Path) -> None:
    save_as_before(KeyRecord(keys))
    windows.refused = {"CredWrite"}
    place = KeyPlace(tmp_path / "data" / "kiosk.db", manager(tmp_path), "a", "auto", tmp_path / "keys")
    with kept_in(tmp_path / "logs", LogSettings()):
        assert place.open_keys() == keys
    # As it reads there: a record may say more than is written of it.
    assert "saved them: CredWrite 1312\n" in (tmp_path / "logs" / "kiosk.log").read_text("utf-8")
    assert windows.persistence() == {ENTERPRISE}
    windows.refused = set()
    assert place.open_keys() == keys
    assert windows.persistence() == {LOCAL_MACHINE}


# --- Windows itself -----------------------------------------------------------------------------------------------------

if sys.platform == "win32":
    # CRED_PERSIST_LOCAL_MACHINE is 2: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw
    from win32ctypes.pywin32 import pywintypes, win32cred

    @pytest.fixture
    def path(tmp_path: Path) -> Iterator[Path]:
        """A database that is not there yet, in a folder of which Credential Manager knows nothing."""
        database = tmp_path / uuid4().hex / "kiosk.db"
        yield database
        place = key_place(database, "system", tmp_path / "keys")
        place.store.forget()
        assert entries_of(place) == []

    def entries_of(place: KeyPlace) -> list[tuple[object, object]]:
        """How long each entry lasts, and what it holds."""
        return [(entry["Persist"], entry["CredentialBlob"].decode("utf-16")) for entry in everything() if entry["UserName"] == place.name]

    def everything() -> list[dict[str, Any]]:
        try:
            return list(win32cred.CredEnumerate())
        except pywintypes.error as error:
            assert error.winerror == NOT_FOUND  # noqa: PT017 - there is nothing at all
            return []

    def test_windows_keeps_the_keys_on_this_computer(path: Path, tmp_path: Path) -> None:
        place = key_place(path, "auto", tmp_path / "keys")
        keys = place.open_keys()
        assert place.store.describe().kind == "credential-manager"
        assert set(entries_of(place)) == {(LOCAL_MACHINE, KeyRecord(keys).encoded())}

    def test_windows_keeps_the_keys_of_before_on_this_computer_from_the_next_opening_on(path: Path, tmp_path: Path, keys: Keys) -> None:
        place = key_place(path, "system", tmp_path / "keys")
        save_as_before(KeyRecord(keys), place.name)
        assert {persist for persist, _ in entries_of(place)} == {ENTERPRISE}
        assert place.open_keys() == keys
        assert set(entries_of(place)) == {(LOCAL_MACHINE, KeyRecord(keys).encoded())}
        assert key_place(path, "system", tmp_path / "keys").open_keys() == keys

    def test_windows_is_tried_with_an_entry_that_is_gone_afterwards(path: Path, tmp_path: Path) -> None:
        before = everything()
        key_place(path, "system", tmp_path / "keys").store.try_out()
        assert everything() == before
