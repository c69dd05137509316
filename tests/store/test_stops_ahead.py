"""What a counter hears before the feed brings it: stops, and that a new epoch runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.decide import Closed, Epochs, Opened, Stop
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.feed import PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor
from kiosk.domain.registry_wire import Deferred
from kiosk.domain.states import Problem
from kiosk.domain.wire import Position
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.stops import AT_ONCE
from tests.support.store.enrolled import (
    CARD_A,
    CARD_B,
    CARD_C,
    NOTHING_SAFE,
    NUMBER_1,
    NUMBER_2,
    entry,
    load,
    opened,
    save,
    shown,
    states,
    status,
    unlink,
)
from tests.support.store.staged import (
    NUMBER_3,
    PLACED_A,
    PLACED_B,
    at,
    member,
    numbers,
)

OpenStore = Callable[..., Repository]


@pytest.fixture
def store(open_store: OpenStore) -> Repository:
    return member(open_store())


def stopped(cursor: int, token: LinkToken | None, number: LibraryCardNumber) -> PlacedStop:
    return PlacedStop(Stop(cursor, "窓口2", cursor), token, number)


@pytest.fixture
def two(store: Repository) -> Repository:
    """With cards A and B."""
    told = at(2, PLACED_A, PLACED_B)
    store.stage_begin(told)
    store.stage_page([PLACED_A, PLACED_B], done=True)
    store.stage_swap(told)
    return store


def test_a_stop_heard_ahead_of_the_feed_hides_its_card_at_once(two: Repository, open_store: OpenStore) -> None:
    two.hear_stops([stopped(7, CARD_A, NUMBER_1)], 1)
    two.hear_stops([stopped(7, CARD_A, NUMBER_1)], 1)
    assert numbers(two) == [NUMBER_2.text]
    assert two.find(CARD_A) is None
    two.close()
    two = open_store()
    assert numbers(two) == [NUMBER_2.text]
    two.follow([entry(cursor) for cursor in range(3, 7)], NOTHING_SAFE)
    assert numbers(two) == [NUMBER_2.text]
    two.follow([entry(7, Closed(CARD_A, NUMBER_1)), entry(8, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    assert numbers(two) == [NUMBER_1.text, NUMBER_2.text]


@pytest.mark.parametrize(("token", "number"), [(None, NUMBER_1), (CARD_A, NUMBER_3)])
def test_a_stop_hides_by_its_number_as_by_its_card(two: Repository, token: LinkToken | None, number: LibraryCardNumber) -> None:
    two.hear_stops([stopped(7, token, number)], 1)
    assert numbers(two) == [NUMBER_2.text]


def test_many_stops_are_heard(two: Repository) -> None:
    two.hear_stops(
        [stopped(100 + place, None, LibraryCardNumber(f"{place:010}")) for place in range(450)] + [stopped(900, None, NUMBER_1)], 1
    )
    assert numbers(two) == [NUMBER_2.text]


def test_what_was_made_here_before_a_stop_is_not_shown(two: Repository) -> None:
    save(two, CARD_C, NUMBER_3)
    assert NUMBER_3.text in numbers(two)
    two.hear_stops([stopped(7, CARD_C, NUMBER_1)], 1)
    assert numbers(two) == [NUMBER_2.text]


def test_stops_of_another_epoch_and_those_already_passed_are_ignored(two: Repository) -> None:
    two.hear_stops([stopped(7, CARD_A, NUMBER_1)], 2)
    two.hear_stops([stopped(2, CARD_A, NUMBER_1)], 1)
    assert numbers(two) == [NUMBER_1.text, NUMBER_2.text]


def test_a_snapshot_passes_stops_too(two: Repository) -> None:
    two.hear_stops([stopped(4, CARD_A, NUMBER_1)], 1)
    again = PlacedLink(opened(CARD_A, NUMBER_1, UUID(int=9)), 5)
    two.stage_begin(at(5))
    two.stage_page([again, PLACED_B], done=True)
    assert numbers(two) == [NUMBER_2.text]
    assert two.stage_swap(at(5, again, PLACED_B))
    assert numbers(two) == [NUMBER_1.text, NUMBER_2.text]


def test_in_a_new_epoch_the_links_stay_served_and_what_was_lost_is_sent_again(two: Repository) -> None:
    kept, lost = save(two, CARD_C, NUMBER_3), unlink(two, NUMBER_1)
    two.answer({kept: AcceptedAt(Position(1, 3)), lost: AcceptedAt(Position(1, 4))}, 1)
    two.follow(
        [entry(3, Opened(opened(CARD_C, NUMBER_3, kept)), operation=kept), entry(4, Closed(CARD_A, NUMBER_1), operation=lost)], NOTHING_SAFE
    )
    epochs = Epochs(2, ((1, 3),))
    assert two.begin_epoch(epochs)
    assert not two.begin_epoch(epochs)
    assert (numbers(two), two.position()) == ([NUMBER_2.text, NUMBER_3.text], Position(1, 4))
    assert states(two) == [AcceptedAt(Position(2, 3)), Pending()]
    # Its answer counts before the snapshot has arrived; what an earlier epoch answered does not.
    two.answer({lost: AcceptedAt(Position(1, 4))}, 1)
    assert states(two)[1] == Pending()
    two.answer({lost: AcceptedAt(Position(2, 4))}, 2)
    assert states(two)[1] == AcceptedAt(Position(2, 4))
    told = status(Position(2, 3), (PLACED_A, PLACED_B, PlacedLink(opened(CARD_C, NUMBER_3, kept), 3)), epochs=epochs)
    two.stage_begin(told)
    two.stage_page([PLACED_A, PLACED_B, PlacedLink(opened(CARD_C, NUMBER_3, kept), 3)], done=True)
    assert two.stage_swap(told)
    assert (numbers(two), two.position()) == ([NUMBER_2.text, NUMBER_3.text], Position(2, 3))
    two.follow([entry(4, Closed(CARD_A, NUMBER_1), operation=lost)], Position(2, 4))
    assert (numbers(two), two.operations()) == ([NUMBER_2.text, NUMBER_3.text], [])


def test_a_stop_that_was_lost_counts_again_when_it_is_sent_again(two: Repository) -> None:
    """With it the link that it closed was lost, which this counter sends again too."""
    own = save(two, CARD_C, NUMBER_3)
    link = opened(CARD_C, NUMBER_3, own)
    two.follow([entry(3, Opened(link), operation=own), entry(4, Closed(CARD_C, NUMBER_3))], NOTHING_SAFE)
    assert NUMBER_3.text not in numbers(two)
    two.begin_epoch(Epochs(2, ((1, 2),)))
    assert (NUMBER_3.text, True) in shown(two)
    two.hear_stops([stopped(3, None, NUMBER_3)], 2)
    assert NUMBER_3.text not in numbers(two)


def test_cuts_may_become_known_later(two: Repository) -> None:
    assert two.begin_epoch(Epochs(1, ((0, 0),)))
    member = two.membership()
    assert member is not None
    assert (member.epochs, member.awaits_snapshot) == (Epochs(1, ((0, 0),)), False)


def test_what_is_deferred_stays_pending(two: Repository) -> None:
    own = save(two, CARD_C, NUMBER_3)
    assert two.answer({own: Deferred()}, 1) == []
    assert states(two) == [Pending()]


def test_a_link_refused_in_a_new_epoch_is_not_served_until_the_snapshot(two: Repository) -> None:
    """An earlier epoch had accepted it. It may have been refused because its card was reported lost."""
    own = save(two, CARD_C, NUMBER_3)
    two.follow([entry(3, Opened(opened(CARD_C, NUMBER_3, own)), operation=own)], NOTHING_SAFE)
    two.begin_epoch(Epochs(2, ((1, 2),)))
    assert NUMBER_3.text in numbers(two)
    two.answer({own: RefusedFor(Code.STOPPED_SINCE)}, 2)
    assert numbers(two) == [NUMBER_1.text, NUMBER_2.text]


def test_a_stop_that_this_program_did_not_write_is_damage(two: Repository, path: Path, keys: Keys) -> None:
    save(two, CARD_C, NUMBER_3)
    two.hear_stops([stopped(7, None, NUMBER_3)], 1)
    for wrong in ("number = 5", "token = x'00'"):
        with closing(open_file(path, keys.database)) as connection:
            connection.execute(f"UPDATE stop SET {wrong}")  # noqa: S608 - our own
        assert two.examine(aside=False) == Problem(Code.LINKS_ALTERED)


def test_the_feed_of_a_new_epoch_waits_for_its_snapshot(two: Repository) -> None:
    two.begin_epoch(Epochs(2, ((1, 2),)))
    for safe in (Position(1, 0), Position(2, 0)):
        with pytest.raises(ValueError, match="epoch"):
            two.follow([entry(3)], safe)
    with pytest.raises(ValueError, match="over"):
        two.begin_epoch(Epochs(1))


def test_a_stop_of_a_new_epoch_is_ahead_of_links_of_the_old(two: Repository) -> None:
    """Its cursor is lower than that of the links, part of which was lost."""
    two.follow([entry(3), entry(4), entry(5)], NOTHING_SAFE)
    two.begin_epoch(Epochs(2, ((1, 3),)))
    two.hear_stops([stopped(4, CARD_A, NUMBER_1)], 2)
    assert numbers(two) == [NUMBER_2.text]


def test_the_stops_that_a_snapshot_has_passed_go_in_parts(store: Repository, path: Path, keys: Keys) -> None:
    """A large library's server tells tens of thousands of them before the first snapshot: to erase all would lock others out meanwhile."""
    store.hear_stops([stopped(cursor, None, LibraryCardNumber(f"{cursor:010}")) for cursor in range(1, 2 * AT_ONCE + 2)], 1)
    passed = at(2 * AT_ONCE + 1)
    store.stage_begin(passed)
    store.stage_page([], done=True)
    assert store.stage_swap(passed)
    assert stop_rows(path, keys) == AT_ONCE + 1
    assert store.erase_old()
    assert stop_rows(path, keys) == 1
    assert not store.erase_old()
    assert stop_rows(path, keys) == 0
    assert store.examine(aside=False) is None


def test_stops_that_somebody_must_still_hear_of_are_not_waited_for(store: Repository, path: Path, keys: Keys) -> None:
    load(store, Snapshot(Epochs(1), 1, ()), NOTHING_SAFE)
    save(store, CARD_A, NUMBER_1)
    store.hear_stops([stopped(2, None, NUMBER_2)], 1)
    store.follow([entry(2)], NOTHING_SAFE)
    assert not store.erase_old()
    assert stop_rows(path, keys) == 1


@pytest.mark.parametrize("values", ["NULL, x'00', 9, '窓口2', 1", "'1001', '1001', 9, '窓口2', 1"])
def test_what_is_no_stop_is_not_projected(store: Repository, path: Path, keys: Keys, values: str) -> None:
    with closing(open_file(path, keys.database)) as connection:
        connection.execute(f"INSERT INTO stop (token, number, cursor, counter, sequence) VALUES ({values})")  # noqa: S608 - our own
    with pytest.raises(Unavailable) as trouble:
        store.begin_epoch(Epochs(1, ((0, 0),)))
    assert trouble.value.code is Code.STORE_DAMAGED


def stop_rows(path: Path, keys: Keys) -> int:
    with closing(open_file(path, keys.database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM stop").fetchone()
    return int(count)


def test_a_card_whose_link_was_ended_is_known_as_long_as_that_is_remembered(two: Repository) -> None:
    cards = [CARD_A, CARD_B, CARD_C]
    assert two.ended(cards) == ()
    unlink(two, NUMBER_1)
    assert two.ended(cards) == (CARD_A,)
    two.hear_stops([stopped(3, CARD_B, NUMBER_2)], 1)
    assert two.ended(cards) == (CARD_A, CARD_B)
    two.follow([entry(3, Closed(CARD_B, NUMBER_2), sequence=3)], NOTHING_SAFE)
    assert two.ended(cards) == (CARD_A, CARD_B)
