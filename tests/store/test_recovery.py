"""Recovery of a lost counter on an empty machine, with the sheet and a stick."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.ledger.recovery_sheet import sheet
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.recovery import make_backup, restore, seal, unseal
from kiosk.store.repository import Repository
from tests.support.error_code import code_of

OpenStore = Callable[..., Repository]

CARD, NUMBER = LinkToken(b"a" * 32), LibraryCardNumber("2104067853")
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def backup(store: Repository, path: Path, keys: Keys, tmp_path: Path) -> Path:
    """A backup made while the store is in use; then the machine is lost."""
    store.save_link(uuid4(), CARD, NUMBER, revocation=Revocation.GOOD)
    copy = make_backup(path, keys, tmp_path / "stick", NOW)
    store.save_link(uuid4(), LinkToken(b"b" * 32), LibraryCardNumber("2104067861"), revocation=Revocation.GOOD)
    store.close()
    shutil.rmtree(path.parent)
    return copy


@pytest.fixture
def empty(tmp_path: Path, path: Path) -> KeyPlace:
    """Another machine: no keys, no anchor."""
    return key_place(path, "file", tmp_path / "new")


@pytest.fixture
def paper(keys: Keys) -> str:
    return sheet(keys.site, date(2026, 11, 23))


@pytest.mark.linux("file modes")
def test_a_backup_is_brought_back(backup: Path, empty: KeyPlace, paper: str, path: Path, keys: Keys, open_store: OpenStore) -> None:
    assert restore(empty, paper, backup, "窓口1", NOW).keys == keys
    again = open_store(keys=empty.open_keys())
    assert [link.number for link in again.list_links(masked=False)] == [NUMBER.text]
    assert again.verify_audit() is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir() if "restored" in file.name] == []


def test_on_its_own_machine_a_counter_is_still_known_to_the_librarys_server(backup: Path, empty: KeyPlace, paper: str, keys: Keys) -> None:
    empty.store.save(KeyRecord(keys, "0" * 32, "/elsewhere", secret="kioskc-x", authority="ab" * 32))
    restore(empty, paper, backup, "窓口1", NOW)
    record = empty.store.load()
    assert record is not None
    assert (record.secret, record.authority) == ("kioskc-x", "ab" * 32)


@pytest.mark.linux("file modes")
def test_a_backup_tells_nothing_without_the_sheet(backup: Path, keys: Keys) -> None:
    assert sorted(file.name for file in backup.parent.iterdir()) == ["kiosk-20261123-030000.db", "kiosk-20261123-030000.keys"]
    for file in backup.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        for secret in (keys.site, keys.database, CARD.digest, NUMBER.text.encode()):
            assert secret not in file.read_bytes()
    assert code_of(lambda: unseal(backup.with_suffix(".keys").read_bytes(), b"x" * 32)) is Code.RECOVERY_MISMATCH


def test_two_backups_in_one_second(store: Repository, path: Path, keys: Keys, tmp_path: Path) -> None:
    assert {make_backup(path, keys, tmp_path / "stick", NOW).name for _ in range(2)} == {
        "kiosk-20261123-030000.db",
        "kiosk-20261123-030000-2.db",
    }
    assert len(list((tmp_path / "stick").iterdir())) == 4


def test_the_sheet_alone_brings_the_site_key_back(empty: KeyPlace, paper: str, path: Path, keys: Keys) -> None:
    restored = restore(empty, paper, None, "窓口1", NOW).keys
    assert restored.site == keys.site
    assert restored.database != keys.database
    assert empty.open_keys() == restored


def test_nothing_is_replaced(backup: Path, empty: KeyPlace, paper: str, path: Path, keys: Keys) -> None:
    empty.store.save(KeyRecord(Keys.fresh()))
    other = empty.store.load()
    assert code_of(lambda: restore(empty, paper, backup, "窓口1", NOW)) is Code.RECOVERY_OCCUPIED
    assert empty.store.load() == other
    assert not path.exists()
    path.parent.mkdir()
    path.write_bytes(b"something")
    assert code_of(lambda: restore(key_place(path, "file", path.parent / "k"), paper, backup, "窓口1", NOW)) is Code.RECOVERY_OCCUPIED
    assert path.read_bytes() == b"something"


def test_the_store_may_come_back_to_a_machine_that_kept_its_keys(
    backup: Path, empty: KeyPlace, paper: str, path: Path, keys: Keys, open_store: OpenStore
) -> None:
    empty.store.save(KeyRecord(keys))
    restore(empty, paper, backup, "窓口1", NOW)
    assert open_store().count_links() == 1


@pytest.mark.parametrize("which", [".db", ".keys"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(backup: Path, empty: KeyPlace, paper: str, path: Path, which: str) -> None:
    damaged = backup.with_suffix(which)
    content = bytearray(damaged.read_bytes())
    content[-20] ^= 1
    damaged.write_bytes(content)
    expected = Code.STORE_DAMAGED if which == ".db" else Code.RECOVERY_MISMATCH
    assert code_of(lambda: restore(empty, paper, backup, "窓口1", NOW)) is expected
    assert empty.store.load() is None
    assert not path.exists()


def test_a_backup_without_its_keys(backup: Path, empty: KeyPlace, paper: str, path: Path) -> None:
    backup.with_suffix(".keys").unlink()
    assert code_of(lambda: restore(empty, paper, backup, "窓口1", NOW)) is Code.STORE_KEY_MISSING
    assert empty.store.load() is None


def test_a_damaged_store_makes_no_backup(store: Repository, path: Path, keys: Keys, tmp_path: Path) -> None:
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 + 77] ^= 1
    path.write_bytes(content)
    with pytest.raises(Unavailable) as trouble:
        make_backup(path, keys, tmp_path / "stick", NOW)
    assert trouble.value.code is Code.STORE_DAMAGED
    assert list((tmp_path / "stick").iterdir()) == []


def test_sealed_keys_differ_each_time(keys: Keys) -> None:
    assert seal(keys) != seal(keys)
    assert unseal(seal(keys), keys.site) == keys


def test_of_a_damaged_store_the_stick_is_not_blamed(open_store: OpenStore, path: Path, keys: Keys, tmp_path: Path) -> None:
    """A store of pages of two times, as an older copy written into it leaves."""
    with open_store() as store:
        for card in range(60):
            store.save_link(uuid4(), LinkToken(bytes([card]) * 32), LibraryCardNumber(f"21040{card:05}"), revocation=Revocation.GOOD)
    older = path.read_bytes()
    with open_store() as store:
        for card in range(60, 200):
            store.save_link(uuid4(), LinkToken(bytes([card]) * 32), LibraryCardNumber(f"21040{card:05}"), revocation=Revocation.GOOD)
    newer, size, told = path.read_bytes(), 4096, []
    for page in range(0, len(older), size):
        path.write_bytes(newer[:page] + older[page : page + size] + newer[page + size :])
        try:
            make_backup(path, keys, tmp_path / "stick", NOW)
        except Unavailable as error:
            told.append(error.code)
    assert len(told) > 5
    assert {*told} == {Code.STORE_DAMAGED}
    assert not [file for file in (tmp_path / "stick").iterdir() if file.suffix not in {".db", ".keys"}]
