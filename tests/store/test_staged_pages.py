"""The pages of a snapshot are read at different positions, and there may be many: with the feed they give one ledger."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.decide import Closed, Epochs, Opened, Stopped
from kiosk.domain.feed import FeedEntry, PlacedLink, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import (
    CARD_A,
    CARD_B,
    NOTHING_SAFE,
    NUMBER_1,
    NUMBER_2,
    entry,
    load,
    opened,
    shown,
)
from tests.support.store.staged import (
    LINK_A,
    LINK_B,
    PLACED_A,
    at,
    member,
    numbers,
    staged_rows,
)

OpenStore = Callable[..., Repository]


@pytest.fixture
def store(open_store: OpenStore) -> Repository:
    return member(open_store())


def test_a_number_that_moved_between_two_pages_is_where_it_went(store: Repository) -> None:
    """The first page was read before the card was replaced, the second afterwards."""
    store.stage_begin(at(1))
    store.stage_page([PLACED_A], done=False)
    moved = opened(CARD_B, NUMBER_1, UUID(int=9))
    store.stage_page([PlacedLink(moved, 2)], done=True)
    store.stage_feed([entry(2, Closed(CARD_A, NUMBER_1), Opened(moved))])
    assert store.stage_swap(at(2, PlacedLink(moved, 2)))
    assert numbers(store) == [NUMBER_1.text]


def test_a_card_that_was_opened_and_closed_since_is_closed(store: Repository) -> None:
    """Its page was read after all of that."""
    store.stage_begin(at(0))
    store.stage_page([], done=True)
    store.stage_feed([entry(1, Opened(LINK_A)), entry(2, Closed(CARD_A, NUMBER_1)), entry(3, Opened(LINK_B))])
    assert store.stage_swap(at(3, PlacedLink(LINK_B, 3)))


def test_what_a_page_holds_of_later_is_not_turned_back(store: Repository) -> None:
    later = PlacedLink(opened(CARD_A, NUMBER_2, UUID(int=9)), 3)
    store.stage_begin(at(1))
    store.stage_page([later], done=True)
    feed = [entry(2, Closed(CARD_A, NUMBER_1)), entry(3, Opened(later.link))]
    store.stage_feed(feed)
    assert store.stage_swap(at(3, later))


@pytest.mark.parametrize("seed", range(40))
def test_pages_of_any_positions_and_the_feed_give_the_ledger(store: Repository, seed: int) -> None:
    """A ledger goes on while its snapshot is read; with kills in between, and entries that come twice."""
    chance = random.Random(seed)
    cards = [LinkToken(bytes([number]) * 32) for number in range(6)]
    numbers = [LibraryCardNumber(f"{number:010}") for number in range(5)]
    table: dict[LinkToken, PlacedLink] = {}
    feed: list[FeedEntry] = []

    def go_on(count: int) -> None:
        for _ in range(count):
            card, number, cursor = chance.choice(cards), chance.choice(numbers), len(feed) + 1
            gone = [placed.link for placed in table.values() if placed.link.token == card or placed.link.number == number]
            for link in gone:
                del table[link.token]
            changes = [Closed.of(link) for link in gone]
            if chance.random() < 0.3:
                feed.append(entry(cursor, *changes, Stopped(number, card)))
                continue
            table[card] = PlacedLink(opened(card, number, UUID(int=cursor)), cursor)
            feed.append(entry(cursor, *changes, Opened(table[card].link)))

    go_on(5)
    begun = at(len(feed))
    store.stage_begin(begun)
    after = b""
    while True:
        page = sorted((one for one in table.values() if one.link.token.digest > after), key=lambda one: one.link.token.digest)[:2]
        done = chance.random() < 0.5 and len(page) < 2
        store.stage_page(page, done=done)
        if done:
            break
        after = page[-1].link.token.digest if page else after
        go_on(chance.randrange(4))
    go_on(chance.randrange(3))
    reached = begun.head.cursor
    while reached < len(feed):
        some = feed[reached : reached + chance.randint(1, 3)]
        store.stage_feed(some)
        reached += len(some)
    assert store.stage_swap(at(len(feed), *table.values()))
    assert {number for number, _ in shown(store)} == {placed.link.number.text for placed in table.values()}
    for placed in table.values():
        found = store.find(placed.link.token)
        assert found is not None
        assert (found.number, found.operation) == (placed.link.number, placed.link.operation)


def test_a_snapshot_of_many_parts_is_sorted_in_many_passes(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch, path: Path, keys: Keys
) -> None:
    """As one of millions is. Some numbers are in two pages, since they moved in between."""
    monkeypatch.setattr("kiosk.store.staging.SORTED", 40)
    monkeypatch.setattr("kiosk.store.opened_store.ROWS", 9)
    store = member(open_store())
    cards = [LinkToken(bytes([place // 256, place % 256]) * 16) for place in range(1, 401)]
    digits = [LibraryCardNumber(f"{place * 7919 % 400:010}") for place in range(400)]
    links = [PlacedLink(opened(cards[place], digits[place], UUID(int=place + 1)), place + 1) for place in range(400)]
    again = [LinkToken(bytes([255, place]) * 16) for place in (3, 77, 200)]
    moved = [PlacedLink(replace(links[token.digest[1]].link, token=token), 500 + token.digest[1]) for token in again]
    store.stage_begin(at(400))
    store.stage_page([*links, *moved], done=True)
    changes = [(Closed.of(links[place].link), Opened(new.link)) for place, new in zip((3, 77, 200), moved, strict=True)]
    feed = {500 + place: change for place, change in zip((3, 77, 200), changes, strict=True)}
    store.stage_feed([entry(cursor, *feed.get(cursor, ())) for cursor in range(401, 701)])
    whole = [link for link in links if link not in (links[3], links[77], links[200])] + moved
    assert store.stage_swap(at(700, *whole))
    assert len(shown(store)) == 400
    load(store, Snapshot(Epochs(1), 701, (PLACED_A,)), NOTHING_SAFE)
    assert staged_rows(path, keys) == (0, 0)
    assert numbers(store) == [NUMBER_1.text]
