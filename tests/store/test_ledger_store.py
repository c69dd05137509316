"""A counter enrolled with the library's server: what it shows while its operations are on their way, answered, refused or overtaken."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.decide import Closed, Epochs, Opened, Stop, Stopped
from kiosk.domain.errors import Code, Refused
from kiosk.domain.feed import PlacedLink, PlacedStop, Snapshot
from kiosk.domain.model import LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor
from kiosk.domain.states import Problem
from kiosk.domain.wire import Position, UnlinkOperation
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import (
    CARD_A,
    CARD_B,
    CARD_C,
    ELSEWHERE,
    NOTHING_SAFE,
    NUMBER_1,
    NUMBER_2,
    entry,
    load,
    opened,
    save,
    shown,
    states,
    unlink,
)

OpenStore = Callable[..., Repository]


@pytest.fixture
def store(enrolled_store: Repository) -> Repository:
    return enrolled_store


def test_what_is_done_here_works_here_at_once_and_waits(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    assert shown(store) == [(NUMBER_1.text, True)]
    unlink(store, NUMBER_1)
    assert shown(store) == []
    assert states(store) == [Pending(), Pending()]
    assert store.pending_count() == 2
    assert [own.operation.origin.sequence for own in store.operations()] == [1, 2]


def test_whoever_opens_the_file_knows_that_the_server_must_hear_of_it(store: Repository, open_store: OpenStore) -> None:
    """As `kiosk links unlink` does beside the running counter: enrolment is a fact of the file."""
    save(store, CARD_A, NUMBER_1)
    command = open_store(counter_name="窓口1")
    operation = unlink(command, NUMBER_1)
    assert command.is_enrolled()
    assert [own.operation.origin.uuid for own in store.operations()][-1] == operation
    assert shown(store) == []


def test_a_refused_replacement_brings_the_old_link_back(store: Repository) -> None:
    old = opened(CARD_A, NUMBER_1)
    store.follow([entry(1, Opened(old))], NOTHING_SAFE)
    operation = save(store, CARD_B, NUMBER_1, ReplaceReason.REISSUED)
    assert store.find(CARD_A) is None
    store.answer({operation: RefusedFor(Code.PREMISES_CHANGED)}, epoch=1)
    assert store.find(CARD_B) is None
    link = store.find(CARD_A)
    assert link is not None
    assert (link.operation, link.pending) == (old.operation, False)
    assert shown(store) == [(NUMBER_1.text, False)]
    last = list(store.audit_rows())[-1]
    assert (last.act, last.reason, last.number) == ("withdraw", "premises-changed", NUMBER_1.masked)


def test_an_unlinking_stops_at_this_counter_alone_until_it_is_answered(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    first, second = unlink(store, NUMBER_1), unlink(store, NUMBER_2)
    assert [unsent.masked for unsent in store.unsent_unlinkings()] == [NUMBER_1.masked, NUMBER_2.masked]
    store.answer({first: RefusedFor(Code.OPERATION_NEWER)}, epoch=1)
    assert [unsent.masked for unsent in store.unsent_unlinkings()] == [NUMBER_2.masked]
    store.answer({second: AcceptedAt(Position(1, 1))}, epoch=1)
    assert store.unsent_unlinkings() == ()


def test_a_refusal_stays_until_staff_have_seen_it(store: Repository, open_store: OpenStore) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    store.answer({operation: RefusedFor(Code.STOPPED_SINCE)}, epoch=1)
    store.forget_refusal(uuid4())
    store.close()
    store = open_store()
    assert states(store) == [RefusedFor(Code.STOPPED_SINCE)]
    store.forget_refusal(operation)
    assert store.operations() == []


def test_only_a_refusal_can_be_forgotten(store: Repository) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    store.forget_refusal(operation)
    assert states(store) == [Pending()]


def test_an_answer_above_the_cursor_writes_no_link(store: Repository) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    store.answer({operation: AcceptedAt(Position(1, 3))}, epoch=1)
    assert store.position() == Position(1, 0)
    assert shown(store) == [(NUMBER_1.text, False)]
    # What was accepted before it still arrives in its order.
    store.follow([entry(1, Opened(opened(CARD_B, NUMBER_2)))], NOTHING_SAFE)
    store.follow([entry(2, Closed.of(opened(CARD_B, NUMBER_2)))], NOTHING_SAFE)
    store.follow([entry(3, Opened(opened(CARD_A, NUMBER_1, operation)), operation=operation)], NOTHING_SAFE)
    assert shown(store) == [(NUMBER_1.text, False)]
    assert states(store) == [AcceptedAt(Position(1, 3))]


def test_it_is_kept_until_a_backup_holds_it(store: Repository) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    store.answer({operation: AcceptedAt(Position(1, 1))}, epoch=1)
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1, operation)), operation=operation)], NOTHING_SAFE)
    assert states(store) == [AcceptedAt(Position(1, 1))]
    store.follow([], Position(1, 1))
    assert store.operations() == []
    assert shown(store) == [(NUMBER_1.text, False)]


def test_the_feed_answers_where_the_answer_was_lost(store: Repository) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1, operation)), operation=operation)], NOTHING_SAFE)
    assert states(store) == [AcceptedAt(Position(1, 1))]
    assert shown(store) == [(NUMBER_1.text, False)]
    store.answer({operation: AcceptedAt(Position(1, 1))}, epoch=1)
    assert states(store) == [AcceptedAt(Position(1, 1))]


def test_an_answer_after_the_snapshot_that_holds_its_operation_ends_it(store: Repository) -> None:
    """The first answer was lost; since the unlinking another counter has linked the number anew."""
    operation = unlink(store, NUMBER_1)
    stop = PlacedStop(Stop(1, "窓口1", 1), None, NUMBER_1)
    load(store, Snapshot(Epochs(1), 2, (PlacedLink(opened(CARD_B, NUMBER_1), 2),), (stop,)), NOTHING_SAFE)
    assert shown(store) == []
    store.answer({operation: AcceptedAt(Position(1, 1))}, epoch=1)
    assert shown(store) == [(NUMBER_1.text, False)]


def test_a_second_answer_that_differs_is_kept_from_doing_anything(store: Repository) -> None:
    first, second = save(store, CARD_A, NUMBER_1), save(store, CARD_B, NUMBER_2)
    store.answer({first: AcceptedAt(Position(1, 1))}, epoch=1)
    with pytest.raises(ValueError, match="one answer"):
        store.answer({second: AcceptedAt(Position(1, 2)), first: RefusedFor(Code.STOPPED_SINCE)}, epoch=1)
    assert states(store) == [AcceptedAt(Position(1, 1)), Pending()]


def test_a_stop_that_was_made_elsewhere_is_not_undone_by_a_link_on_its_way(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    store.follow([entry(1, Stopped(NUMBER_1))], NOTHING_SAFE)
    assert shown(store) == []
    assert store.find(CARD_A) is None
    # Made with the stop in view, it holds.
    save(store, CARD_B, NUMBER_1)
    assert shown(store) == [(NUMBER_1.text, True)]


@pytest.mark.parametrize("token", [CARD_A, CARD_C], ids=["its card", "its number"])
def test_closing_a_link_stops_its_card_and_its_number(store: Repository, token: LinkToken) -> None:
    number = NUMBER_2 if token == CARD_A else NUMBER_1
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    unlink(store, NUMBER_1)
    # Offline, one counter may unlink a number and link its new card, or its card with a new number.
    save(store, token, number)
    assert shown(store) == [(number.text, True)]
    # Somebody else's stop, later than all that, is another matter.
    store.follow([entry(2, Closed.of(opened(CARD_A, NUMBER_1)), sequence=7)], NOTHING_SAFE)
    assert shown(store) == []


def test_an_unknown_number_is_stopped(store: Repository) -> None:
    unlink(store, NUMBER_1)
    (own,) = store.operations()
    assert isinstance(own.operation, UnlinkOperation)
    assert [(row.act, row.reason, row.number) for row in store.audit_rows()][-1] == ("stop", "lost", NUMBER_1.masked)
    assert store.month_statistics()[-1].releases == 0


@pytest.mark.parametrize("cursors", [[2], [0], [1, 3], [1, 1]], ids=str)
def test_a_gap_in_the_feed_applies_nothing(store: Repository, cursors: Sequence[int]) -> None:
    entries = [entry(cursor, Opened(opened(LinkToken(bytes([9, place]) * 16), NUMBER_1))) for place, cursor in enumerate(cursors)]
    with pytest.raises(ValueError, match="does not follow"):
        store.follow(entries, NOTHING_SAFE)
    assert (store.position(), shown(store)) == (Position(1, 0), [])


def test_a_snapshot_brings_the_stops_that_matter(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    stop = PlacedStop(Stop(4, ELSEWHERE, 1), CARD_A, NUMBER_2)
    load(store, Snapshot(Epochs(1), 5, (PlacedLink(opened(CARD_B, NUMBER_2), 5),), (stop,)), NOTHING_SAFE)
    assert shown(store) == [(NUMBER_2.text, False)]
    assert store.find(CARD_A) is None


def test_stops_are_forgotten_with_the_last_operation_they_matter_to(store: Repository, path: Path, keys: Keys) -> None:
    operation = save(store, CARD_C, NUMBER_2)
    store.follow([entry(1, Stopped(NUMBER_1))], NOTHING_SAFE)
    assert rows(path, keys, "stop") == 1
    store.answer({operation: RefusedFor(Code.STOPPED_SINCE)}, epoch=1)
    store.follow([], NOTHING_SAFE)
    assert rows(path, keys, "stop") == 0


def rows(path: Path, keys: Keys, table: str) -> int:
    with closing(open_file(path, keys.database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM overlay",
        "UPDATE overlay SET number = '1' || substr(number, 2)",
        "INSERT INTO overlay (token) SELECT token FROM link",
    ],
)
def test_what_is_shown_is_checked_against_what_was_done(store: Repository, path: Path, keys: Keys, sql: str) -> None:
    store.follow([entry(1, Opened(opened(CARD_A, NUMBER_1)))], NOTHING_SAFE)
    save(store, CARD_B, NUMBER_2)
    with closing(open_file(path, keys.database)) as connection:
        connection.execute(sql)
    assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)


def test_an_operation_keeps_its_content(store: Repository) -> None:
    operation = save(store, CARD_A, NUMBER_1)
    before = store.operations()
    for token, number, revocation in ((CARD_B, NUMBER_1, Revocation.GOOD), (CARD_A, NUMBER_1, Revocation.STALE)):
        with pytest.raises(Refused) as refusal:
            store.save_link(operation, token, number, revocation=revocation)
        assert refusal.value.code is Code.OPERATION_REUSED
    with pytest.raises(Refused) as refusal:
        store.close_link(operation, NUMBER_1, UnlinkReason.LOST)
    assert refusal.value.code is Code.OPERATION_REUSED
    assert store.operations() == before


def test_an_operation_is_kept_in_no_readable_form(store: Repository, path: Path) -> None:
    save(store, CARD_A, NUMBER_1)
    store.close()
    with closing(sqlite3.connect(path)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM operation")
    assert all(NUMBER_1.text.encode() not in file.read_bytes() for file in path.parent.iterdir() if file.is_file())
