"""Keys that belong to the computer: in a file, sealed by Windows where that is there."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import open_file, salt_for
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.machine_key import MachineKeyStore


@pytest.fixture
def machine(tmp_path: Path) -> KeyPlace:
    return key_place(tmp_path / "data" / "kiosk.db", "machine", tmp_path / "keys")


def test_the_config_chooses_them_and_no_other_choice_finds_them(machine: KeyPlace, tmp_path: Path) -> None:
    keys = machine.open_keys()
    described = machine.store.describe()
    assert (described.kind, Path(described.place).parent) == ("machine", tmp_path / "keys")
    assert [path.suffix for path in (tmp_path / "keys").iterdir()] == [".machine"]
    assert key_place(machine.database, "machine", tmp_path / "keys").open_keys() == keys
    assert key_place(machine.database, "file", tmp_path / "keys").store.load() is None


def test_they_are_tried_out_without_being_there(machine: KeyPlace, tmp_path: Path) -> None:
    machine.store.try_out()
    assert machine.store.load() is None
    assert not (tmp_path / "keys").exists()


def test_they_are_found_where_the_folder_had_another_name(machine: KeyPlace, tmp_path: Path) -> None:
    keys = machine.open_keys()
    machine.database.parent.mkdir()
    machine.database.touch()
    with closing(open_file(machine.database, keys.database, salt=salt_for(keys.database))) as database:
        database.execute("CREATE TABLE anything (number)")
    machine.remember("identity")
    moved = tmp_path / "moved" / machine.database.name
    machine.database.parent.rename(moved.parent)
    with pytest.raises(Unavailable) as said:
        key_place(moved, "machine", tmp_path / "keys").open_keys()
    assert said.value.code is Code.STORE_MOVED


@pytest.mark.parametrize("content", [b"", b"\x00", b"{}", b"not keys"])
def test_a_file_without_keys_is_said_and_kept(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.machine"
    path.write_bytes(content)
    with pytest.raises(Unavailable) as said:
        MachineKeyStore(path).load()
    assert said.value.code is Code.STORE_KEY_UNREADABLE
    assert said.value.params["reason"] == ("not-of-this-computer" if os.name == "nt" else "damaged")
    assert path.read_bytes() == content
