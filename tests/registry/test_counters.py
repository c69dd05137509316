"""What becomes of the counters that were enrolled, and what each last said of itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.counter_secret import fresh_secret, secret_hash
from kiosk.domain.errors import Code, Refused
from kiosk.domain.wire import Position
from kiosk.registry.answers import Batch, Contact
from kiosk.registry.counter_directory import CounterDirectory
from kiosk.registry.models import CounterState
from tests.support.ledger.acts import CounterActs
from tests.support.registry.enrolling_server import EnrollingServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EnrollingServer]:
    opened = EnrollingServer(tmp_path / "registry.db")
    yield opened
    opened.ledger.database.close()


def test_a_counter_retires_and_then_leaves(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    server.counters.retire("中央1")
    assert server.counters.named("中央1").state is CounterState.RETIRING
    server.counters.retire("中央1")
    server.counters.leave("中央1")
    server.counters.leave("中央1")
    assert server.counters.named("中央1").state is CounterState.RETIRED
    with pytest.raises(Refused) as refused:
        server.counters.retire("中央1")
    assert refused.value.code is Code.COUNTER_ENDED
    server.counters.revoke("中央1")
    assert server.counters.named("中央1").state is CounterState.REVOKED


def test_a_counter_that_is_needed_does_not_leave(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    server.counters.leave("中央1")
    assert server.counters.named("中央1").state is CounterState.ACTIVE


def test_a_revoked_counter_is_not_let_in_by_its_old_code(server: EnrollingServer) -> None:
    code, secret = server.open(), fresh_secret()
    server.enrolment.enrol(code, secret)
    server.counters.revoke("中央1")
    assert server.refusal(code, secret) == "unknown"
    with pytest.raises(Refused) as refused:
        server.counters.revoke("中央1")
    assert refused.value.code is Code.COUNTER_ENDED


def test_a_code_that_was_open_when_its_counter_was_revoked_is_void(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    code = server.open(again=True)
    server.counters.revoke("中央1")
    assert server.refusal(code, fresh_secret()) == "unknown"


def test_a_revoked_counter_comes_back_only_with_a_code_made_again(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    server.counters.revoke("中央1")
    server.enrolment.enrol(server.open(again=True), fresh_secret())
    assert server.counters.named("中央1").state is CounterState.ACTIVE


def test_a_revoked_computer_still_hears_of_it_when_another_has_its_name(server: EnrollingServer) -> None:
    directory, lost, newer, newest = CounterDirectory(server.ledger.database), fresh_secret(), fresh_secret(), fresh_secret()
    known = [secret_hash(secret) for secret in (lost, newer, newest)]

    def states() -> list[CounterState | None]:
        found = directory.find(known)
        assert {counter.name for counter in found.values()} == {"中央1"}
        return [found[one].state if one in found else None for one in known]

    server.enrolment.enrol(server.open(), lost)
    server.counters.revoke("中央1")
    server.enrolment.enrol(server.open(again=True), newer)
    assert states() == [CounterState.REVOKED, CounterState.ACTIVE, None]
    # Whoever gets new hardware of its own accord has nothing to erase.
    server.enrolment.enrol(server.open(again=True), newest)
    assert states() == [CounterState.REVOKED, None, CounterState.ACTIVE]


def test_a_revoked_computer_that_was_found_may_be_let_in_again(server: EnrollingServer) -> None:
    directory, secret, other = CounterDirectory(server.ledger.database), fresh_secret(), fresh_secret()
    for kept, again in ((secret, False), (other, True)):
        server.enrolment.enrol(server.open(again=again), kept)
        server.counters.revoke("中央1")
    server.enrolment.enrol(server.open(again=True), secret)
    found = directory.find([secret_hash(secret), secret_hash(other)])
    assert [found[secret_hash(one)].state for one in (secret, other)] == [CounterState.ACTIVE, CounterState.REVOKED]


def test_a_counter_that_nobody_knows_cannot_end(server: EnrollingServer) -> None:
    for end in (server.counters.retire, server.counters.leave, server.counters.revoke):
        with pytest.raises(Refused) as refused:
            end("東1")
        assert refused.value.code is Code.COUNTER_UNKNOWN


def test_what_was_done_with_counters_stands_in_the_trail(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    server.enrolment.enrol(server.open(again=True), fresh_secret())
    server.counters.retire("中央1")
    server.counters.leave("中央1")
    server.counters.revoke("中央1")
    with closing(sqlite3.connect(server.path)) as connection:
        rows = connection.execute("SELECT counter, act, reason FROM audit ORDER BY place").fetchall()
    acts = [("code", None), ("enrol", None), ("code", "again"), ("enrol", None), ("retire", None), ("leave", None), ("revoke", None)]
    assert rows == [("中央1", act, reason) for act, reason in acts]
    assert server.ledger.verify().findings == ()


def test_a_counter_says_what_it_is_at(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    server.now += timedelta(minutes=3)
    server.ledger.heard_all({"中央1": Contact(Position(5, 7), pending=2, version="0.1.0", differs=True)})
    heard = server.counters.named("中央1").heard
    assert heard is not None
    assert (heard.at, heard.version, heard.known, heard.pending, heard.differs) == (server.now, "0.1.0", Position(5, 7), 2, True)


def test_a_counter_that_was_copied_is_named_until_it_is_enrolled_again(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    for card in (1, 2):
        server.ledger.apply([Batch((CounterActs("中央1", server.ledger.head().position).link(card, card),))])
    assert server.counters.named("中央1").doubled == server.now
    server.enrolment.enrol(server.open(again=True), fresh_secret())
    assert server.counters.named("中央1").doubled is None
