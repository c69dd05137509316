"""The writer: requests that wait share one transaction, and one that cannot be applied harms no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.wire import LinkOperation
from kiosk.ledger.database import ask
from kiosk.registry.answers import Applied, Batch, Commit, CounterShutOut
from kiosk.registry.database import open_database
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.writer import Writer
from tests.support.ledger.registry_ledgers import KEY, TrialLedger, told
from tests.support.ledger.slow_commit import SlowToCommit
from tests.support.postgres.cluster import PostgresCluster
from tests.support.wait import LIMIT


class Commits:
    """What the writer says after each transaction; the first waits until it may."""

    def __init__(self) -> None:
        self.seen: list[Commit] = []
        self.reached, self.go_on = Event(), Event()

    def __call__(self, commit: Commit) -> None:
        self.seen.append(commit)

    def before_commit(self) -> None:
        self.reached.set()
        assert self.go_on.wait(LIMIT)


@contextmanager
def writing(trial: TrialLedger, commits: Commits) -> Iterator[Writer]:
    writer = Writer(RegistryLedger(SlowToCommit(trial.database, commits.before_commit), KEY, clock=trial.clock), commits)
    try:
        yield writer
    finally:
        commits.go_on.set()
        writer.close()


def poisoned(operation: LinkOperation) -> LinkOperation:
    """No database takes such a number, and no counter can send it."""
    return replace(operation, origin=replace(operation.origin, sequence=1 << 63))


def what(future: Future[Applied], operation: LinkOperation) -> int | str:
    (answer,) = told(dict(future.result(LIMIT).answers), [operation])
    return answer


def test_what_waits_during_a_commit_shares_the_next_one(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    operations = [counter.link(number, number) for number in range(1, 8)]
    with writing(trial, commits) as writer:
        first = writer.submit(Batch((operations[0],)))
        assert commits.reached.wait(LIMIT)
        others = [writer.submit(Batch((operation,))) for operation in operations[1:]]
        commits.go_on.set()
        assert [what(future, one) for future, one in zip((first, *others), operations, strict=True)] == list(range(1, 8))
    assert [[entry.cursor for entry in commit.entries] for commit in commits.seen] == [[1], [2, 3, 4, 5, 6, 7]]


def test_a_counter_that_was_shut_out_while_its_operations_waited_harms_no_other(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    operations = [counter.link(number, number) for number in range(1, 5)]
    with writing(trial, commits) as writer:
        first = writer.submit(Batch((operations[0],)))
        assert commits.reached.wait(LIMIT)
        shut_out = writer.submit(Batch((operations[1],), secret=bytes(32)))
        others = [writer.submit(Batch((operation,))) for operation in operations[2:]]
        commits.go_on.set()
        with pytest.raises(CounterShutOut):
            shut_out.result(LIMIT)
        assert [what(future, one) for future, one in zip((first, *others), (operations[0], *operations[2:]), strict=True)] == [1, 2, 3]


def test_a_counter_that_sends_much_has_others_wait_for_one_request_of_its_own(trial: TrialLedger) -> None:
    mad, other, commits = trial.counter("窓口1"), trial.counter("窓口2"), Commits()
    with writing(trial, commits) as writer:
        writer.submit(Batch((mad.link(9999, 9999),)))
        assert commits.reached.wait(LIMIT)
        many = [Batch(tuple(mad.link(number + of, number + of) for of in range(0, 4000, 10))) for number in range(1, 6)]
        waiting, theirs = [writer.submit(one) for one in many], other.link(7777, 7777)
        last = writer.submit(Batch((theirs,)))
        commits.go_on.set()
        assert what(last, theirs) == 1 + 400 + 1
        assert [future.result(LIMIT).head.position.cursor for future in waiting][-1] == 2002


def test_a_request_that_no_database_takes_fails_alone(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    good = [counter.link(number, number) for number in range(1, 5)]
    with writing(trial, commits) as writer:
        first = writer.submit(Batch((good[0],)))
        assert commits.reached.wait(LIMIT)
        bad = writer.submit(Batch((good[1], poisoned(counter.link(9, 9)))))
        others = [writer.submit(Batch((operation,))) for operation in good[2:]]
        commits.go_on.set()
        assert not isinstance(bad.exception(LIMIT), Unavailable | None)
        assert [what(future, one) for future, one in zip((first, *others), (good[0], *good[2:]), strict=True)] == [1, 2, 3]
    assert trial.links() == {1: 1, 3: 3, 4: 4}
    assert trial.ledger.verify().findings == ()


def test_a_damaged_row_fails_only_the_request_that_needs_it(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    trial.tell(counter.link(9, 9))
    ask(trial.database.database, "UPDATE link SET since = 'x'")
    good = [counter.link(number, number) for number in range(1, 4)]
    with writing(trial, commits) as writer:
        first = writer.submit(Batch((good[0],)))
        assert commits.reached.wait(LIMIT)
        bad = writer.submit(Batch((counter.link(9, 10),)))
        others = [writer.submit(Batch((operation,))) for operation in good[1:]]
        commits.go_on.set()
        trouble = bad.exception(LIMIT)
        assert isinstance(trouble, Unavailable)
        assert trouble.code is Code.STORE_DAMAGED
        assert [what(future, one) for future, one in zip((first, *others), good, strict=True)] == [2, 3, 4]


def test_without_a_database_all_that_waits_fails_at_once(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()

    def fail() -> None:
        commits.before_commit()
        raise Unavailable(Code.STORE_FULL)

    writer = Writer(RegistryLedger(SlowToCommit(trial.database, fail), KEY, clock=trial.clock))
    first = writer.submit(Batch((counter.link(1, 1001),)))
    assert commits.reached.wait(LIMIT)
    others = [writer.submit(Batch((counter.link(number, number),))) for number in range(2, 5)]
    given_up = writer.submit(Batch((counter.link(9, 9),)))
    assert given_up.cancel()
    commits.go_on.set()
    assert {str(future.exception(LIMIT)) for future in (first, *others)} == {"store-full"}
    writer.close()
    assert trial.links() == {}


def test_a_request_given_up_while_it_waited_is_not_carried_out(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    first, second = counter.link(1, 1001), counter.link(2, 1002)
    with writing(trial, commits) as writer:
        earlier = writer.submit(Batch((first,)))
        assert commits.reached.wait(LIMIT)
        assert writer.submit(Batch((second,))).cancel()
        commits.go_on.set()
        assert what(earlier, first) == 1
    assert trial.links() == {1: 1001}


def test_a_repeat_changes_nothing_and_tells_nobody(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    operation = counter.link(1, 1001)
    commits.go_on.set()
    with writing(trial, commits) as writer:
        assert [what(writer.submit(Batch((operation,))), operation) for _ in range(3)] == [1, 1, 1]
    assert len(commits.seen) == 1


def test_what_waits_is_answered_before_the_end_and_nothing_afterwards(trial: TrialLedger) -> None:
    counter, commits = trial.counter("窓口1"), Commits()
    operation = counter.link(1, 1001)
    with writing(trial, commits) as writer:
        waiting = writer.submit(Batch((operation,)))
    assert what(waiting, operation) == 1
    late = writer.submit(Batch((counter.link(2, 1002),))).exception(LIMIT)
    assert isinstance(late, Unavailable)
    assert (late.code, late.params["reason"]) == (Code.STORE_UNAVAILABLE, "closing")


def test_a_listener_that_breaks_ends_no_writing(trial: TrialLedger) -> None:
    counter = trial.counter("窓口1")
    operations = [counter.link(1, 1001), counter.link(2, 1002)]

    def broken(commit: Commit) -> None:
        raise KeyError("a bug")

    writer = Writer(trial.ledger, broken)
    try:
        assert [what(writer.submit(Batch((one,))), one) for one in operations] == [1, 2]
    finally:
        writer.close()


def test_after_a_lost_connection_the_answer_is_the_one_that_was_stored(postgres: PostgresCluster) -> None:
    url = postgres.create_database()
    database = open_database(url)
    trial = TrialLedger(database)
    counter = trial.counter("窓口1")
    first, second = counter.link(1, 1001), counter.link(2, 1002)
    writer = Writer(trial.ledger)
    try:
        assert what(writer.submit(Batch((first,))), first) == 1
        assert postgres.disconnect_all(url) >= 1
        assert what(writer.submit(Batch((second,))), second) == 2
        assert postgres.disconnect_all(url) >= 1
        assert what(writer.submit(Batch((first,))), first) == 1
        assert trial.links() == {1: 1001, 2: 1002}
    finally:
        writer.close()
        database.close()


def test_a_power_failure_before_the_commit_leaves_neither_effect_nor_answer(open_trial: Callable[[], TrialLedger]) -> None:
    """UUID, content, answer and effect are one transaction: whoever asks again finds it done whole, or not at all."""
    trial = open_trial()
    counter = trial.counter("窓口1")
    operation, before = counter.link(1, 1001), trial.ledger.head()

    def fail() -> None:
        raise ConnectionAbortedError

    broken = RegistryLedger(SlowToCommit(trial.database, fail), KEY, clock=trial.clock)
    with pytest.raises(ConnectionAbortedError):
        broken.apply([Batch((operation,))])
    assert trial.ledger.head() == before
    assert (trial.links(), trial.ledger.verify().findings) == ({}, ())
    trial.tell(counter.link(1, 1009))
    assert trial.tell(operation) == ["linked-elsewhere"]
