"""A counter that was revoked: nothing is left that could be read, and a kill in between does not matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import Revocation
from kiosk.store.authority_file import keep_authority
from kiosk.store.enrolment import Joined, join, keep_secret
from kiosk.store.erasing import erase, finish_erasing
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.recovery import begin_anew
from kiosk.store.repository import Repository
from tests.support.store.enrolled import CARD_A, NUMBER_1, REGISTRY, unlink

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SECRET = "kioskc-" + "x" * 43


@pytest.fixture
def place(path: Path, tmp_path: Path) -> KeyPlace:
    """Of an enrolled counter, with all that can lie beside a store."""
    place = key_place(path, "file", tmp_path / "keys")
    with opened(place) as store:
        place.remember(store.identity)
    keep_secret(place, SECRET, "ab" * 32)
    join(place, Joined(REGISTRY, "窓口1", bytes(range(32)), 1, "ab" * 32), "窓口1", lambda: NOW)
    with opened(place) as store:
        unlink(store, NUMBER_1)
    keep_authority(path, b"authority")
    (path.parent / "backups").mkdir()
    for name in ("backups/kiosk-v4-20261101-000000.db", ".kiosk.db.0a1b2c3d.new", "kiosk.db-wal", "kiosk.db-wal.set-aside-20261101-000000"):
        (path.parent / name).write_bytes(b"an old copy")
    for name in (f".{place.anchor_path.name}.123", f"{place.anchor_path.name}.set-aside-20261101-000000"):
        place.anchor_path.with_name(name).write_bytes(b"an old anchor")
    return place


def opened(place: KeyPlace) -> Repository:
    keys = place.open_keys()
    return Repository(place.database, keys, "窓口1", lambda: NOW, anchor=place.anchor(keys))


def files(place: KeyPlace) -> list[str]:
    folders = (place.database.parent, place.folder)
    return sorted(file.name for folder in folders for file in folder.rglob("*") if file.is_file())


def test_of_a_revoked_counter_nothing_is_left(place: KeyPlace) -> None:
    before = place.store.load()
    (place.database.parent / "slips.pdf").write_bytes(b"not ours")
    erase(place)
    assert files(place) == sorted([Path(place.store.describe().place).name, "slips.pdf"])
    record = place.store.load()
    assert before is not None
    assert record is not None
    assert {record.keys.database, record.keys.site}.isdisjoint({before.keys.database, before.keys.site})
    assert SECRET not in Path(place.store.describe().place).read_text()


def test_it_does_not_start_as_if_nothing_had_been(place: KeyPlace) -> None:
    """It would register cards nobody else knows."""
    erase(place)
    for start in (place.open_keys, place.check_first_start):
        with pytest.raises(Unavailable) as trouble:
            start()
        assert trouble.value.code is Code.COUNTER_REVOKED
    begin_anew(place, NOW)
    with opened(place) as store:
        assert (store.doubt, store.is_enrolled(), store.count_links()) == (None, False, 0)
        store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.GOOD)


@pytest.mark.parametrize("lost", range(9))
def test_a_kill_in_between_is_made_good(place: KeyPlace, lost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys go first: whatever files are left then, none can be read, and the next start removes them."""
    left = iter(range(lost))
    unlink_file = Path.unlink

    def unlink_some(file: Path, missing_ok: bool = False) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        unlink_file(file, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink_some)
        with pytest.raises(KeyboardInterrupt):
            erase(place)
    if lost:
        with pytest.raises(Unavailable) as trouble:
            place.open_keys()
        assert trouble.value.code is Code.COUNTER_REVOKED
    finish_erasing(place)
    if lost:
        assert len(files(place)) == 1


def test_nothing_is_erased_without_having_been_begun(place: KeyPlace, open_store: Callable[..., Repository]) -> None:
    before = files(place)
    finish_erasing(place)
    assert files(place) == before
