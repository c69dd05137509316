"""A code for many counters: each gets the next name, in time and as often as was said, and it can be withdrawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.errors import Code, Refused
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.notes import notes_after
from kiosk.registry.codes_for_many import Withdrawn
from kiosk.registry.models import EnrolmentCodeRow
from kiosk.registry.open_codes import MOST_TRIES
from tests.support.registry.enrolling_server import CERTIFICATE, EnrollingServer

LIFE = timedelta(hours=12)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EnrollingServer]:
    opened = EnrollingServer(tmp_path / "registry.db")
    yield opened
    opened.ledger.database.close()


def open_many(server: EnrollingServer, uses: int, name: str = "中央", life: timedelta = LIFE) -> str:
    new = server.enrolment.prepare_many(name, uses, CERTIFICATE, life=life)
    assert server.enrolment.put_in_force(new)
    return new.code.secret


def waiting(server: EnrollingServer) -> list[tuple[str, int]]:
    return [(code.name, code.uses) for code in server.enrolment.open_codes()]


def test_each_counter_gets_the_next_name_and_the_last_none(server: EnrollingServer) -> None:
    code = open_many(server, 11)
    assert len(code) * 5 >= 128
    assert waiting(server) == [("中央", 11)]
    names = [server.enrolment.enrol(code, fresh_secret()).counter for _ in range(11)]
    assert names == [f"中央-{number}" for number in range(1, 12)]
    assert server.refusal(code, fresh_secret()) == "used"
    assert waiting(server) == []
    assert [counter.name for counter in server.counters.all()] == sorted(names)


def test_a_counter_that_asks_again_keeps_its_name(server: EnrollingServer) -> None:
    """Its answer may have been lost; also when all are used, and after the end."""
    code, secret = open_many(server, 2), fresh_secret()
    first = server.enrolment.enrol(code, secret)
    server.enrolment.enrol(code, fresh_secret())
    server.now += 2 * LIFE
    assert server.enrolment.enrol(code, secret) == first
    assert server.refusal(code, fresh_secret()) == "used"


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def test_many_that_start_together_are_no_attack(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> None:
    """No two take one name, however each database keeps them apart."""
    url = request.getfixturevalue("postgres").create_database() if database == "postgresql" else ""
    server = EnrollingServer(tmp_path / "registry.db", url)
    code = open_many(server, 16)

    def attempt(_: int) -> str:
        try:
            return server.enrolment.enrol(code, fresh_secret()).counter
        finally:
            server.ledger.database.database.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(16))) == sorted(f"中央-{number}" for number in range(1, 17))
    server.ledger.database.close()


def test_its_time_is_over_for_all(server: EnrollingServer) -> None:
    code = open_many(server, 2)
    server.enrolment.enrol(code, fresh_secret())
    server.now += LIFE
    assert server.refusal(code, fresh_secret()) == "expired"
    assert waiting(server) == []


def test_it_can_be_withdrawn_and_who_is_enrolled_stays(server: EnrollingServer) -> None:
    code = open_many(server, 3)
    server.enrolment.enrol(code, fresh_secret())
    assert server.enrolment.withdraw("中央") == 2
    assert server.refusal(code, fresh_secret()) == "used"
    assert (waiting(server), [counter.name for counter in server.counters.all()]) == ([], ["中央-1"])
    assert server.enrolment.withdraw("中央") == 0
    single = server.open("東1")
    assert server.enrolment.withdraw("東1") == 1
    assert server.refusal(single, fresh_secret()) == "unknown"


@pytest.mark.parametrize("ends", ["revoke", "retire"])
def test_who_was_shut_out_does_not_come_back_by_the_same_code(server: EnrollingServer, ends: str) -> None:
    """Its disk may hold a copy of the file."""
    other, code = open_many(server, 2, "東"), open_many(server, 3)
    thief = server.enrolment.enrol(code, fresh_secret()).counter
    server.enrolment.enrol(code, fresh_secret())
    assert getattr(server.counters, ends)(thief) == Withdrawn("中央", 1)
    assert server.refusal(code, fresh_secret()) == "used"
    assert waiting(server) == [("東", 2)]
    assert server.enrolment.enrol(other, fresh_secret()).counter == "東-1"
    with server.ledger.database.reading() as database:
        acts = [(row.counter, row.act, row.reason) for row in AuditTrail(database).page(0)]
    assert ("中央", "code", "withdrawn") in acts
    assert server.counters.revoke("中央-2") is None, "nothing was left of it"


def test_a_new_one_voids_the_one_before_and_gives_no_name_twice(server: EnrollingServer) -> None:
    before = open_many(server, 3)
    server.enrolment.enrol(before, fresh_secret())
    server.open("中央-3")
    code = open_many(server, 3)
    assert server.refusal(before, fresh_secret()) == "used"
    assert [server.enrolment.enrol(code, fresh_secret()).counter for _ in range(3)] == ["中央-2", "中央-4", "中央-5"]


def test_two_of_them_are_apart(server: EnrollingServer) -> None:
    east, west = open_many(server, 2, "東"), open_many(server, 5, "西")
    assert waiting(server) == [("東", 2), ("西", 5)]
    assert server.enrolment.enrol(west, fresh_secret()).counter == "西-1"
    assert server.enrolment.enrol(east, fresh_secret()).counter == "東-1"


def test_guesses_close_nothing(server: EnrollingServer) -> None:
    code, single = open_many(server, 2), server.open("南1")
    for _ in range(MOST_TRIES * 2):
        assert server.refusal(code[:-1] + ("0" if code[-1] != "0" else "1"), fresh_secret()) == "unknown"
        assert server.refusal(code[:10], fresh_secret()) == "unknown"
    assert server.enrolment.enrol(code, fresh_secret()).counter == "中央-1"
    assert server.enrolment.enrol(single, fresh_secret()).counter == "南1"


def test_whoever_tries_what_is_no_code_keeps_nobody_from_the_head(server: EnrollingServer) -> None:
    code = open_many(server, 2)
    with closing(sqlite3.connect(server.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert server.refusal(code[:-1] + ("0" if code[-1] != "0" else "1"), fresh_secret()) == "unknown"


def test_the_code_is_kept_nowhere_and_what_was_done_is_written_down(server: EnrollingServer) -> None:
    code = open_many(server, 2)
    assert code.encode() not in server.everything()
    with server.ledger.database.reading() as database:
        (last,) = AuditTrail(database).page(0)
    assert (last.act, last.counter, last.reason, last.checked) == ("code", "中央", "many", "uses:2")


def test_a_name_is_free_again_when_nobody_took_it_in_time(server: EnrollingServer) -> None:
    open_many(server, 3)
    assert server.enrolment.given_away_by("中央-2") == "中央"
    server.now += LIFE
    assert server.enrolment.given_away_by("中央-2") is None
    assert server.enrolment.enrol(server.open("中央-2"), fresh_secret()).counter == "中央-2"


def test_what_is_over_is_forgotten_by_the_next_code(server: EnrollingServer) -> None:
    """Its rows and notes would be in each backup for ever; a name that nobody took is free."""
    server.open("中央-1")
    open_many(server, 5)
    server.now += LIFE
    server.enrolment.withdraw("中央")
    assert server.enrolment.enrol(open_many(server, 2), fresh_secret()).counter == "中央-1"
    server.now += LIFE + timedelta(days=2)
    open_many(server, 3, "東")
    with server.ledger.database.reading() as database:
        assert len(notes_after(database, "enrolment.")) == 1
        assert [row.name for row in EnrolmentCodeRow.select().execute(database)] == ["東-1", "東-2", "東-3"]


def test_none_serves_longer_than_a_week(server: EnrollingServer) -> None:
    code = open_many(server, 2, life=timedelta(days=60))
    assert server.refusal(code, fresh_secret()) == "expired"


def test_a_name_too_long_for_a_number_is_refused_before_anything_is_made(server: EnrollingServer) -> None:
    with pytest.raises(Refused) as refused:
        server.enrolment.prepare_many("中" * 39, 2, CERTIFICATE, life=LIFE)
    assert refused.value.code is Code.COUNTER_NAME
