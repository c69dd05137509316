"""Stops that a counter hears around a rotation of the site key: its links are under the key of before until the snapshot is there."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from kiosk.domain.decide import Stop
from kiosk.domain.feed import PlacedLink, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import Position
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import CARD_A, CARD_B, NUMBER_1, NUMBER_2, status
from tests.support.store.staged import PLACED_A, PLACED_B, PLACED_C, at, member, numbers

GENERATION, KEY = 1_796_000_000, bytes([7]) * 32


def under_new_key(token: LinkToken) -> LinkToken:
    return LinkToken(hmac.digest(KEY, token.digest, "sha256"))


def stopped(cursor: int, token: LinkToken, number: LibraryCardNumber) -> PlacedStop:
    return PlacedStop(Stop(cursor, "窓口2", cursor), token, number)


def load(store: Repository, links: list[PlacedLink], cursor: int, *, rotated: bool) -> None:
    keys = Keys(bytes(32), KEY)
    told = status(Position(1, cursor), links, keys=keys, generation=GENERATION) if rotated else at(cursor, *links)
    store.stage_begin(told)
    store.stage_page(links, done=True)
    store.stage_swap(told)


def stops(path: Path, keys: Keys) -> list[tuple[bytes | None, str]]:
    with closing(open_file(path, keys.database)) as connection:
        return [(token, number) for token, number in connection.execute("SELECT token, number FROM stop ORDER BY cursor")]


def test_what_is_stopped_around_a_rotation_is_hidden_until_the_feed_has_told_it(
    open_store: Callable[..., Repository], path: Path, keys: Keys
) -> None:
    store, links = member(open_store()), [PLACED_A, PLACED_B, PLACED_C]
    load(store, links, 3, rotated=False)
    store.hear_stops([stopped(7, CARD_A, NUMBER_1)], 1)
    store.take_keys(((GENERATION, KEY),))
    store.hear_stops([stopped(8, under_new_key(CARD_B), NUMBER_2)], 1)
    left = [PLACED_C.link.number.text]
    assert (numbers(store), store.find(CARD_A), store.find(CARD_B)) == (left, None, None)

    after = [replace(placed, link=replace(placed.link, token=under_new_key(placed.link.token))) for placed in links]
    load(store, after, 4, rotated=True)
    assert (numbers(store), store.find(CARD_A), store.find(CARD_B)) == (left, None, None)
    assert (found := store.find(PLACED_C.link.token)) is not None
    assert found.token == PLACED_C.link.token
    # The same stop, told again under the new key, is the one that is known.
    store.hear_stops([stopped(7, under_new_key(CARD_A), NUMBER_1)], 1)
    assert stops(path, keys) == [(under_new_key(CARD_A).digest, NUMBER_1.text), (None, NUMBER_2.text)]
    assert store.examine(aside=False) is None
