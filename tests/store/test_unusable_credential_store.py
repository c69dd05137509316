"""A credential store that opens and then refuses: which place `auto` takes, and what is said. Windows does so with error 1312."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.recovery import begin_anew
from kiosk.store.repository import Repository
from tests.support.store.credentials_in_memory import CredentialsInMemory

REFUSALS = [("CredRead", "CredWrite"), ("CredWrite",), ("CredDelete",)]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> CredentialsInMemory:
    return CredentialsInMemory().install(monkeypatch)


def place_of(path: Path, where: str = "auto") -> KeyPlace:
    return key_place(path, where, path.parents[1] / "keys")


def refusal(path: Path, where: str = "auto") -> Unavailable:
    with pytest.raises(Unavailable) as trouble:
        place_of(path, where).open_keys()
    return trouble.value


@pytest.mark.parametrize("refused", REFUSALS, ids=str)
def test_the_first_keys_go_into_a_file_and_stay_there(platform: CredentialsInMemory, path: Path, refused: tuple[str, ...]) -> None:
    platform.refused = set(refused)
    first = place_of(path)
    assert first.passed_over is not None
    assert first.passed_over.code is Code.CREDENTIAL_STORE_UNUSABLE
    keys = first.open_keys()
    assert first.store.describe().kind == "file"
    platform.refused = set()
    later = place_of(path)
    assert (later.open_keys(), later.store.describe().kind, later.passed_over) == (keys, "file", None)


def test_a_store_that_can_be_used_is_and_keeps_nothing_of_being_tried(platform: CredentialsInMemory, path: Path) -> None:
    place = place_of(path)
    assert platform.entries == {}
    keys = place.open_keys()
    assert place.store.describe().kind != "file"
    assert {KeyRecord(keys).encoded()} == platform.texts()


def test_being_tried_leaves_the_keys_alone(platform: CredentialsInMemory, path: Path) -> None:
    place = place_of(path)
    place.open_keys()
    before = {target: dict(entry) for target, entry in platform.entries.items()}
    place.store.try_out()
    assert platform.entries == before


@pytest.mark.parametrize("left", ["kiosk.db", "kiosk.db-wal"])
@pytest.mark.parametrize("where", ["auto", "system"])
def test_no_new_keys_hide_those_of_a_store(platform: CredentialsInMemory, path: Path, left: str, where: str) -> None:
    keys = place_of(path).open_keys()
    path.parent.mkdir()
    path.with_name(left).write_bytes(b"")
    platform.refused = {"CredRead", "CredWrite"}
    trouble = refusal(path, where)
    assert (trouble.code, trouble.params["error"]) == (Code.CREDENTIAL_STORE_UNUSABLE, "CredRead 1312")
    assert trouble.params["place"] == f"library-card-kiosk/{place_of(path, 'system').name}"
    assert not list((path.parents[1] / "keys").glob("*.json"))
    platform.refused = set()
    assert KeyRecord(keys) == place_of(path).store.load()


def test_nor_do_they_hide_keys_without_a_store(platform: CredentialsInMemory, path: Path, clock: Callable[[], datetime]) -> None:
    """As after a recovery sheet was typed in, or a store was begun anew."""
    place = place_of(path)
    begin_anew(place, clock())
    keys = place.store.load()
    platform.refused = {"CredRead", "CredWrite"}
    assert refusal(path).code is Code.CREDENTIAL_STORE_UNUSABLE
    platform.refused = set()
    assert place_of(path).store.load() == keys


def test_nor_those_of_a_store_that_only_its_anchor_tells_of(platform: CredentialsInMemory, path: Path) -> None:
    """An earlier version left no other trace."""
    place = place_of(path)
    place.folder.mkdir()
    place.anchor_path.write_bytes(b"")
    platform.refused = {"CredRead", "CredWrite"}
    assert refusal(path).code is Code.CREDENTIAL_STORE_UNUSABLE


def test_a_store_whose_keys_are_in_a_file_can_be_moved(
    platform: CredentialsInMemory, path: Path, open_store: Callable[..., Repository]
) -> None:
    platform.refused = {"CredRead", "CredWrite"}
    keys = place_of(path).open_keys()
    open_store(keys=keys).close()
    place_of(path).remember("ab" * 16)
    moved = path.parents[1] / "moved" / path.name
    path.parent.rename(moved.parent)
    assert refusal(moved).code is Code.STORE_MOVED
    place_of(moved).take_over()
    assert place_of(moved).open_keys() == keys


def test_where_the_credential_store_is_demanded_nothing_else_is_taken(platform: CredentialsInMemory, path: Path) -> None:
    platform.refused = {"CredWrite"}
    assert refusal(path, "system").params["error"] == "CredWrite 1312"
    assert not list((path.parents[1] / "keys").glob("*.json"))
    # As nothing was saved there, the choice is open.
    assert place_of(path).passed_over is not None


def test_keys_that_were_moved_away_are_no_longer_expected(platform: CredentialsInMemory, path: Path) -> None:
    place = place_of(path)
    place.open_keys()
    place.store.forget()
    assert list(place.folder.iterdir()) == []
    platform.refused = {"CredRead", "CredWrite"}
    assert place_of(path).passed_over is not None


def test_a_store_that_keeps_something_else_than_it_was_given_is_unusable(
    platform: CredentialsInMemory, path: Path, monkeypatch: pytest.MonkeyPatch, keys: Keys
) -> None:
    place = place_of(path, "system")
    place.store.save(KeyRecord(keys))
    monkeypatch.setattr(platform, "CredWrite", lambda Credential, Flags: None)
    with pytest.raises(Unavailable) as trouble:
        place.store.replace(KeyRecord(Keys.fresh()))
    assert trouble.value.params["error"] == "differs"


def test_what_is_said_holds_no_key(platform: CredentialsInMemory, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    record = KeyRecord(place_of(path).open_keys())
    platform.refused = {"CredWrite"}
    with pytest.raises(Unavailable) as trouble:
        place_of(path).store.replace(record)
    for text in (str(trouble.value.params), caplog.text):
        assert record.encoded()[30:60] not in text
