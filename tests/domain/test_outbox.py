"""What may be sent, and what becomes of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kiosk.domain.decide import Epochs, OpenLink
from kiosk.domain.errors import Code
from kiosk.domain.feed import PlacedLink
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, OwnOperation, Pending, RefusedFor, State
from kiosk.domain.outbox import ANY, FATES, NONSENSE, OF_OTHERS, Fate, Outgoing, Patience, fate, next_batch, outgoing
from kiosk.domain.pacing import FREE, Pace
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation
from tests.support.ledger.server import Table

EPOCHS = Epochs(1)
REACHED = Position(1, 10)
AT = datetime(2026, 12, 1, tzinfo=UTC)


def token(letter: str) -> LinkToken:
    return LinkToken(letter.encode() * 32)


def number(digit: int) -> LibraryCardNumber:
    return LibraryCardNumber(f"210400{digit}")


def origin(sequence: int) -> Origin:
    return Origin(UUID(int=sequence), "here", sequence, REACHED, 0, AT)


def link(sequence: int, letter: str, digit: int) -> LinkOperation:
    return LinkOperation(origin(sequence), token(letter), number(digit), Revocation.GOOD, by_guardian=False)


def replacement(sequence: int, letter: str, digit: int, *opened: int) -> ReplaceOperation:
    replaced = frozenset(UUID(int=each) for each in opened)
    return ReplaceOperation(
        origin(sequence),
        token(letter),
        number(digit),
        Revocation.GOOD,
        by_guardian=False,
        reason=ReplaceReason.CORRECTION,
        replaces=replaced,
    )


def unlinking(sequence: int, digit: int, letter: str | None = None) -> UnlinkOperation:
    return UnlinkOperation(origin(sequence), number(digit), UnlinkReason.LOST, None if letter is None else token(letter))


def standing(*links: tuple[int, str, int]) -> Table:
    """Links that the feed brought: by which operation, of which card and number."""
    table = Table()
    for opened, letter, digit in links:
        placed = PlacedLink(OpenLink(token(letter), number(digit), AT, "there", UUID(int=opened)), 5)
        table.by_token[token(letter)] = table.by_number[number(digit)] = placed
    return table


def sent(
    operations: Sequence[Operation], table: Table | None = None, states: dict[int, State] | None = None, *, only_unlinkings: bool = False
) -> list[int]:
    """The sequence numbers of what may be sent at once."""
    own = [OwnOperation(each, (states or {}).get(each.origin.sequence, Pending())) for each in operations]
    waiting = outgoing(own, table or standing(), REACHED, EPOCHS)
    return [each.origin.sequence for each in next_batch(waiting, Patience(), 0.0, only_unlinkings=only_unlinkings)]


# --- what waits -----------------------------------------------------------------------------------------------------------


def test_operations_without_anything_in_common_go_together_in_order() -> None:
    assert sent([link(1, "a", 1), unlinking(2, 2), link(3, "c", 3)]) == [1, 2, 3]


def test_one_waits_behind_an_earlier_one_of_its_card_or_number_and_behind_nothing_else() -> None:
    assert sent([link(1, "a", 1), unlinking(2, 1, "a"), link(3, "b", 2)]) == [1, 3]
    assert sent([link(1, "a", 1), unlinking(2, 1), link(3, "b", 1), link(4, "c", 4)]) == [1, 4]


def test_a_chain_waits_link_by_link() -> None:
    assert sent([unlinking(1, 1, "a"), link(2, "a", 2), unlinking(3, 2, "a"), link(4, "d", 4)]) == [1, 4]


def test_whatever_a_replacement_closes_is_waited_for_as_well() -> None:
    # Card a moves from number 1 to 2, card b takes number 1: only the closed link connects the two.
    table = standing((77, "a", 1))
    assert sent([replacement(1, "a", 2, 77), link(2, "b", 1)], table) == [1]
    # And card c, whose number 3 card a takes.
    table = standing((77, "a", 1), (78, "c", 3))
    assert sent([replacement(1, "a", 3, 77, 78), link(2, "c", 4)], table) == [1]


def test_whatever_an_unlinking_closes_is_waited_for_as_well() -> None:
    # Card a was shown with number 1, and is linked with number 2 by now: both stop.
    assert sent([unlinking(1, 1, "a"), link(2, "d", 2)], standing((77, "a", 2))) == [1]
    # Number 1 has another card by now.
    assert sent([unlinking(1, 1, "a"), link(2, "e", 5)], standing((77, "e", 1))) == [1]


def test_links_of_this_counter_that_have_not_arrived_count_as_standing() -> None:
    states: dict[int, State] = {1: AcceptedAt(Position(1, 12))}
    assert sent([link(1, "a", 2), unlinking(2, 1, "a"), link(3, "d", 2)], states=states) == [2]


def test_what_is_answered_holds_nothing_back() -> None:
    assert sent([link(1, "a", 1), unlinking(2, 1, "a")], states={1: AcceptedAt(Position(1, 12))}) == [2]
    assert sent([link(1, "a", 1), unlinking(2, 1, "a")], states={1: RefusedFor(Code.STOPPED_SINCE)}) == [2]
    assert sent([link(1, "a", 1)], states={1: AcceptedAt(Position(1, 9))}) == []


def test_in_a_new_epoch_unlinkings_go_first_and_overtake_what_was_made_before_them() -> None:
    made: list[Operation] = [link(1, "a", 1), unlinking(2, 1, "a"), link(3, "b", 3), unlinking(4, 4), unlinking(5, 4)]
    assert sent(made, only_unlinkings=True) == [2, 4]
    assert sent([link(1, "a", 1)], only_unlinkings=True) == []


# --- a batch that is too much ---------------------------------------------------------------------------------------------


def test_a_batch_is_halved_until_the_poison_is_alone_and_everything_else_is_settled() -> None:
    """A server that cannot take one of a hundred operations."""
    poison, now, patience = UUID(int=37), 0.0, Patience()
    operations = {UUID(int=each): link(each, "x", 0) for each in range(1, 101)}
    left = [Outgoing(OwnOperation(each), frozenset({LibraryCardNumber(f"n{uuid.int}")})) for uuid, each in operations.items()]
    requests = 0
    while batch := next_batch(left, patience, now):
        uuids = [each.origin.uuid for each in batch]
        requests += 1
        if poison in uuids:
            patience = patience.choked(uuids, now, 0.5)
        else:
            patience = patience.answered(uuids, (), now, 0.5)
            left = [each for each in left if each.uuid not in uuids]
    assert [each.uuid for each in left] == [poison]
    assert requests <= 25


def test_one_that_is_alone_waits_longer_each_time_with_jitter_and_is_tried_for_ever() -> None:
    patience, uuid, now, pauses = Patience(), UUID(int=1), 0.0, []
    for _ in range(12):
        patience = patience.choked([uuid], now, 1.0)
        assert not patience.is_due(uuid, now)
        due = patience.next_due(now)
        assert due is not None
        pauses.append(due - now)
        now = due
        assert patience.is_due(uuid, now)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (5.0, 600.0)
    early, late = (Patience().choked([uuid], 0.0, draw).next_due(0.0) for draw in (0.0, 1.0))
    assert (early, late) == (2.5, 5.0)


def test_what_is_put_off_is_sent_again_while_the_rest_goes_on() -> None:
    patience = Patience().answered([UUID(int=1), UUID(int=2)], [UUID(int=2)], 0.0, 1.0)
    assert (patience.is_due(UUID(int=1), 0.0), patience.is_due(UUID(int=2), 0.0), patience.is_due(UUID(int=2), 5.0)) == (True, False, True)


# --- what an answer means -------------------------------------------------------------------------------------------------

ERRORS = sorted({error for _, error in FATES} | {NONSENSE, ANY, "something-new"})


def test_every_status_with_every_error_has_a_fate() -> None:
    for status, error in itertools.product(range(0, 1000), ERRORS):
        assert isinstance(fate(status, error), Fate)
    assert set(OF_OTHERS) == {1, 2, 3, 4, 5}


def test_nothing_but_the_words_of_the_protocol_shuts_out_erases_or_refuses() -> None:
    harsh = {Fate.SHUT_OUT, Fate.ERASED, Fate.ONE_REFUSED, Fate.ANSWERED, Fate.OTHER_EPOCH}
    assert {(status, error) for status in range(0, 1000) for error in ERRORS if fate(status, error) in harsh} == {
        (200, ANY),
        (401, "secret-unknown"),
        (403, "counter-revoked"),
        (403, "counter-retired"),
        (409, "epoch-changed"),
        (422, "operation-newer"),
        (422, "operation-unreadable"),
        (422, "operation-of-another-counter"),
    }


@pytest.mark.parametrize(
    ("status", "meant"), [(500, Fate.HALVED), (599, Fate.HALVED), (503, Fate.KEPT), (502, Fate.KEPT), (409, Fate.KEPT)]
)
def test_a_server_that_chokes_gets_less_and_one_that_is_busy_gets_the_same_later(status: int, meant: Fate) -> None:
    assert fate(status, NONSENSE) is meant


# --- how often ------------------------------------------------------------------------------------------------------------


def requests_in(seconds: float, draw: float, asked: float = 0.0) -> int:
    pace, now, made = Pace(), 0.0, 0
    while now < seconds:
        made += 1
        pace = pace.brought_nothing(now, draw, asked)
        now = max(now, pace.due)
    return made


@pytest.mark.parametrize("draw", [0.0, 0.5, 1.0])
def test_requests_that_bring_nothing_are_bounded(draw: float) -> None:
    assert FREE < requests_in(60, draw) <= 20
    assert requests_in(3600, draw) - requests_in(1800, draw) <= 61


def test_a_server_may_ask_for_more_time_but_not_for_ever() -> None:
    assert requests_in(60, 0.5, asked=30) == 2
    assert requests_in(3600, 0.5, asked=1e9) == 12


def test_without_a_server_the_next_attempt_is_never_far_and_at_once_when_somebody_acts() -> None:
    pace, now = Pace(), 0.0
    for _ in range(30):
        pace = pace.found_nobody(now, 1.0)
        assert now < pace.due <= now + 15
        now = pace.due
    pace = pace.found_nobody(now, 1.0)
    assert pace.hurried(now).due == now
    assert Pace().brought_nothing(0.0, 1.0).hurried(0.0).due > 0


def test_one_answer_ends_the_growing_of_pauses_between_attempts() -> None:
    pace = Pace()
    for _ in range(6):
        pace = pace.found_nobody(0.0, 1.0)
    assert pace.reached().found_nobody(0.0, 1.0).due == 1.0
    assert pace.brought_nothing(0.0, 1.0).reached().in_vain == 1
