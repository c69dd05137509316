"""A snapshot is taken over while cards are served: page by page, proved, and in place at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.decide import Epochs, Opened
from kiosk.domain.feed import PlacedLink, Snapshot
from kiosk.domain.model import LinkToken, ReplaceReason
from kiosk.domain.operations import AcceptedAt, Pending
from kiosk.domain.wire import Position
from kiosk.store.cipher import open_file
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
    LINK_A,
    LINK_B,
    LINK_C,
    PLACED_A,
    PLACED_B,
    PLACED_C,
    at,
    erase,
    member,
    numbers,
    staged_rows,
)

OpenStore = Callable[..., Repository]


@pytest.fixture
def store(open_store: OpenStore) -> Repository:
    return member(open_store())


def test_until_the_swap_nothing_of_it_is_served(store: Repository) -> None:
    store.stage_begin(at(2, PLACED_A, PLACED_B))
    store.stage_page([PLACED_A], done=False)
    store.stage_page([PLACED_B], done=True)
    assert (shown(store), store.position()) == ([], Position())
    assert store.stage_swap(at(2, PLACED_A, PLACED_B))
    assert (numbers(store), store.position()) == ([NUMBER_1.text, NUMBER_2.text], Position(1, 2))
    assert store.staged() is None
    assert [row.act for row in store.audit_rows()][-1] == AdministrativeAct.LOADED
    store.follow([entry(3, Opened(LINK_C))], NOTHING_SAFE)
    assert len(shown(store)) == 3


def test_it_goes_on_after_a_kill_where_it_was(store: Repository, open_store: OpenStore) -> None:
    store.stage_begin(at(2))
    store.stage_page([PLACED_A], done=False)
    store.close()
    store = open_store()
    staged = store.staged()
    assert staged is not None
    assert (staged.begun, staged.reached, staged.count, staged.after) == (Position(1, 2), Position(1, 2), 1, CARD_A)
    assert not staged.is_loaded
    store.stage_page([PLACED_B], done=True)
    store.close()
    store = open_store()
    assert store.stage_swap(at(2, PLACED_A, PLACED_B))
    assert numbers(store) == [NUMBER_1.text, NUMBER_2.text]


@pytest.mark.parametrize(
    ("head", "floor", "goes_on"),
    [
        (Position(1, 2), 0, True),
        (Position(1, 9), 2, True),
        (Position(1, 9), 3, False),
        (Position(2, 2), 0, False),
        (Position(1, 1), 0, False),
    ],
)
def test_it_goes_on_where_the_feed_still_reaches(store: Repository, head: Position, floor: int, goes_on: bool) -> None:
    store.stage_begin(at(2))
    staged = store.staged()
    assert staged is not None
    assert staged.goes_on_at(status(head, floor=floor)) is goes_on


def test_what_is_not_the_servers_is_discarded(store: Repository) -> None:
    store.stage_begin(at(2))
    store.stage_page([PLACED_A, replace(PLACED_B, cursor=1)], done=True)
    assert not store.stage_swap(at(2, PLACED_A, PLACED_B))
    assert (store.staged(), shown(store), store.position()) == (None, [], Position())
    # Another begins by itself with what was left of it.
    store.stage_begin(at(1, PLACED_A))
    store.stage_page([PLACED_A], done=True)
    assert store.stage_swap(at(1, PLACED_A))
    assert numbers(store) == [NUMBER_1.text]


def test_only_at_the_head_it_is_compared(store: Repository) -> None:
    store.stage_begin(at(1))
    store.stage_page([PLACED_A], done=True)
    with pytest.raises(ValueError, match="staged up to"):
        store.stage_swap(at(2, PLACED_A, PLACED_B))
    store.stage_feed([entry(2, Opened(LINK_B))])
    assert store.stage_swap(at(2, PLACED_A, PLACED_B))


def test_the_old_links_are_erased(store: Repository, path: Path, keys: Keys) -> None:
    store.stage_begin(at(1))
    store.stage_page([PLACED_A], done=True)
    store.stage_swap(at(1, PLACED_A))
    store.stage_begin(at(2))
    store.stage_page([PLACED_B], done=True)
    assert store.stage_swap(at(2, PLACED_B))
    assert staged_rows(path, keys) == (1, 1)
    assert numbers(store) == [NUMBER_2.text]
    erase(store)
    assert staged_rows(path, keys) == (0, 0)


@pytest.mark.parametrize("tokens", [(CARD_B, CARD_A), (CARD_A, CARD_A)])
def test_links_come_in_the_order_of_their_tokens(store: Repository, tokens: Sequence[LinkToken]) -> None:
    """Also over the border of two pages: where it goes on is told by the last token."""
    store.stage_begin(at(2))
    store.stage_page([PlacedLink(opened(tokens[0], NUMBER_1), 1)], done=False)
    with pytest.raises(ValueError, match="order"):
        store.stage_page([PlacedLink(opened(tokens[1], NUMBER_2), 2)], done=True)


def test_nothing_is_staged_out_of_turn(store: Repository, open_store: OpenStore) -> None:
    for apply in (
        lambda: store.stage_page([], done=True),
        lambda: store.stage_feed([entry(1)]),
        lambda: store.stage_swap(at(0)),
        lambda: store.stage_begin(at(0, epoch=2)),
    ):
        with pytest.raises(ValueError, match=r"under way|not 1"):
            apply()
    store.stage_begin(at(0))
    with pytest.raises(ValueError, match="last page"):
        store.stage_feed([entry(1)])
    store.stage_page([], done=True)
    with pytest.raises(ValueError, match="last page"):
        store.stage_page([], done=True)
    with pytest.raises(ValueError, match="does not follow"):
        store.stage_feed([entry(2, Opened(LINK_A))])


def test_links_are_not_turned_back(store: Repository) -> None:
    store.stage_begin(at(0))
    store.stage_page([], done=True)
    assert store.stage_swap(at(0))
    store.stage_begin(at(0))
    store.stage_page([], done=True)
    store.follow([entry(1, Opened(LINK_A))], NOTHING_SAFE)
    with pytest.raises(ValueError, match="older"):
        store.stage_swap(at(0))
    store.stage_feed([entry(1, Opened(LINK_A))])
    assert store.stage_swap(at(1, PLACED_A))
    assert numbers(store) == [NUMBER_1.text]


def test_a_staging_of_an_epoch_that_is_over_gives_way(store: Repository) -> None:
    store.stage_begin(at(3))
    store.stage_page([PLACED_A], done=True)
    store.begin_epoch(Epochs(2, ((1, 2),)))
    staged = store.staged()
    assert staged is not None
    assert not staged.goes_on_at(at(2, epoch=2))
    store.stage_feed([])
    with pytest.raises(ValueError, match=r"older|epoch"):
        store.stage_swap(at(3, PLACED_A))
    store.stage_begin(status(Position(2, 2), epochs=Epochs(2, ((1, 2),))))
    assert store.staged() is not None


def test_a_staging_that_others_changed_is_found(store: Repository, path: Path, keys: Keys) -> None:
    store.stage_begin(at(3))
    store.stage_page([PLACED_A], done=False)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("UPDATE meta SET value = replace(value, ' 1 ', ' 2 ') WHERE name = 'ledger.staging'")
    assert store.examine(aside=False) is not None


def test_a_snapshot_in_one_page_is_the_ordinary_way(store: Repository) -> None:
    load(store, Snapshot(Epochs(1), 2, (PLACED_B, PLACED_A)), NOTHING_SAFE)
    assert numbers(store) == [NUMBER_1.text, NUMBER_2.text]


# --- what is done here meanwhile --------------------------------------------------------------------------------------


def test_what_is_done_meanwhile_is_shown_before_and_after(store: Repository) -> None:
    store.stage_begin(at(1))
    store.stage_page([PLACED_A], done=False)
    own = save(store, CARD_B, NUMBER_2)
    store.stage_page([], done=True)
    assert shown(store) == [(NUMBER_2.text, True)]
    assert store.stage_swap(at(1, PLACED_A))
    assert shown(store) == [(NUMBER_1.text, False), (NUMBER_2.text, True)]
    assert [one.operation.origin.uuid for one in store.operations()] == [own]


def test_the_feed_answers_what_was_done_here(store: Repository) -> None:
    own = save(store, CARD_B, NUMBER_2)
    store.stage_begin(at(1))
    store.stage_page([PLACED_A], done=True)
    link = opened(CARD_B, NUMBER_2, own, NAME)
    (told,) = store.stage_feed([entry(2, Opened(link), operation=own)])
    assert (told.operation.origin.uuid, told.state) == (own, AcceptedAt(Position(1, 2)))
    assert shown(store) == [(NUMBER_2.text, False)]
    assert store.stage_swap(at(2, PLACED_A, PlacedLink(link, 2)))
    assert shown(store) == [(NUMBER_1.text, False), (NUMBER_2.text, False)]
    assert states(store) == [AcceptedAt(Position(1, 2))]


def test_a_replacement_on_its_way_hides_what_the_snapshot_brings(store: Repository) -> None:
    load_a = at(1, PLACED_A)
    store.stage_begin(load_a)
    store.stage_page([PLACED_A], done=True)
    store.stage_swap(load_a)
    save(store, CARD_B, NUMBER_1, ReplaceReason.REISSUED)
    stop = unlink(store, NUMBER_2)
    store.stage_begin(at(2))
    store.stage_page([PLACED_A, replace(PLACED_C, link=opened(CARD_C, NUMBER_2))], done=True)
    assert store.stage_swap(at(2, PLACED_A, PlacedLink(opened(CARD_C, NUMBER_2), 3)))
    assert shown(store) == [(NUMBER_1.text, True)]
    store.answer({stop: AcceptedAt(Position(1, 2))}, 1)
    assert states(store) == [Pending(), AcceptedAt(Position(1, 2))]
