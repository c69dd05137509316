"""The server's ledger: what becomes of operations, what is read of them, and what the traps of such a ledger would do to it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from kiosk.domain.decide import Closed, Opened
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.wire import LinkOperation, Position
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash
from kiosk.registry.answers import Batch, Entries, NoFeed, Why
from kiosk.registry.models import CounterRow
from tests.support.ledger.acts import card, patron
from tests.support.ledger.registry_ledgers import KEY, TrialLedger
from tests.support.ledger.safe import keep_safe


def entries(trial: TrialLedger, known: Position, limit: int = 500) -> Entries:
    page = trial.ledger.feed(known, limit)
    assert isinstance(page, Entries)
    return page


# --- operations -----------------------------------------------------------------------------------------------------------


def test_a_batch_is_answered_one_by_one_and_the_rest_finds_what_the_first_did(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    begun = one.known
    first = one.link(1, 1001)
    assert trial.tell(first, one.link(1, 1002), one.link(2, 1001), one.link(2, 1002), one.replace(3, 1001, first), one.unlink(1002)) == [
        *(1, "linked-elsewhere", "number-linked-elsewhere", 2, 3, 4)
    ]
    assert trial.links() == {3: 1001}
    page = entries(trial, begun)
    assert [(entry.cursor, [type(change) for change in entry.changes]) for entry in page.entries] == [
        (1, [Opened]),
        (2, [Opened]),
        (3, [Closed, Opened]),
        (4, [Closed]),
    ]
    assert page.head.position.cursor == 4
    assert (page.head.count, trial.ledger.verify().findings) == (1, ())


def test_what_stands_already_is_accepted_and_changes_nothing(trial: TrialLedger) -> None:
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    assert trial.tell(one.link(1, 1001)) == [1]
    assert trial.tell(two.link(1, 1001)) == [2]
    assert entries(trial, Position(one.known.epoch, 1)).entries[0].changes == ()


def test_requests_of_several_counters_share_one_transaction(trial: TrialLedger) -> None:
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    batches = [Batch((one.link(1, 1001), one.link(2, 1002))), Batch((two.link(1, 1003),)), Batch(())]
    applied, commit = trial.ledger.apply(batches)
    assert [list(each.answers) for each in applied] == [[operation.origin.uuid for operation in batch.operations] for batch in batches]
    assert [entry.cursor for entry in commit.entries] == [1, 2]
    assert [each.sequence for each in applied] == [2, 1, 0]
    assert {each.head for each in applied} == {commit.head} == {trial.ledger.head()}


def test_the_highest_sequence_of_each_counter_is_known_refused_or_not(trial: TrialLedger) -> None:
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    trial.tell(one.link(1, 1001), one.link(1, 1002))
    trial.tell(two.unlink(7))
    rows = CounterRow.select(CounterRow.name, CounterRow.sequence).tuples()
    assert dict(rows.execute(trial.database.database)) == {"窓口1": 2, "窓口2": 1}


def test_the_trail_has_each_act_with_the_number_masked(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    first = one.link(1, 2104067850)
    trial.tell(first, one.link(1, 1002), one.replace(2, 2104067850, first), one.unlink(2104067850), one.unlink(9))
    with trial.database.reading() as database:
        rows = ask(database, "SELECT act, number, operation FROM audit ORDER BY place").fetchall()
    assert [act for act, _, _ in rows] == ["register", "release", "register", "release", "stop"]
    assert not [number for _, number, _ in rows if "2104067850" in number]
    assert rows[0][2] == str(first.origin.uuid)


def test_a_text_that_postgresql_cannot_hold_is_the_requests_own_fault(trial: TrialLedger) -> None:
    """SQLite holds a NUL."""
    one = trial.counter("窓口1")
    good = one.link(1, 1001)
    bad = replace(good, origin=replace(good.origin, operator="17\x00"))
    if trial.database.is_postgresql:
        with pytest.raises(RuntimeError):
            trial.tell(bad)
        assert trial.links() == {}
        assert trial.tell(good) == [1]
    else:
        assert trial.tell(bad) == [1]


# --- a link made before a stop --------------------------------------------------------------------------------------------


def test_a_link_made_before_a_stop_that_it_had_not_heard_of_is_refused(trial: TrialLedger) -> None:
    one, two, three = trial.counter("窓口1"), trial.counter("窓口2"), trial.counter("窓口3")
    trial.tell(one.link(1, 1001))
    trial.tell(two.unlink(1001))
    assert trial.tell(three.link(1, 1002), three.link(2, 1001), three.link(3, 1003)) == ["stopped-since", "stopped-since", 3]
    trial.reach_head(three)
    assert trial.tell(three.link(1, 1001)) == [4]


def test_a_stop_by_the_same_counter_before_it_refuses_no_link(trial: TrialLedger) -> None:
    """It may, offline, unlink a number and link its new card. What it linked first and then unlinked stays stopped."""
    one = trial.counter("窓口1")
    lost, stop, fresh = one.link(2, 1001), one.unlink(1001), one.link(1, 1001)
    assert trial.tell(stop, fresh) == [1, 2]
    assert trial.tell(lost) == ["stopped-since"]


def test_a_counter_cannot_have_known_more_than_there_was(trial: TrialLedger) -> None:
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    trial.tell(two.unlink(1001))
    one.known = Position(one.known.epoch, 1 << 40)
    early = one.link(1, 1001)
    assert trial.tell(two.unlink(1002), early) == [2, 3]
    assert trial.tell(two.unlink(1001), one.link(2, 1001)) == [4, "stopped-since"]


# --- epochs ---------------------------------------------------------------------------------------------------------------


def test_what_was_known_in_an_epoch_that_is_over_counts_up_to_its_cut(trial: TrialLedger) -> None:
    """Else 4711 of the dead epoch would beat stop 4001 of the new one."""
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    one.known = Position(one.known.epoch, 4711)
    made = one.link(1, 1001)
    reached = trial.begin_epoch()
    two.known = reached
    assert trial.tell(two.unlink(1001)) == [1]
    for counter in (one, two):
        trial.reach_head(counter)
    assert trial.tell(made) == ["stopped-since"]


def test_in_a_new_epoch_links_made_before_wait_until_every_counter_has_sent_its_stops(trial: TrialLedger) -> None:
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    made, stop = one.link(1, 1001), two.unlink(1001)
    trial.begin_epoch()
    trial.reach_head(one)
    assert trial.tell(made) == ["deferred"]
    assert trial.tell(stop) == [1]
    assert trial.tell(made) == ["deferred"]
    trial.reach_head(two)
    assert trial.tell(made) == ["stopped-since"]


def test_what_is_made_in_the_new_epoch_waits_for_nobody(trial: TrialLedger) -> None:
    one, _ = trial.counter("窓口1"), trial.counter("窓口2")
    trial.begin_epoch()
    trial.reach_head(one)
    assert trial.tell(one.link(1, 1001)) == [1]


def test_a_counter_that_is_switched_off_delays_the_others_for_a_minute_from_the_first_contact(trial: TrialLedger) -> None:
    one, _ = trial.counter("窓口1"), trial.counter("窓口2")
    made = one.link(1, 1001)
    trial.begin_epoch()
    trial.pass_days(1)
    trial.reach_head(one)
    assert trial.tell(made) == ["deferred"]
    trial.pass_days(59 / 86400)
    assert trial.tell(made) == ["deferred"]
    trial.pass_days(1 / 86400)
    assert trial.tell(made) == [1]


def test_a_clock_put_back_meanwhile_makes_it_no_day(trial: TrialLedger) -> None:
    one, _ = trial.counter("窓口1"), trial.counter("窓口2")
    made = one.link(1, 1001)
    trial.begin_epoch()
    trial.reach_head(one)
    trial.pass_days(-1)
    assert trial.tell(made) == ["deferred"]
    trial.pass_days(60 / 86400)
    assert trial.tell(made) == [1]


def test_a_number_of_an_epoch_is_never_used_twice(trial: TrialLedger) -> None:
    before = trial.ledger.head().position.epoch
    assert before == int(trial.now.timestamp())
    assert trial.begin_epoch().epoch == before + 1
    trial.pass_days(1)
    assert trial.begin_epoch().epoch == int(trial.now.timestamp())


def test_safe_is_said_in_the_running_epoch(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    trial.tell(one.link(1, 1001), one.link(2, 1002))
    held = Position(one.known.epoch, 2)
    keep_safe(trial.database, KEY, held)
    assert trial.ledger.head().safe == held
    reached = trial.begin_epoch()
    assert trial.ledger.head().safe == Position(reached.epoch, 0), "until somebody looks at the backups"


# --- answers --------------------------------------------------------------------------------------------------------------


def test_a_repeat_gets_the_stored_answer_refusals_too(trial: TrialLedger) -> None:
    one, two = trial.counter("窓口1"), trial.counter("窓口2")
    accepted, refused = one.link(1, 1001), one.link(1, 1002)
    assert trial.tell(accepted, refused, accepted) == [1, "linked-elsewhere", 1]
    trial.tell(two.unlink(1001))
    before = trial.ledger.head()
    assert trial.tell(refused, accepted) == ["linked-elsewhere", 1]
    assert trial.ledger.head() == before
    assert trial.links() == {}


def test_a_repeat_in_a_new_epoch_gets_its_position_there(trial: TrialLedger) -> None:
    one, _ = trial.counter("窓口1"), trial.counter("窓口2")
    accepted, refused = one.link(1, 1001), one.link(1, 1002)
    trial.tell(accepted, refused)
    reached = trial.begin_epoch()
    assert trial.answers([accepted])[accepted.origin.uuid] == AcceptedAt(Position(reached.epoch, 1))
    assert trial.tell(accepted, refused) == [1, "linked-elsewhere"]


@pytest.mark.parametrize("first_is_refused", [True, False])
def test_other_content_under_the_same_uuid_is_refused_and_changes_nothing(trial: TrialLedger, first_is_refused: bool) -> None:
    one, uuid = trial.counter("窓口1"), uuid4()
    trial.tell(one.link(1, 1001))
    first: LinkOperation = one.link(1, 1002, uuid) if first_is_refused else one.link(2, 1002, uuid)
    trial.tell(first)
    before = trial.ledger.head()
    assert trial.tell(one.link(5, 1005, uuid)) == ["operation-reused"]
    assert trial.ledger.head() == before
    assert trial.tell(first) == (["linked-elsewhere"] if first_is_refused else [2])


# --- reading --------------------------------------------------------------------------------------------------------------


def test_the_feed_comes_in_pages_and_says_when_there_is_none(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    begun = one.known
    trial.tell(*(one.link(number, number) for number in range(1, 6)))
    assert [entry.cursor for entry in entries(trial, begun, 2).entries] == [1, 2]
    assert [entry.cursor for entry in entries(trial, Position(begun.epoch, 3), 2).entries] == [4, 5]
    assert entries(trial, Position(begun.epoch, 5)).entries == ()
    assert trial.ledger.feed(Position(begun.epoch, 6)) == NoFeed(Why.SNAPSHOT_NEEDED, trial.ledger.head())
    assert trial.ledger.feed(Position(begun.epoch - 1, 0)) == NoFeed(Why.EPOCH_CHANGED, trial.ledger.head())


def test_all_stops_of_one_cursor_are_on_one_page(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    begun = one.known
    first, second = one.link(1, 1001), one.link(2, 1002)
    trial.tell(first, second, one.unlink(1003), one.replace(1, 1002, first, second), one.unlink(1004, 4))
    assert {entry.cursor: len(entry.changes) for entry in entries(trial, begun).entries} == {1: 1, 2: 1, 3: 1, 4: 3, 5: 1}
    trial.tell(*(one.unlink(number) for number in range(6, 9)))
    pages, after = [], 0
    while True:
        page = trial.ledger.stops(begun, after, limit=3)
        pages.append([placed.stop.cursor for placed in page.stops])
        if page.next is None:
            break
        after = page.next
    assert pages == [[3, 4, 4], [5, 6, 7], [8]]
    assert next((placed.token, placed.number) for placed in trial.ledger.stops(begun, 4).stops) == (card(4), patron(1004))
    assert [placed.stop.cursor for placed in trial.ledger.stops(Position(begun.epoch, 7)).stops] == [8]


def test_stops_above_what_a_counter_of_an_earlier_epoch_really_knows(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    trial.tell(one.unlink(1001))
    reached = trial.begin_epoch()
    one.known = reached
    trial.tell(one.unlink(1002))
    assert [placed.stop.cursor for placed in trial.ledger.stops(Position(reached.epoch - 1, 4711)).stops] == [2]


def test_links_are_found_by_card_and_by_number(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    trial.tell(one.link(1, 1001), one.link(2, 1002), one.link(3, 1003))
    found = trial.ledger.find_links([card(1), card(9), card(2)], patron(1002))
    assert sorted(placed.link.number.text for placed in found.links) == ["0000001001", "0000001002"]
    assert trial.ledger.find_links([]).links == ()


def test_the_digest_is_that_of_the_counters(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    trial.tell(*(one.link(number, number) for number in range(1, 6)), one.unlink(3))
    rows = [(placed.link.token.digest, placed.link.number.text, placed.cursor) for placed in trial.ledger.snapshot().links]
    hashes = LinkHash(KEY)
    assert trial.ledger.head().digest == hashes.seal(hashes.of_all(rows)).hex()
