"""What the file says of this counter and the library's server, for every process that opens it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.states import Problem
from kiosk.domain.wire import HIGHEST_SEQUENCE, MOST_SKIPPED, Position
from kiosk.store.cipher import open_file
from kiosk.store.enrolled_store import Membership
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import CARD_A, NUMBER_1, REGISTRY, save

OpenStore = Callable[..., Repository]
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def store(open_store: OpenStore) -> Repository:
    store = open_store()
    store.enrol(REGISTRY, "中央・1番窓口", 2)
    return store


def member(store: Repository) -> Membership:
    """As another process reads it."""
    found = store.membership()
    assert found is not None
    assert store.examine(aside=False) is None
    return found


def test_a_counter_that_is_alone_is_no_member(open_store: OpenStore) -> None:
    store = open_store()
    assert store.membership() is None
    for note in (
        lambda: store.move_to(REGISTRY),
        lambda: store.heard_at(NOW),
        lambda: store.seen_at(NOW),
        lambda: store.raise_sequence(1),
        lambda: store.mark_retiring(retiring=True),
        lambda: store.mark_shut_out(NOW),
        lambda: store.begin_epoch(Epochs(1)),
    ):
        with pytest.raises(ValueError, match="alone"):
            note()


def test_it_is_a_fact_of_the_file(store: Repository, open_store: OpenStore) -> None:
    told = Membership(
        REGISTRY,
        "中央・1番窓口",
        2,
        0,
        Epochs(),
        Position(),
        None,
        None,
        retiring=False,
        shut_out=None,
        newest_generation=2,
        links_generation=2,
    )
    assert member(store) == told == member(open_store(counter_name="窓口9"))
    store.move_to("https://moved.example")
    assert member(store).registry == "https://moved.example"


def test_what_is_done_here_bears_the_name_the_server_knows(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    (own,) = store.operations()
    assert (own.operation.origin.counter, own.operation.origin.key_generation) == ("中央・1番窓口", 2)


def test_the_latest_time_ever_seen_does_not_go_back(store: Repository) -> None:
    """A clock that is turned back does not make a long time without the server a short one."""
    store.heard_at(NOW)
    store.seen_at(NOW + timedelta(hours=20))
    store.seen_at(NOW + timedelta(hours=1))
    assert (member(store).heard, member(store).latest) == (NOW, NOW + timedelta(hours=20))
    store.heard_at(NOW + timedelta(hours=2))
    assert (member(store).heard, member(store).latest) == (NOW + timedelta(hours=2), NOW + timedelta(hours=20))


def test_a_sequence_is_raised_and_never_lowered(store: Repository) -> None:
    store.raise_sequence(7)
    store.raise_sequence(3)
    save(store, CARD_A, NUMBER_1)
    assert [own.operation.origin.sequence for own in store.operations()] == [8]
    assert member(store).sequence == 8


def test_a_sequence_leaps_as_far_as_a_counter_can_go_on_from_by_staff_alone(store: Repository) -> None:
    store.raise_sequence(MOST_SKIPPED + 1)
    assert member(store).sequence == 0
    store.raise_sequence(MOST_SKIPPED)
    assert member(store).sequence == MOST_SKIPPED
    store.raise_sequence(HIGHEST_SEQUENCE + 1, by_staff=True)
    assert member(store).sequence == MOST_SKIPPED
    store.raise_sequence(HIGHEST_SEQUENCE, by_staff=True)
    assert member(store).sequence == HIGHEST_SEQUENCE


def test_the_first_time_of_being_shut_out_stays(store: Repository) -> None:
    store.mark_shut_out(NOW)
    store.mark_shut_out(NOW + timedelta(hours=1))
    assert member(store).shut_out == NOW
    store.mark_shut_out(None)
    assert member(store).shut_out is None


def test_retiring_is_noted_and_taken_back(store: Repository) -> None:
    store.mark_retiring(retiring=True)
    assert member(store).retiring
    store.mark_retiring(retiring=False)
    assert not member(store).retiring


def test_enrolled_again_it_is_no_longer_shut_out(store: Repository) -> None:
    store.mark_shut_out(NOW)
    store.enrol(REGISTRY, "中央・1番窓口", 2)
    assert member(store).shut_out is None


def test_it_waits_for_a_snapshot_until_there_is_one_of_the_epoch_that_runs(store: Repository) -> None:
    assert member(store).awaits_snapshot
    store.begin_epoch(Epochs(5, ((4, 3),)))
    assert (member(store).epochs, member(store).reached) == (Epochs(5, ((4, 3),)), Position())
    assert member(store).awaits_snapshot


@pytest.mark.parametrize("time", ["yesterday", "2026-11-23T03:00:00"])
def test_a_time_that_this_program_did_not_write_is_damage(store: Repository, path: Path, keys: Keys, time: str) -> None:
    store.heard_at(NOW)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'ledger.heard'", (time,))
    with pytest.raises(Unavailable) as trouble:
        store.membership()
    assert trouble.value.code is Code.STORE_DAMAGED


@pytest.mark.parametrize("note", ["ledger.counter", "ledger.heard", "ledger.shut-out", "ledger.registry", "ledger.rows", "ledger.epoch"])
def test_it_is_not_for_others_to_write(store: Repository, path: Path, keys: Keys, note: str) -> None:
    store.heard_at(NOW)
    store.mark_shut_out(NOW)
    save(store, CARD_A, NUMBER_1)
    store.begin_epoch(Epochs(5))
    with closing(open_file(path, keys.database)) as connection:
        assert connection.execute("DELETE FROM meta WHERE name = ?", (note,)).rowcount == 1
    assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)
