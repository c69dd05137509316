"""The life of an operation: pending, answered, arrived, safe, gone; or refused, and seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor, State, after_cuts, answered, has_reached, is_gone, is_unapplied
from kiosk.domain.wire import Position
from tests.support.ledger.drawn_operations import COUNTS, EPOCHS, POSITIONS

ACCEPTED, REFUSED = AcceptedAt(Position(1, 5)), RefusedFor(Code.STOPPED_SINCE)
BELOW, THERE, BEYOND, BEFORE, AFTER = Position(1, 4), Position(1, 5), Position(1, 9), Position(0, 9), Position(2, 9)
STATES: st.SearchStrategy[State] = st.just(Pending()) | st.builds(AcceptedAt, POSITIONS) | st.builds(RefusedFor, st.sampled_from(Code))


@pytest.mark.parametrize("answer", [ACCEPTED, REFUSED])
def test_an_answer_may_be_repeated(answer: AcceptedAt | RefusedFor) -> None:
    state = answered(Pending(), answer)
    assert state == answer
    assert answered(state, answer) == answer


@pytest.mark.parametrize("state", [ACCEPTED, REFUSED])
@pytest.mark.parametrize("answer", [AcceptedAt(BEYOND), AcceptedAt(Position(2, 5)), RefusedFor(Code.PREMISES_CHANGED)])
def test_no_operation_has_two_answers(state: State, answer: AcceptedAt | RefusedFor) -> None:
    with pytest.raises(ValueError, match="one answer"):
        answered(state, answer)


@pytest.mark.parametrize(
    ("state", "reached", "expected"),
    [
        (Pending(), BEYOND, True),
        (ACCEPTED, BELOW, True),
        (ACCEPTED, THERE, False),
        (ACCEPTED, BEYOND, False),
        (ACCEPTED, BEFORE, True),
        (ACCEPTED, AFTER, True),
        (REFUSED, BELOW, False),
    ],
)
def test_what_may_still_become_a_link_is_shown(state: State, reached: Position, expected: bool) -> None:
    assert is_unapplied(state, reached) is expected


@pytest.mark.parametrize(
    ("reached", "safe", "expected"),
    [
        (THERE, THERE, True),
        (BEYOND, BEYOND, True),
        (BELOW, BEYOND, False),
        (BEYOND, BELOW, False),
        (BEYOND, BEFORE, False),
        (AFTER, BEYOND, False),
    ],
)
def test_it_is_gone_once_it_has_arrived_and_a_backup_holds_it(reached: Position, safe: Position, expected: bool) -> None:
    assert is_gone(ACCEPTED, reached, safe) is expected
    assert not is_gone(Pending(), reached, safe)
    assert not is_gone(REFUSED, reached, safe)


@given(STATES, POSITIONS, POSITIONS)
def test_nothing_is_forgotten_that_is_still_shown(state: State, reached: Position, safe: Position) -> None:
    assert not (is_gone(state, reached, safe) and is_unapplied(state, reached))


@given(POSITIONS, POSITIONS)
def test_positions_of_two_epochs_reach_nothing(reached: Position, position: Position) -> None:
    assert has_reached(reached, position) == (reached.epoch == position.epoch and reached.cursor >= position.cursor)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Pending(), Pending()),
        (REFUSED, REFUSED),
        (AcceptedAt(Position(0, 3)), AcceptedAt(Position(2, 3))),
        (AcceptedAt(Position(0, 4)), Pending()),
        (AcceptedAt(Position(1, 6)), AcceptedAt(Position(2, 6))),
        (AcceptedAt(Position(1, 7)), Pending()),
        (AcceptedAt(Position(2, 99)), AcceptedAt(Position(2, 99))),
        (AcceptedAt(Position(3, 1)), Pending()),
    ],
)
def test_after_cuts_what_was_lost_at_any_of_them_is_pending_again(state: State, expected: State) -> None:
    """Of the first epoch 3 operations were left, of the second 6."""
    assert after_cuts(state, Epochs(2, ((0, 3), (1, 6)))) == expected


@given(STATES, EPOCHS)
def test_after_cuts_nothing_is_refused_or_forgotten(state: State, epochs: Epochs) -> None:
    after = after_cuts(state, epochs)
    assert after_cuts(after, epochs) == after
    assert isinstance(after, RefusedFor) == isinstance(state, RefusedFor)
    assert not isinstance(state, Pending) or after == state


@given(STATES, COUNTS)
def test_within_an_epoch_nothing_is_cut(state: State, epoch: int) -> None:
    if not isinstance(state, AcceptedAt) or state.position.epoch == epoch:
        assert after_cuts(state, Epochs(epoch)) == state
