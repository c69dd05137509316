"""A counter and the epochs of the ledger: what is of another one is late, and changes nothing."""

from __future__ import annotations

import pytest

from kiosk.domain.decide import Epochs, Opened
from kiosk.domain.errors import Code
from kiosk.domain.feed import PlacedLink, Snapshot
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor
from kiosk.domain.wire import Position
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
    save,
    shown,
    states,
)


@pytest.fixture
def store(enrolled_store: Repository) -> Repository:
    return enrolled_store


@pytest.mark.parametrize("answer", [AcceptedAt(Position(1, 3)), RefusedFor(Code.STOPPED_SINCE)])
def test_an_answer_of_an_epoch_that_is_over_is_dropped(store: Repository, answer: AcceptedAt | RefusedFor) -> None:
    """It was on its way while a backup was put back: the operation is sent again, and has another answer."""
    operation = save(store, CARD_A, NUMBER_1)
    load(store, Snapshot(Epochs(2, ((1, 0),)), 0, ()), Position(2, 0))
    store.answer({operation: answer}, epoch=1)
    assert states(store) == [Pending()]
    store.answer({operation: AcceptedAt(Position(2, 1))}, epoch=2)
    assert states(store) == [AcceptedAt(Position(2, 1))]


def test_entries_of_an_epoch_that_is_over_are_not_applied(store: Repository) -> None:
    load(store, Snapshot(Epochs(2, ((1, 0),)), 0, ()), Position(2, 0))
    with pytest.raises(ValueError, match="epoch"):
        store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    assert (store.position(), shown(store)) == (Position(2, 0), [])


def test_after_an_epoch_in_which_something_was_lost_nothing_counts_as_accepted(store: Repository) -> None:
    """Whoever says where it was cut may not know since when the server had another order."""
    operation = save(store, CARD_A, NUMBER_1)
    store.answer({operation: AcceptedAt(Position(1, 1))}, epoch=1)
    store.mark_lost(1)
    store.begin_epoch(Epochs(2, ((1, 9),)))
    assert states(store) == [Pending()]


def test_in_a_new_epoch_what_was_lost_is_pending_again(store: Repository) -> None:
    kept, lost = save(store, CARD_A, NUMBER_1), save(store, CARD_B, NUMBER_2)
    store.answer({kept: AcceptedAt(Position(1, 1)), lost: AcceptedAt(Position(1, 2))}, epoch=1)
    both = [
        entry(1, Opened(opened(CARD_A, NUMBER_1, kept)), operation=kept),
        entry(2, Opened(opened(CARD_B, NUMBER_2, lost)), operation=lost),
    ]
    store.follow(both, NOTHING_SAFE)
    assert shown(store) == [(NUMBER_1.text, False), (NUMBER_2.text, False)]
    load(store, Snapshot(Epochs(2, ((1, 1),)), 1, (PlacedLink(opened(CARD_A, NUMBER_1, kept), 1),)), Position(2, 0))
    assert states(store) == [AcceptedAt(Position(2, 1)), Pending()]
    assert shown(store) == [(NUMBER_1.text, False), (NUMBER_2.text, True)]
    assert store.position() == Position(2, 1)


@pytest.mark.parametrize("late", [Snapshot(Epochs(1), 0, ()), Snapshot(Epochs(0), 7, ())], ids=["earlier", "of an epoch that is over"])
def test_a_snapshot_that_is_late_does_not_turn_back_what_followed(store: Repository, late: Snapshot) -> None:
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    with pytest.raises(ValueError, match=r"older|is over"):
        load(store, late, NOTHING_SAFE)
    assert (store.position(), shown(store)) == (Position(1, 1), [(NUMBER_1.text, False)])
