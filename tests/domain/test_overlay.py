"""What a counter shows while its own operations are on their way: the rules, one by one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kiosk.domain.decide import Accepted, Closed, Declined, Epochs, Opened, OpenLink, Standing, Stop, Stopped
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.overlay import Overlay, projected, standing_of, surroundings
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation
from tests.support.ledger.server import Table

MADE = datetime(2026, 11, 23, 3, tzinfo=UTC)
CARD, OTHER_CARD = LinkToken(bytes([1]) * 32), LinkToken(bytes([2]) * 32)
NUMBER, OTHER_NUMBER = LibraryCardNumber("2104067853"), LibraryCardNumber("2104067861")
STANDS = OpenLink(CARD, NUMBER, MADE, "窓口2", UUID(int=99))
EPOCHS = Epochs()


def origin(sequence: int, cursor: int = 0) -> Origin:
    return Origin(UUID(int=sequence), "窓口1", sequence, Position(0, cursor), 1, MADE)


def link(sequence: int, token: LinkToken, number: LibraryCardNumber) -> Operation:
    return LinkOperation(origin(sequence), token, number, Revocation.GOOD, False)


def replacement(sequence: int, token: LinkToken, number: LibraryCardNumber, *shown: UUID) -> Operation:
    return ReplaceOperation(origin(sequence), token, number, Revocation.GOOD, False, ReplaceReason.RENEWED, frozenset(shown))


def unlink(sequence: int, number: LibraryCardNumber) -> Operation:
    return UnlinkOperation(origin(sequence), number, UnlinkReason.LOST, None)


def opened(sequence: int, token: LinkToken, number: LibraryCardNumber) -> OpenLink:
    return OpenLink(token, number, MADE, "窓口1", UUID(int=sequence))


@pytest.fixture
def links() -> Table:
    table = Table()
    table.write(FeedEntry(1, STANDS.operation, "窓口2", 1, (Opened(STANDS),)))
    return table


def shown(overlay: Overlay, links: Table) -> set[OpenLink]:
    """Whatever is found from either side, which must be the same."""
    by_token = {found for token in (CARD, OTHER_CARD) if (found := overlay.of_token(links, token))}
    by_number = {found for number in (NUMBER, OTHER_NUMBER) if (found := overlay.of_number(links, number))}
    assert by_token == by_number
    return by_token


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([], {STANDS}),
        ([link(1, OTHER_CARD, OTHER_NUMBER)], {STANDS, opened(1, OTHER_CARD, OTHER_NUMBER)}),
        ([link(1, CARD, NUMBER)], {STANDS}),
        ([link(1, CARD, OTHER_NUMBER)], {STANDS}),
        ([link(1, OTHER_CARD, NUMBER)], {STANDS}),
        ([unlink(1, NUMBER)], set()),
        ([unlink(1, OTHER_NUMBER)], {STANDS}),
        ([unlink(1, NUMBER), link(2, CARD, NUMBER)], {opened(2, CARD, NUMBER)}),
        ([unlink(1, NUMBER), link(2, CARD, OTHER_NUMBER)], {opened(2, CARD, OTHER_NUMBER)}),
        ([unlink(1, NUMBER), link(2, OTHER_CARD, NUMBER)], {opened(2, OTHER_CARD, NUMBER)}),
        ([unlink(1, NUMBER), link(2, CARD, NUMBER), unlink(3, NUMBER)], set()),
        ([replacement(1, OTHER_CARD, NUMBER, UUID(int=99))], {opened(1, OTHER_CARD, NUMBER)}),
        ([replacement(1, CARD, OTHER_NUMBER, UUID(int=99))], {opened(1, CARD, OTHER_NUMBER)}),
        ([replacement(1, OTHER_CARD, NUMBER, UUID(int=98))], {STANDS}),
        ([replacement(1, OTHER_CARD, NUMBER, UUID(int=99)), unlink(2, NUMBER)], set()),
        ([replacement(1, OTHER_CARD, NUMBER, UUID(int=99)), replacement(2, CARD, NUMBER, UUID(int=1))], {opened(2, CARD, NUMBER)}),
        (
            [replacement(1, CARD, OTHER_NUMBER, UUID(int=99)), link(2, OTHER_CARD, NUMBER)],
            {opened(1, CARD, OTHER_NUMBER), opened(2, OTHER_CARD, NUMBER)},
        ),
    ],
)
def test_operations_on_their_way_are_seen_in_their_order(links: Table, operations: list[Operation], expected: set[OpenLink]) -> None:
    assert shown(projected(operations, links, EPOCHS), links) == expected


def test_the_links_themselves_are_not_touched(links: Table) -> None:
    before = links.copy()
    projected([unlink(1, NUMBER), link(2, OTHER_CARD, NUMBER)], links, EPOCHS)
    assert links == before


@pytest.mark.parametrize("stopped", [Closed.of(STANDS), Stopped(NUMBER)], ids=["closed", "stopped"])
def test_what_was_stopped_elsewhere_meanwhile_is_not_shown(stopped: Closed | Stopped) -> None:
    links = Table()
    if isinstance(stopped, Closed):
        links.write(FeedEntry(1, STANDS.operation, "窓口2", 1, (Opened(STANDS),)))
    links.write(FeedEntry(2, UUID(int=98), "窓口2", 2, (stopped,)))
    assert shown(projected([link(1, OTHER_CARD, NUMBER)], links, EPOCHS), links) == set()
    # That of a link stops its card as well.
    of_card = shown(projected([link(1, CARD, OTHER_NUMBER)], links, EPOCHS), links)
    assert of_card == (set() if isinstance(stopped, Closed) else {opened(1, CARD, OTHER_NUMBER)})


def test_the_epochs_say_what_was_known(links: Table) -> None:
    links.stopped.clear()
    links.write(FeedEntry(2, UUID(int=98), "窓口2", 2, (Stopped(OTHER_NUMBER),)))
    made = LinkOperation(origin(1, cursor=2), OTHER_CARD, OTHER_NUMBER, Revocation.GOOD, False)
    assert shown(projected([made], links, EPOCHS), links) == {STANDS, opened(1, OTHER_CARD, OTHER_NUMBER)}
    assert shown(projected([made], links, Epochs(1, ((0, 1),))), links) == {STANDS}


def test_what_was_declined_is_not_shown(links: Table) -> None:
    overlay = Overlay()
    overlay.take(Declined(Code.LINKED_ELSEWHERE))
    overlay.take(Accepted(()))
    overlay.take(Accepted((Stopped(NUMBER),)))
    assert overlay == Overlay()
    assert shown(overlay, links) == {STANDS}


def test_a_link_opened_and_closed_on_the_way_leaves_its_card_hidden(links: Table) -> None:
    overlay = Overlay()
    overlay.take(Accepted((Opened(opened(1, OTHER_CARD, OTHER_NUMBER)),)))
    overlay.take(Accepted((Closed.of(opened(1, OTHER_CARD, OTHER_NUMBER)),)))
    assert (overlay.opened, overlay.hidden) == ({}, {OTHER_CARD})
    overlay.show(opened(2, OTHER_CARD, NUMBER))
    assert (overlay.opened, overlay.hidden) == ({OTHER_CARD: opened(2, OTHER_CARD, NUMBER)}, set())


@pytest.mark.parametrize("make", [link, replacement], ids=["link", "replacement"])
def test_an_operation_is_decided_on_what_is_seen(links: Table, make: Callable[..., Operation]) -> None:
    links.write(FeedEntry(2, UUID(int=98), "窓口2", 2, (Stopped(OTHER_NUMBER),)))
    stop = Stop(2, "窓口2", 2)
    overlay = projected([unlink(1, NUMBER)], links, EPOCHS)
    assert standing_of(make(2, CARD, OTHER_NUMBER), links, overlay, EPOCHS) == Standing(stops=(stop,))
    assert standing_of(make(2, CARD, OTHER_NUMBER), links, Overlay(), EPOCHS) == Standing(by_token=STANDS, stops=(stop,))
    assert standing_of(make(2, OTHER_CARD, NUMBER), links, Overlay(), EPOCHS) == Standing(by_number=STANDS)


def test_an_unlinking_is_decided_on_its_number_alone(links: Table) -> None:
    other = replace(EPOCHS, current=3)
    assert standing_of(unlink(1, NUMBER), links, Overlay(), other) == Standing(by_number=STANDS, epochs=other)


@pytest.mark.parametrize("stop", [(None, NUMBER), (CARD, OTHER_NUMBER), (CARD, NUMBER)])
def test_a_stop_ahead_of_the_links_hides_its_card_and_its_number(links: Table, stop: tuple[LinkToken | None, LibraryCardNumber]) -> None:
    ahead = [PlacedStop(Stop(9, "窓口3", 1), *stop)]
    assert shown(projected([], links, EPOCHS, ahead), links) == set()
    assert shown(projected([], links, EPOCHS, [PlacedStop(Stop(9, "窓口3", 1), None, OTHER_NUMBER)]), links) == {STANDS}


@pytest.mark.parametrize("seed", range(200))
def test_what_nothing_connects_with_a_change_stays_as_it_was(seed: int) -> None:
    """Projected anew around any card or number, the overlay is there what it is as a whole."""
    chance = random.Random(seed)
    cards = [LinkToken(bytes([number]) * 32) for number in range(8)]
    numbers = [LibraryCardNumber(f"{number:010}") for number in range(8)]
    links, made = Table(), list[Operation]()
    for cursor, (card, number) in enumerate(zip(chance.sample(cards, 4), chance.sample(numbers, 4), strict=True), 1):
        opened_by = OpenLink(card, number, MADE, "窓口2", UUID(int=1000 + cursor))
        links.write(FeedEntry(cursor, opened_by.operation, "窓口2", cursor, (Opened(opened_by),)))
    links.stopped.clear()
    overlay = Overlay()
    for sequence in range(1, 9):
        card, number = chance.choice(cards), chance.choice(numbers)
        there = [overlay.of_token(links, card), overlay.of_number(links, number)]
        premises = [link.operation for link in there if link is not None]
        made.append(chance.choice([link(sequence, card, number), replacement(sequence, card, number, *premises), unlink(sequence, number)]))
        overlay = projected(made, links, EPOCHS)
    around = surroundings(made, links, [chance.choice(cards)], [chance.choice(numbers)])
    some = projected([operation for operation in made if around.hold(operation)], links, EPOCHS)
    assert some.opened == {token: link for token, link in overlay.opened.items() if token in around.tokens}
    assert some.hidden == {token for token in overlay.hidden if token in around.tokens}
    assert all(link.number in around.numbers for link in some.opened.values())
