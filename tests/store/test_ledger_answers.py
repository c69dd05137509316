"""What an enrolled counter makes of answers, entries and snapshots that are repeated, late or wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.decide import Closed, Epochs, Opened
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.feed import PlacedLink, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken, OperationKind, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.states import Problem
from kiosk.domain.wire import Position
from kiosk.store.cipher import open_file
from kiosk.store.key_location import key_place
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import (
    CARD_A,
    CARD_B,
    CARD_C,
    NAME,
    NOTHING_SAFE,
    NUMBER_1,
    NUMBER_2,
    REGISTRY,
    entry,
    load,
    opened,
    save,
    shown,
    unlink,
)

OpenStore = Callable[..., Repository]


@pytest.fixture
def store(enrolled_store: Repository) -> Repository:
    return enrolled_store


def test_a_repeat_gets_the_first_answer(store: Repository) -> None:
    operation, stop = save(store, CARD_A, NUMBER_1), unlink(store, NUMBER_2)
    assert store.close_link(stop, NUMBER_2, UnlinkReason.LOST)
    for number, reason in ((NUMBER_1, UnlinkReason.LOST), (NUMBER_2, UnlinkReason.WISH)):
        with pytest.raises(Refused) as refusal:
            store.close_link(stop, number, reason)
        assert refusal.value.code is Code.OPERATION_REUSED
    store.answer({operation: RefusedFor(Code.STOPPED_SINCE)}, 1)
    with pytest.raises(Refused) as refusal:
        store.save_link(operation, CARD_A, NUMBER_1, revocation=Revocation.GOOD)
    assert refusal.value.code is Code.STOPPED_SINCE


def test_who_made_the_news_hears_of_it(store: Repository) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    (own,) = store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1, operation)), operation=operation)], NOTHING_SAFE)
    assert (own.operation.origin.uuid, own.state) == (operation, AcceptedAt(Position(1, 1)))
    assert store.answer({operation: AcceptedAt(Position(1, 1))}, 1) == []
    with pytest.raises(ValueError, match="epoch"):
        store.answer({operation: AcceptedAt(Position(7, 1))}, 1)


@pytest.mark.parametrize(
    "change",
    [
        Opened(opened(CARD_A, NUMBER_2)),
        Opened(opened(CARD_B, NUMBER_1)),
        Closed.of(opened(CARD_A, NUMBER_2)),
        Closed.of(opened(CARD_C, NUMBER_2)),
    ],
)
def test_an_entry_that_does_not_fit_the_links_applies_nothing(store: Repository, change: Opened | Closed) -> None:
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    with pytest.raises(ValueError, match="what is"):
        store.follow([entry(2, Opened(opened(CARD_C, LibraryCardNumber("0000000018")))), entry(3, change)], NOTHING_SAFE)
    assert (store.position(), shown(store)) == (Position(1, 1), [(NUMBER_1.text, False)])


def test_a_long_page_is_applied_in_parts(store: Repository) -> None:
    """So that nobody waits for the whole of it; what an entry that does not fit comes behind stays."""
    entries = [
        entry(place, Opened(opened(LinkToken(place.to_bytes(32, "big")), LibraryCardNumber(f"{place:010}")))) for place in range(1, 121)
    ]
    wrong = entry(121, Closed(CARD_A, NUMBER_1))
    with pytest.raises(ValueError, match="what is not open"):
        store.follow([*entries, wrong], NOTHING_SAFE)
    reached = store.position().cursor
    assert 50 <= reached < 121
    assert len(shown(store)) == reached
    store.follow(entries[reached:], NOTHING_SAFE)
    assert (store.position().cursor, len(shown(store))) == (120, 120)


def test_only_a_counter_without_links_and_alone_is_enrolled(open_store: OpenStore) -> None:
    """The server's first snapshot would replace what it has registered."""
    store = open_store()
    for apply in (lambda: store.follow([], Position()), lambda: load(store, Snapshot(Epochs(), 0, ()), Position())):
        with pytest.raises(ValueError, match="its own feed"):
            apply()
    store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.GOOD)
    with pytest.raises(ValueError, match="without links"):
        store.enrol(REGISTRY, NAME)
    store.close_link(uuid4(), NUMBER_1, UnlinkReason.WISH)
    store.enrol(REGISTRY, NAME)
    with pytest.raises(ValueError, match="already"):
        store.enrol(REGISTRY, "窓口9")


def test_a_snapshot_may_mend_links_that_differ(open_store: OpenStore, path: Path, keys: Keys, tmp_path: Path) -> None:
    """At the position already reached, without being taken for tampering."""
    place = key_place(path, "file", tmp_path / "keys")
    with open_store(anchor=place.anchor(keys)) as store:
        store.enrol(REGISTRY, NAME)
        load(store, Snapshot(Epochs(1), 1, ()), NOTHING_SAFE)
        load(store, Snapshot(Epochs(1), 1, (PlacedLink(opened(CARD_A, NUMBER_1), 1),)), NOTHING_SAFE)
        assert (store.doubt, shown(store)) == (None, [(NUMBER_1.text, False)])
    with open_store(anchor=place.anchor(keys)) as store:
        assert store.doubt is None


def test_an_older_store_without_newer_acts_is_behind_by_its_position(open_store: OpenStore, path: Path, keys: Keys, tmp_path: Path) -> None:
    place = key_place(path, "file", tmp_path / "keys")
    with open_store(anchor=place.anchor(keys)) as store:
        store.enrol(REGISTRY, NAME)
    older = path.read_bytes()
    with open_store(anchor=place.anchor(keys)) as store:
        store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1))), entry(2, Closed.of(opened(CARD_A, NUMBER_1)))], Position())
    path.write_bytes(older)
    with open_store(anchor=place.anchor(keys)) as store:
        assert store.doubt == Problem(Code.STORE_BEHIND, (("lacking", 2),))


def test_a_refusal_is_told_to_staff_in_their_words(store: Repository) -> None:
    operation, _ = unlink(store, NUMBER_1), save(store, CARD_A, NUMBER_2)
    store.answer({operation: RefusedFor(Code.OPERATION_NEWER)}, 1)
    (told,) = store.refused_operations()
    assert (told.operation, told.kind, told.code, told.masked) == (operation, OperationKind.UNLINK, Code.OPERATION_NEWER, NUMBER_1.masked)
    store.forget_refusal(operation)
    assert store.refused_operations() == ()


@pytest.mark.parametrize(
    "sql", ["UPDATE link SET since = 'yesterday'", "UPDATE link SET operation = 'op'", "UPDATE link SET counter = x'00'"]
)
def test_a_link_that_this_program_did_not_write_is_damage(store: Repository, path: Path, keys: Keys, sql: str) -> None:
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute(sql)
    with pytest.raises(Unavailable) as trouble:
        store.find(CARD_A)
    assert trouble.value.code is Code.STORE_DAMAGED
