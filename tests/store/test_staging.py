"""A snapshot is taken over while cards are served: page by page, proved, and in place at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.decide import Closed, Epochs, Opened, Stop, Stopped
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor
from kiosk.domain.registry_wire import Deferred, LedgerStatus
from kiosk.domain.states import Problem
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
    REGISTRY,
    entry,
    load,
    opened,
    save,
    shown,
    states,
    status,
    unlink,
)

OpenStore = Callable[..., Repository]
NUMBER_3 = LibraryCardNumber("2104067879")
LINK_A = opened(CARD_A, NUMBER_1, UUID(int=1))
LINK_B = opened(CARD_B, NUMBER_2, UUID(int=2))
LINK_C = opened(CARD_C, NUMBER_3, UUID(int=3))
PLACED_A, PLACED_B, PLACED_C = (PlacedLink(link, place) for place, link in enumerate((LINK_A, LINK_B, LINK_C), 1))


@pytest.fixture
def store(open_store: OpenStore) -> Repository:
    """Enrolled; the server's first epoch runs."""
    store = open_store()
    store.enrol(REGISTRY, NAME)
    store.begin_epoch(Epochs(1))
    return store


def at(cursor: int, *links: PlacedLink, epoch: int = 1, floor: int = 0) -> LedgerStatus:
    return status(Position(epoch, cursor), links, floor=floor)


def erase(store: Repository) -> None:
    while store.erase_old():
        pass


def numbers(store: Repository) -> list[str]:
    return [number for number, _ in shown(store)]


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


def staged_rows(path: Path, keys: Keys) -> tuple[int, ...]:
    with closing(open_file(path, keys.database)) as connection:
        return tuple(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("staged_link", "staged_link_number"))  # noqa: S608


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


def test_a_snapshot_of_many_parts_is_sorted_in_many_passes(
    store: Repository, monkeypatch: pytest.MonkeyPatch, path: Path, keys: Keys
) -> None:
    """As one of millions is. Some numbers are in two pages, since they moved in between."""
    monkeypatch.setattr("kiosk.store.staging.SORTED", 40)
    monkeypatch.setattr("kiosk.store.staging.PART", 9)
    monkeypatch.setattr("kiosk.store.staging_store.PART", 9)
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


# --- pages read at different positions --------------------------------------------------------------------------------


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


# --- stops, and a new epoch -------------------------------------------------------------------------------------------


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


def test_a_staging_of_an_epoch_that_is_over_gives_way(two: Repository) -> None:
    two.stage_begin(at(3))
    two.stage_page([PLACED_A], done=True)
    two.begin_epoch(Epochs(2, ((1, 2),)))
    staged = two.staged()
    assert staged is not None
    assert not staged.goes_on_at(at(2, epoch=2))
    two.stage_feed([])
    with pytest.raises(ValueError, match=r"older|epoch"):
        two.stage_swap(at(3, PLACED_A))
    two.stage_begin(status(Position(2, 2), epochs=Epochs(2, ((1, 2),))))
    assert two.staged() is not None


def test_a_staging_that_others_changed_is_found(two: Repository, path: Path, keys: Keys) -> None:
    two.stage_begin(at(3))
    two.stage_page([PLACED_A], done=False)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("UPDATE meta SET value = replace(value, ' 1 ', ' 2 ') WHERE name = 'ledger.staging'")
    assert two.examine(aside=False) is not None


def test_a_snapshot_in_one_page_is_the_ordinary_way(store: Repository) -> None:
    load(store, Snapshot(Epochs(1), 2, (PLACED_B, PLACED_A)), NOTHING_SAFE)
    assert numbers(store) == [NUMBER_1.text, NUMBER_2.text]
