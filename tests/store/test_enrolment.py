"""A counter joins the library's server: keys, store and anchor follow each other, whatever is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.feed import PlacedLink, Snapshot
from kiosk.domain.model import Revocation, UnlinkReason
from kiosk.store.enrolment import Joined, finish_joining, join, keep_secret
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import Attempt, Joining, KeyRecord, Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import CARD_A, CARD_B, NOTHING_SAFE, NUMBER_1, NUMBER_2, REGISTRY, load, opened, save, shown, unlink

Clock = Callable[[], datetime]
LIBRARYS = bytes(range(100, 132))
JOINED = Joined(REGISTRY, "中央・1番窓口", LIBRARYS, 3, "ab" * 32)
SECRET = "kioskc-" + "x" * 43


@pytest.fixture
def place(path: Path, tmp_path: Path) -> KeyPlace:
    return key_place(path, "file", tmp_path / "keys")


@pytest.fixture
def begin(place: KeyPlace, clock: Clock) -> Callable[[], Repository]:
    """As `equipment.open_repository`."""

    def open_it() -> Repository:
        finish_joining(place, "窓口1", clock)
        keys = place.open_keys()
        store = Repository(place.database, keys, "窓口1", clock, anchor=place.anchor(keys), known=place.known_store())
        if store.is_in_order:
            place.remember(store.identity)
        return store

    return open_it


Begin = Callable[[], Repository]


@pytest.fixture
def used(begin: Begin, place: KeyPlace) -> KeyPlace:
    """A counter that was alone for a while, and has no links left; with its secret."""
    with begin() as store:
        store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.GOOD)
        store.close_link(uuid4(), NUMBER_1, UnlinkReason.WISH)
    keep_secret(place, SECRET, "ab" * 32)
    return place


def is_joined(begin: Begin, place: KeyPlace) -> None:
    record = place.store.load()
    assert record is not None
    with begin() as store:
        assert (store.doubt, store.troubles(), store.examine(aside=False)) == (None, (), None)
        member = store.membership()
        assert member is not None
        assert (member.registry, member.counter, member.key_generation) == (REGISTRY, "中央・1番窓口", 3)
        assert member.awaits_snapshot
        assert [row.act for row in store.audit_rows()].count(AdministrativeAct.ENROLLED) == 1
        assert store.verify_audit() is None
    record = place.store.load()
    assert record is not None
    assert (record.keys.site, record.secret, record.authority, record.joining) == (LIBRARYS, SECRET, "ab" * 32, None)


def test_the_librarys_site_key_replaces_the_counters_own(used: KeyPlace, begin: Begin, clock: Clock) -> None:
    before = used.store.load()
    join(used, JOINED, "窓口1", clock)
    is_joined(begin, used)
    record = used.store.load()
    assert before is not None
    assert record is not None
    assert record.keys.database == before.keys.database
    with begin() as store:
        load(store, Snapshot(Epochs(1), 1, (PlacedLink(opened(CARD_A, NUMBER_1), 1),)), NOTHING_SAFE, keys=record.keys, generation=3)
        save(store, CARD_B, NUMBER_2)
        assert [own.operation.origin.counter for own in store.operations()] == ["中央・1番窓口"]
        assert [own.operation.origin.key_generation for own in store.operations()] == [3]
    with begin() as store:
        assert len(shown(store)) == 2


@pytest.mark.parametrize("at", ["record", "store"])
def test_whoever_opens_it_next_finishes_it(used: KeyPlace, begin: Begin, clock: Clock, at: str) -> None:
    record = used.store.load()
    assert record is not None
    kept = used.anchor_path.read_bytes()
    join(used, JOINED, "窓口1", clock)
    joined = used.store.load()
    assert joined is not None
    joining = Joining(REGISTRY, "中央・1番窓口", 3, record.keys.site)
    used.store.replace(replace(joined, joining=joining))
    if at == "store":
        # The act was committed; the anchor is the one before it.
        used.anchor_path.write_bytes(kept)
    is_joined(begin, used)


def test_a_counter_with_links_of_its_own_is_not_enrolled(begin: Begin, place: KeyPlace, clock: Clock) -> None:
    with begin() as store:
        store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.GOOD)
    before = place.store.load()
    with pytest.raises(ValueError, match="without links"):
        join(place, JOINED, "窓口1", clock)
    assert place.store.load() == before
    with begin() as store:
        assert store.find(CARD_A) is not None


def test_a_store_in_doubt_is_not_enrolled(used: KeyPlace, begin: Begin, clock: Clock) -> None:
    used.anchor_path.unlink()
    with pytest.raises(Unavailable) as trouble:
        join(used, JOINED, "窓口1", clock)
    assert trouble.value.code is Code.STORE_DOUBTED


def test_enrolled_again_it_keeps_what_is_on_its_way(used: KeyPlace, begin: Begin, clock: Clock) -> None:
    """As after its store was restored from a backup, which has no secret."""
    join(used, JOINED, "窓口1", clock)
    with begin() as store:
        stop = unlink(store, NUMBER_2)
    keep_secret(used, SECRET, "cd" * 32)
    join(used, replace(JOINED, registry="https://new.example", authority="cd" * 32), "窓口1", clock)
    with begin() as store:
        assert store.doubt is None
        member = store.membership()
        assert member is not None
        assert member.registry == "https://new.example"
        assert [own.operation.origin.uuid for own in store.operations()] == [stop]
    for other in (replace(JOINED, counter="窓口9"), replace(JOINED, site_key=bytes(32))):
        with pytest.raises(ValueError, match=r"already|site key"):
            join(used, other, "窓口1", clock)


def test_a_record_with_all_of_it_is_read_back() -> None:
    joining = Joining(REGISTRY, '窓口"1', 3, bytes(range(32)))
    record = KeyRecord(Keys(bytes(32), bytes(32)), "ab", "/x", None, "", SECRET, "cd" * 32, joining, Attempt(SECRET, "ef" * 32))
    assert KeyRecord.decoded(record.encoded()) == record
    assert SECRET not in repr(record)
