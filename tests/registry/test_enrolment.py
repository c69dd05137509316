"""A code enrols one counter, once, in time and with few tries; and what becomes of the counters that it enrolled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.counter_secret import fresh_secret, secret_hash
from kiosk.domain.crockford import ALPHABET
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.wire import Position
from kiosk.registry.answers import Contact
from kiosk.registry.enrolment import LIFE, Enrolled
from kiosk.registry.models import CounterState
from kiosk.registry.open_codes import MOST_TRIES
from tests.support.registry.enrolling_server import CERTIFICATE, SITE_KEY, EnrollingServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EnrollingServer]:
    opened = EnrollingServer(tmp_path / "registry.db")
    yield opened
    opened.ledger.database.close()


def other_than(code: str, *, same_beginning: bool = True) -> str:
    """A wrong code; with the same beginning it is a try for the same code."""
    place = 9 if same_beginning else 0
    return code[:place] + ALPHABET[(ALPHABET.index(code[place]) + 1) % 32] + code[place + 1 :]


def test_a_code_enrols_the_counter_it_was_made_for(server: EnrollingServer) -> None:
    assert server.enrolment.enrol(server.open(), fresh_secret()) == Enrolled("中央1", SITE_KEY.key, 0)
    (counter,) = server.counters.all()
    assert (counter.name, counter.state, counter.enrolled, counter.heard) == ("中央1", CounterState.ACTIVE, server.now, None)


def test_the_site_key_is_not_shown_by_accident(server: EnrollingServer) -> None:
    assert "site_key" not in repr(server.enrolment.enrol(server.open(), fresh_secret()))


def test_a_repeat_with_the_same_secret_gets_the_same_answer(server: EnrollingServer) -> None:
    """Also after the end of the code: the answer may have been lost in its last second."""
    code, secret = server.open(), fresh_secret()
    first = server.enrolment.enrol(code, secret)
    server.now += LIFE * 2
    assert [server.enrolment.enrol(code, secret) for _ in range(MOST_TRIES * 2)] == [first] * MOST_TRIES * 2


def test_a_code_serves_once(server: EnrollingServer) -> None:
    code = server.open()
    server.enrolment.enrol(code, fresh_secret())
    assert server.refusal(code, fresh_secret()) == "used"


def test_a_code_ends_after_fifteen_minutes(server: EnrollingServer) -> None:
    code = server.open()
    server.now += LIFE
    assert server.refusal(code, fresh_secret()) == "expired"
    assert server.counters.all() == []


def test_a_code_in_a_file_serves_as_long_as_was_said(server: EnrollingServer) -> None:
    certificate, life = b"the authority", timedelta(hours=12)
    code = server.enrolment.open("中央1", certificate, life=life).secret
    server.now += life - timedelta(seconds=1)
    server.enrolment.enrol(code, fresh_secret())
    late = server.enrolment.open("中央2", certificate, life=life).secret
    server.now += life
    assert server.refusal(late, fresh_secret()) == "expired"
    # Nor does the next code of that name that somebody types.
    server.enrolment.open("中央3", certificate, life=life)
    server.now += timedelta(hours=1)
    typed = server.open("中央3")
    server.now -= timedelta(hours=1)
    assert server.refusal(typed, fresh_secret()) == "expired"


def test_a_code_made_while_the_clock_was_ahead_is_over(server: EnrollingServer) -> None:
    server.now += timedelta(days=1)
    code = server.open()
    server.now -= timedelta(days=1)
    assert server.refusal(code, fresh_secret()) == "expired"


def test_after_few_wrong_tries_the_right_one_comes_too_late(server: EnrollingServer) -> None:
    code = server.open()
    assert [server.refusal(other_than(code), fresh_secret()) for _ in range(MOST_TRIES)] == ["unknown"] * MOST_TRIES
    assert server.refusal(code, fresh_secret()) == "closed"
    assert server.counters.all() == []


def test_only_codes_that_still_serve_are_open(server: EnrollingServer) -> None:
    used, closed = server.open("中央1"), server.open("中央2")
    server.enrolment.enrol(used, fresh_secret())
    for _ in range(MOST_TRIES):
        server.refusal(other_than(closed), fresh_secret())
    server.open("東1")
    assert [(code.name, code.until) for code in server.enrolment.open_codes()] == [("東1", server.now + LIFE)]
    server.now += LIFE
    assert server.enrolment.open_codes() == []


def test_wrong_tries_for_another_code_do_not_count(server: EnrollingServer) -> None:
    code = server.open()
    for _ in range(MOST_TRIES * 2):
        assert server.refusal(other_than(code, same_beginning=False), fresh_secret()) == "unknown"
    assert server.enrolment.enrol(code, fresh_secret()).counter == "中央1"


def test_how_often_a_counter_was_enrolled_is_counted_and_a_repeat_is_none(server: EnrollingServer) -> None:
    code, secret = server.open(), fresh_secret()
    for _ in range(2):
        server.enrolment.enrol(code, secret)
    server.enrolment.enrol(server.open(again=True), fresh_secret())
    with closing(sqlite3.connect(server.path)) as database:
        assert database.execute("SELECT name, enrolments FROM counter").fetchall() == [("中央1", 2)]


def test_no_two_codes_begin_alike(server: EnrollingServer) -> None:
    """Else a wrong try for one would count against the other."""
    codes = [server.open(f"窓口{number}") for number in range(300)]
    assert len({code[:3] for code in codes}) == 300
    for code in codes[::100]:
        server.enrolment.enrol(code, fresh_secret())


def test_tries_at_the_same_moment_are_all_counted(server: EnrollingServer) -> None:
    code = server.open()

    def attempt(number: int) -> str:
        try:
            return server.refusal(other_than(code), fresh_secret())
        finally:
            server.ledger.database.database.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(attempt, range(4 * MOST_TRIES)))
    assert told.count("unknown") == MOST_TRIES
    assert told.count("closed") == 3 * MOST_TRIES


def test_of_two_counters_with_one_code_one_is_enrolled(server: EnrollingServer) -> None:
    code = server.open()

    def attempt(number: int) -> bool:
        try:
            return server.enrolment.enrol(code, fresh_secret()).counter == "中央1"
        except Refused:
            return False
        finally:
            server.ledger.database.database.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]


def test_a_try_counts_even_if_what_follows_is_cut_off(server: EnrollingServer) -> None:
    """The comparison fails on a trigger, as a server killed in between would."""
    code = server.open()
    with closing(sqlite3.connect(server.path)) as connection:
        connection.execute("CREATE TRIGGER cut BEFORE INSERT ON counter BEGIN SELECT RAISE(ABORT, 'cut off'); END")
    for _ in range(MOST_TRIES):
        with pytest.raises((RuntimeError, Unavailable)):
            server.enrolment.enrol(code, fresh_secret())
    assert server.refusal(code, fresh_secret()) == "closed"


@pytest.mark.parametrize("code", ["", "U", "0" * 9, "0" * 11, "?" * 10, "0000-00000"])
def test_what_is_no_code_is_unknown(server: EnrollingServer, code: str) -> None:
    server.open()
    assert server.refusal(code, fresh_secret()) == "unknown"


def test_a_new_code_for_a_counter_voids_the_one_before(server: EnrollingServer) -> None:
    first, second = server.open(), server.open()
    assert server.refusal(first, fresh_secret()) == "unknown"
    assert server.enrolment.enrol(second, fresh_secret()).counter == "中央1"


def test_the_code_names_the_authority(server: EnrollingServer) -> None:
    code = server.enrolment.open("中央1", CERTIFICATE)
    assert code.names(CERTIFICATE)
    assert EnrolmentCode.parse(code.formatted()) == code


def test_neither_codes_nor_secrets_are_kept(server: EnrollingServer) -> None:
    code, secret = server.open(), fresh_secret()
    server.enrolment.enrol(code, secret)
    with closing(sqlite3.connect(server.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = server.everything()
    assert secret_hash(secret).hex().encode() in kept.lower()
    for word in (code, secret, secret.removeprefix("kioskc-")):
        assert word.encode() not in kept
    assert SITE_KEY.key not in kept
    assert SITE_KEY.key.hex().encode() not in kept.lower()


# --- a counter that is known ------------------------------------------------------------------------------------------


def test_a_known_counter_is_enrolled_again_only_on_purpose(server: EnrollingServer) -> None:
    server.enrolment.enrol(server.open(), fresh_secret())
    with pytest.raises(Refused) as refused:
        server.open()
    assert (refused.value.code, refused.value.params) == (Code.COUNTER_KNOWN, {"name": "中央1"})
    with pytest.raises(Refused) as refused:
        server.open("東1", again=True)
    assert refused.value.code is Code.COUNTER_UNKNOWN


def test_new_hardware_takes_the_place_of_the_old_once_it_is_enrolled(server: EnrollingServer) -> None:
    code, old, new = server.open(), fresh_secret(), fresh_secret()
    server.enrolment.enrol(code, old)
    server.ledger.heard_all({"中央1": Contact(Position(1, 7), pending=3)})
    again = server.open(again=True)
    assert server.counters.named("中央1").heard is not None
    assert server.enrolment.enrol(again, new).counter == "中央1"
    (counter,) = server.counters.all()
    assert (counter.state, counter.heard) == (CounterState.ACTIVE, None)
    assert server.refusal(code, old) == "unknown"


def test_a_secret_belongs_to_one_counter(server: EnrollingServer) -> None:
    secret = fresh_secret()
    server.enrolment.enrol(server.open("中央1"), secret)
    assert server.refusal(server.open("中央2"), secret) == "used"


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "中央1 ",
        "x" * 41,
        "a\nb",
        "a\u202eb",
        "a\u200bb",
        "registry",
        "Registry",
        "ｒｅｇｉｓｔｒｙ",
        "..",
        "/",
        "../a",
        "-a",
        "\u041a2",
        "\u03912",
    ],
)
def test_a_name_is_one_that_people_can_tell_from_others(server: EnrollingServer, name: str) -> None:
    with pytest.raises(Refused) as refused:
        server.open(name)
    assert refused.value.code is Code.COUNTER_NAME


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Ｋ２", "K2"), ("ｶｳﾝﾀｰ", "カウンター"), ("か\u3099", "が"), ("児童・一般／２階", "児童・一般/2階"), ("佐々木〆", "佐々木〆")],
)
def test_a_name_has_one_spelling(server: EnrollingServer, typed: str, name: str) -> None:
    server.enrolment.enrol(server.open(typed), fresh_secret())
    assert [counter.name for counter in server.counters.all()] == [name]
    with pytest.raises(Refused) as refused:
        server.open(name)
    assert refused.value.code is Code.COUNTER_KNOWN
    server.counters.retire(typed)
    assert server.counters.named(typed).state is CounterState.RETIRING
