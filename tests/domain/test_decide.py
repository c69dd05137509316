"""What becomes of an operation: each rule once, and whatever stands, one answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.decide import Accepted, Closed, Declined, Epochs, Opened, OpenLink, Standing, Stop, Stopped, decide
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation
from tests.support.ledger.drawn_operations import EPOCHS, LINKS, OPERATIONS, POSITIONS, REPLACEMENTS, UNLINKINGS, standings

MADE, EARLIER = datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
HERE, ELSEWHERE = "窓口1", "窓口2"
CARD, OTHER_CARD = LinkToken(bytes([1]) * 32), LinkToken(bytes([2]) * 32)
NUMBER, OTHER_NUMBER = LibraryCardNumber("2104067853"), LibraryCardNumber("2104067861")
OPERATION, FIRST, SECOND, THIRD = (UUID(int=number) for number in range(1, 5))
ORIGIN = Origin(OPERATION, HERE, 5, Position(0, 10), 1, MADE)

LINK = LinkOperation(ORIGIN, CARD, NUMBER, Revocation.GOOD, False)
UNLINK = UnlinkOperation(ORIGIN, NUMBER, UnlinkReason.LOST, None)
UNLINK_CARD = UnlinkOperation(ORIGIN, NUMBER, UnlinkReason.LOST, CARD)
OPENED = Opened(OpenLink(CARD, NUMBER, MADE, HERE, OPERATION))

OF_CARD = OpenLink(CARD, OTHER_NUMBER, EARLIER, ELSEWHERE, FIRST)
OF_NUMBER = OpenLink(OTHER_CARD, NUMBER, EARLIER, ELSEWHERE, SECOND)
OF_BOTH = OpenLink(CARD, NUMBER, EARLIER, ELSEWHERE, THIRD)


def replacing(*shown: UUID) -> ReplaceOperation:
    return ReplaceOperation(ORIGIN, CARD, NUMBER, Revocation.GOOD, False, ReplaceReason.RENEWED, frozenset(shown))


# Linking


def test_a_card_and_a_number_that_are_free_are_linked() -> None:
    assert decide(Standing(), LINK) == Accepted((OPENED,))


@pytest.mark.parametrize("operation", [LINK, replacing(), replacing(FIRST)], ids=["link", "replacement", "other premises"])
def test_what_stands_already_changes_nothing_whoever_opened_it(operation: Operation) -> None:
    assert decide(Standing(by_token=OF_BOTH, by_number=OF_BOTH), operation) == Accepted(())


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing(by_token=OF_CARD), Code.LINKED_ELSEWHERE),
        (Standing(by_number=OF_NUMBER), Code.NUMBER_LINKED_ELSEWHERE),
        (Standing(OF_CARD, OF_NUMBER), Code.LINKED_ELSEWHERE),
    ],
    ids=["the card", "the number", "both: the card is said"],
)
def test_a_link_takes_nothing_away_from_another(standing: Standing, code: Code) -> None:
    assert decide(standing, LINK) == Declined(code)


# Replacing


@pytest.mark.parametrize(
    ("standing", "closed"),
    [
        (Standing(by_token=OF_CARD), (OF_CARD,)),
        (Standing(by_number=OF_NUMBER), (OF_NUMBER,)),
        (Standing(OF_CARD, OF_NUMBER), (OF_CARD, OF_NUMBER)),
        (Standing(), ()),
    ],
    ids=["the card's", "the number's", "both", "nothing"],
)
def test_a_replacement_closes_what_staff_were_shown(standing: Standing, closed: tuple[OpenLink, ...]) -> None:
    shown = [link.operation for link in closed]
    assert decide(standing, replacing(*shown)) == Accepted((*map(Closed.of, closed), OPENED))


@pytest.mark.parametrize(
    ("standing", "shown"),
    [
        (Standing(by_token=OF_CARD), (SECOND,)),
        (Standing(by_number=OF_NUMBER), (FIRST,)),
        (Standing(OF_CARD, OF_NUMBER), (FIRST,)),
        (Standing(OF_CARD, OF_NUMBER), (SECOND,)),
        (Standing(by_token=OF_CARD), ()),
        (Standing(by_token=OF_CARD), (FIRST, SECOND)),
        (Standing(), (FIRST,)),
    ],
)
def test_a_replacement_of_anything_else_is_declined_and_closes_nothing(standing: Standing, shown: tuple[UUID, ...]) -> None:
    assert decide(standing, replacing(*shown)) == Declined(Code.PREMISES_CHANGED)


# Unlinking


def test_an_unlinking_closes_what_stands_whatever_opened_it() -> None:
    for is_alone in (False, True):
        assert decide(Standing(by_number=OF_NUMBER, is_alone=is_alone), UNLINK) == Accepted((Closed.of(OF_NUMBER),))


def test_a_number_without_a_link_is_stopped() -> None:
    assert decide(Standing(), UNLINK) == Accepted((Stopped(NUMBER),))


def test_a_card_reported_lost_stops_with_whatever_number_it_has_by_now() -> None:
    assert decide(Standing(by_token=OF_CARD), UNLINK_CARD) == Accepted((Closed.of(OF_CARD), Stopped(NUMBER, CARD)))
    assert decide(Standing(OF_CARD, OF_NUMBER), UNLINK_CARD) == Accepted((Closed.of(OF_NUMBER), Closed.of(OF_CARD)))
    assert decide(Standing(by_number=OF_NUMBER), UNLINK_CARD) == Accepted((Closed.of(OF_NUMBER), Stopped(NUMBER, CARD)))
    assert decide(Standing(OF_BOTH, OF_BOTH), UNLINK_CARD) == Accepted((Closed.of(OF_BOTH),))
    assert decide(Standing(), UNLINK_CARD) == Accepted((Stopped(NUMBER, CARD),))


def test_a_counter_that_is_alone_knows_that_there_is_nothing_to_unlink() -> None:
    assert decide(Standing(is_alone=True), UNLINK) == Declined(Code.NOTHING_TO_UNLINK)


def test_no_stop_is_in_the_way_of_an_unlinking() -> None:
    stops = (Stop(11, ELSEWHERE, 1), Stop(12, HERE, 9))
    assert decide(Standing(by_number=OF_NUMBER, stops=stops), UNLINK) == Accepted((Closed.of(OF_NUMBER),))
    assert decide(Standing(stops=stops), UNLINK) == Accepted((Stopped(NUMBER),))


# Stops


@pytest.mark.parametrize("operation", [LINK, replacing()], ids=["link", "replacement"])
@pytest.mark.parametrize(
    ("stop", "is_stopped"),
    [
        (Stop(11, ELSEWHERE, 1), True),
        (Stop(10, ELSEWHERE, 1), False),
        (Stop(9, ELSEWHERE, 9), False),
        (Stop(11, HERE, 4), False),
        (Stop(11, HERE, 6), True),
        (Stop(11, HERE, 5), True),
    ],
    ids=["unknown", "just known", "known", "own, before", "own, after", "own, the same"],
)
def test_a_stop_that_was_not_known_refuses_unless_the_same_counter_made_it_before(
    operation: Operation, stop: Stop, is_stopped: bool
) -> None:
    expected = Declined(Code.STOPPED_SINCE) if is_stopped else Accepted((OPENED,))
    known = Stop(1, ELSEWHERE, 1)
    for stops in ((stop,), (known, stop), (stop, known)):
        assert decide(Standing(stops=stops), operation) == expected


@pytest.mark.parametrize("standing", [Standing(), Standing(OF_BOTH, OF_BOTH), Standing(OF_CARD, OF_NUMBER)], ids=["none", "same", "other"])
@pytest.mark.parametrize("operation", [LINK, replacing()], ids=["link", "replacement"])
def test_whatever_stands_a_stop_comes_first(standing: Standing, operation: Operation) -> None:
    assert decide(replace(standing, stops=(Stop(11, ELSEWHERE, 1),)), operation) == Declined(Code.STOPPED_SINCE)


@pytest.mark.parametrize("operation", [LINK, replacing()], ids=["link", "replacement"])
@pytest.mark.parametrize(("floor", "is_too_old"), [(10, False), (11, True)])
def test_what_was_made_below_the_floor_is_made_again(operation: Operation, floor: int, is_too_old: bool) -> None:
    expected = Declined(Code.MADE_TOO_LONG_AGO) if is_too_old else Accepted((OPENED,))
    assert decide(Standing(floor=floor), operation) == expected
    # Of an epoch of which nothing is known, nothing was known.
    assert decide(Standing(floor=1, epochs=Epochs(9)), operation) == Declined(Code.MADE_TOO_LONG_AGO)


@pytest.mark.parametrize("operation", [LINK, replacing()], ids=["link", "replacement"])
def test_a_token_of_an_earlier_site_key_opens_nothing(operation: Operation) -> None:
    generation = operation.origin.key_generation
    assert decide(Standing(key_generation=generation), operation) == Accepted((OPENED,))
    assert decide(Standing(key_generation=generation + 1), operation) == Declined(Code.SITE_KEY_CHANGED)


def test_nothing_keeps_an_unlinking_from_stopping_its_number() -> None:
    standing = Standing(by_number=OF_NUMBER, floor=99, key_generation=99, epochs=Epochs(9))
    assert decide(standing, UNLINK) == Accepted((Closed.of(OF_NUMBER),))


def test_of_an_epoch_that_is_over_only_what_was_left_counts_as_known() -> None:
    """Made at 10 of epoch 0. Of that epoch 7 operations hold; the stop is the eighth operation of the next one."""
    stop = Stop(8, ELSEWHERE, 1)
    assert decide(Standing(stops=(stop,)), LINK) == Accepted((OPENED,))
    assert decide(Standing(stops=(stop,), epochs=Epochs(1, ((0, 7),))), LINK) == Declined(Code.STOPPED_SINCE)
    assert decide(Standing(stops=(replace(stop, cursor=7),), epochs=Epochs(1, ((0, 7),))), LINK) == Accepted((OPENED,))


# Epochs


@pytest.mark.parametrize(
    ("known", "cursor"),
    [
        (Position(3, 6), 6),
        (Position(2, 9), 5),
        (Position(2, 4), 4),
        (Position(1, 9), 5),
        (Position(0, 9), 3),
        (Position(0, 2), 2),
        (Position(4, 9), 0),
    ],
    ids=["current", "cut", "below its cut", "cut later", "cut at once", "below every cut", "still to come"],
)
def test_what_a_counter_really_knew(known: Position, cursor: int) -> None:
    assert Epochs(3, ((0, 3), (1, 8), (2, 5))).effective(known) == cursor


@given(EPOCHS, POSITIONS)
def test_nobody_knows_more_than_was_seen(epochs: Epochs, known: Position) -> None:
    assert 0 <= epochs.effective(known) <= known.cursor


# Whatever stands


@given(OPERATIONS, st.data())
def test_every_operation_is_accepted_or_declined(operation: Operation, data: st.DataObject) -> None:
    standing = data.draw(standings(operation))
    decision = decide(standing, operation)
    assert decide(standing, operation) == decision
    if isinstance(decision, Declined):
        allowed = {
            LinkOperation: {Code.STOPPED_SINCE, Code.LINKED_ELSEWHERE, Code.NUMBER_LINKED_ELSEWHERE},
            ReplaceOperation: {Code.STOPPED_SINCE, Code.PREMISES_CHANGED},
            UnlinkOperation: {Code.NOTHING_TO_UNLINK},
        }
        assert decision.code in allowed[type(operation)]


@given(LINKS | REPLACEMENTS, st.data())
def test_after_an_accepted_one_its_pair_stands_and_no_other_of_its_card_or_number(
    operation: LinkOperation | ReplaceOperation, data: st.DataObject
) -> None:
    standing = data.draw(standings(operation))
    decision = decide(standing, operation)
    if isinstance(decision, Accepted):
        left = {link for link in (standing.by_token, standing.by_number) if link is not None}
        for change in decision.changes:
            if isinstance(change, Closed):
                left.remove(next(link for link in left if Closed.of(link) == change))
            elif isinstance(change, Opened):
                left.add(change.link)
        assert [(link.token, link.number) for link in left] == [(operation.token, operation.number)]


@given(LINKS, st.data())
def test_a_link_closes_nothing(operation: LinkOperation, data: st.DataObject) -> None:
    decision = decide(data.draw(standings(operation)), operation)
    assert isinstance(decision, Declined) or not any(isinstance(change, Closed | Stopped) for change in decision.changes)


@given(UNLINKINGS, st.data())
def test_where_there_is_a_register_no_unlinking_is_declined(operation: UnlinkOperation, data: st.DataObject) -> None:
    decision = decide(replace(data.draw(standings(operation)), is_alone=False), operation)
    assert isinstance(decision, Accepted)
    # Afterwards its number is stopped, and its card.
    stopped = [change for change in decision.changes if not isinstance(change, Opened)]
    assert operation.number in [one.number for one in stopped]
    assert operation.token in [None, *(one.token for one in stopped)]
