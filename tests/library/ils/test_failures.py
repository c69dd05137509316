"""Failures of real servers that a client must survive: each was observed or reported."""

from __future__ import annotations

import itertools
import time
from datetime import date
from typing import Any

import pytest

from kiosk.domain.circulation import Due, Item, Outcome, Reason
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Service
from tests.support.ils.scripted_server import (
    BOOK,
    CLOSED,
    DATE,
    LENT,
    LOGIN,
    NUMBER,
    PATRON,
    STATUS,
    TITLE,
    Answer,
    Clock,
    Line,
    Station,
    answering,
    client_of,
    field,
    hang_up,
    seal,
)
from tests.support.wait import LIMIT, SOON

SHORT = 0.1
"""Seconds to wait for a server that will not answer."""
RENEWED = f"301YNN{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|AH20261221    235900|"
NOT_LISTED = PATRON
LISTED = PATRON.replace("0001000000000000", "0002000000000000").replace("AU1100000000033|", f"AU1100000000033|AU{BOOK}|")
ITEM = f"18030201{DATE}AB{BOOK}|AJ{TITLE}|"
ITEM_LENT = f"18040201{DATE}AB{BOOK}|AJ{TITLE}|AH20261207    235900|"


def in_pieces(text: str, size: int) -> Answer:
    def say(request: bytes, line: Line) -> None:
        whole = seal(text, request)
        line.say(*(whole[i : i + size] for i in range(0, len(whole), size)))

    return say


# 1. replies in pieces, two replies in one read


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_01_a_reply_in_pieces(size: int) -> None:
    with Station(answering({"63": in_pieces(PATRON, size), "11": in_pieces(LENT, size)})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.loans == 1
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).item.title == TITLE
        assert station.connections == 1


def test_01_two_replies_in_one_read_and_the_second_is_never_used() -> None:
    def with_another(request: bytes, line: Line) -> None:
        line.say(seal(PATRON, request) + seal(PATRON.replace("山田", "処"), request))

    talks = answering({"63": with_another, "11": LENT})
    with Station(talks) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.loans == 1
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        # the connection with something on it was left
        assert station.kinds() == ["93", "99", "63", "93", "99", "11"]


# 2. ends of lines


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\n\0", b"\r\r\n"])
def test_02_ends_of_lines(end: bytes) -> None:
    with Station(answering({"63": PATRON, "11": LENT}, end=end)) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        assert station.connections == 1


def test_02_a_crlf_split_over_two_reads_ends_one_line() -> None:
    def split(text: str) -> Answer:
        return lambda request, line: line.say(seal(text, request), b"\n")

    answers: dict[str, Answer] = {"93": split(LOGIN), "99": split(STATUS), "63": split(PATRON), "11": split(LENT)}
    with Station(answering(answers)) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        assert station.connections == 1


def test_02_a_line_feed_before_the_next_reply_is_no_reply() -> None:
    def before(text: str) -> Answer:
        return lambda request, line: line.say(b"\n\0" + seal(text, request))

    with Station(answering({"63": before(PATRON)})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert client.patron(NUMBER).checked
        assert station.connections == 1


# 3. no end at all, replies glued together


def test_03_a_reply_without_an_end_is_not_guessed() -> None:
    with Station(answering({"63": PATRON.encode()}), answering({"63": PATRON})) as station:
        with client_of(station.port, answer_seconds=SHORT) as client:
            with pytest.raises(Unavailable, match=Code.ILS_UNREACHABLE.value):
                client.patron(NUMBER)
            client.reconnect()
            assert client.patron(NUMBER).checked
        assert station.connections == 2


def test_03_replies_glued_together_are_not_taken_apart() -> None:
    def glued(request: bytes, line: Line) -> None:
        line.say(seal(LENT, request, end=b"") + seal(f"36Y{DATE}AOKENRITSU|", request))

    # the loan took place; that is found out by asking
    talk = answering({"11": glued, "63": LISTED, "17": ITEM_LENT})
    with Station(talk) as station, client_of(station.port) as client:
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        assert station.kinds().count("11") == 1


# 4. stale replies


@pytest.mark.parametrize("checksum", ["warn", "off"])
def test_04_a_stale_reply_is_no_answer(checksum: str) -> None:
    other = PATRON.replace("D0123456789", "D0000000077").replace("花子 山田", "芸子 竹内")

    def late(request: bytes, line: Line) -> None:
        line.say(seal(other, request.replace(b"AY2", b"AY1")))

    first, second = answering({"63": late}), answering({"63": PATRON})
    with Station(first, second) as station, client_of(station.port, checksum=checksum) as client:
        assert client.patron(NUMBER).standing.loans == 1
        assert station.connections == 2


FORMER = PATRON.replace("AU1100000000033|", "").replace("0000000000010000", "0000000000000000")
"""Of the same patron: without numbers nothing in it tells that it is no answer."""


def test_04_what_comes_behind_the_opening_is_no_answer() -> None:
    def with_a_former_one(request: bytes, line: Line) -> None:
        line.say(seal(STATUS, request) + seal(FORMER, request))

    first, second = answering({"63": hang_up}), answering({"99": with_a_former_one, "63": PATRON})
    with Station(first, second, answering({"63": PATRON})) as station, client_of(station.port, checksum="off") as client:
        with pytest.raises(Unavailable, match=Code.ILS_UNREACHABLE.value):
            client.patron(NUMBER)
        client.reconnect()
        assert client.patron(NUMBER).standing.loans == 1
        assert station.connections == 3


def test_04_what_comes_behind_a_96_is_no_answer() -> None:
    first, second = answering({"63": b"96\r" + FORMER.encode() + b"\r"}), answering({"63": PATRON})
    with Station(first, second) as station, client_of(station.port, checksum="off") as client:
        assert client.patron(NUMBER).standing.loans == 1
        assert station.connections == 2


@pytest.mark.parametrize(
    "stale",
    [
        f"18030201{DATE}AB{BOOK}|AJ別の本|",
        LENT.replace("AY3", "AY2"),
        LENT.replace(BOOK, "1100000000025"),
        LENT.replace("D0123456789", "D0000000077"),
        f"101YNN{DATE}AOKENRITSU|AB{BOOK}|AQ|AJ{TITLE}|",
    ],
    ids=["another kind", "another number", "another item", "another patron", "the answer to a return"],
)
def test_04_a_stale_reply_to_a_loan_is_found_out(stale: str) -> None:
    def say(request: bytes, line: Line) -> None:
        line.say(seal(stale, request.replace(b"AY2", b"AY1") if stale == LENT else request))

    with Station(answering({"11": say, "63": NOT_LISTED, "17": ITEM})) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_THERE_YET)
        assert answer.item == Item(BOOK)
        assert station.kinds().count("11") == 1


# 5. a repeat is a new transaction


@pytest.mark.parametrize("service", [Service.LOAN, Service.RENEWAL, Service.HOLD])
@pytest.mark.parametrize(
    "lost", [None, hang_up, b"nonsense\r", b"12\r", b"121NNY\r"], ids=["silent", "closed", "noise", "cut", "cut later"]
)
def test_05_what_changes_something_is_sent_once(service: Service, lost: Answer) -> None:
    talk = answering({"11": lost, "29": lost, "15": lost, "63": PATRON, "17": ITEM_LENT})
    with Station(talk) as station, client_of(station.port, answer_seconds=SHORT) as client:
        client.serve(service, NUMBER, Item(BOOK))
        kinds = station.kinds()
        assert [kinds.count(kind) for kind in ("11", "29", "15")].count(1) == 1
        assert sum(kinds.count(kind) for kind in ("11", "29", "15")) == 1
        # and afterwards it is asked what became of it
        assert kinds[-1] in ("63", "17")


# 6. no 97; a wrong sum of what only asks


@pytest.mark.parametrize("checksum", ["warn", "strict"])
def test_06_a_wrong_sum_is_asked_again_on_a_fresh_connection(checksum: str) -> None:
    def altered(request: bytes, line: Line) -> None:
        line.say(seal(PATRON, request).replace(b"BLY", b"BLN"))

    with Station(answering({"63": altered}), answering({"63": PATRON})) as station, client_of(station.port, checksum=checksum) as client:
        assert client.patron(NUMBER).checked
        assert station.kinds() == ["93", "99", "63", "93", "99", "63"]


def test_06_a_wrong_sum_of_a_loan_is_found_out() -> None:
    def altered(request: bytes, line: Line) -> None:
        line.say(seal(LENT, request).replace(b"121N", b"120N"))

    with Station(answering({"11": altered, "63": LISTED, "17": ITEM_LENT})) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer.outcome is Outcome.DONE
        assert answer.item.due == Due(date(2026, 12, 7), "20261207    235900")
        assert "97" not in station.kinds()


# 7. 96


def test_07_what_was_not_understood_is_sent_again_under_the_next_number() -> None:
    answers = [b"96\r", None]

    def not_at_first(request: bytes, line: Line) -> None:
        line.say(answers.pop(0) or seal(PATRON, request))

    with Station(answering({"63": not_at_first})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert [line[-7:-6] for line in station.received] == [b"0", b"1", b"2", b"3"]
        assert station.connections == 1


def test_07_96_for_ever_is_no_loop() -> None:
    with Station(answering({"63": b"96\r", "23": b"96\r"})) as station, client_of(station.port) as client:
        with pytest.raises(Unavailable):
            client.patron(NUMBER)
        assert station.kinds() == ["93", "99", "63", "63", "23", "23"]


def test_07_a_server_without_17_knows_no_titles_and_is_in_order() -> None:
    with Station(answering({"17": b"96\r"})) as station, client_of(station.port) as client:
        assert client.item(BOOK) == client.item(BOOK) == Item(BOOK)
        assert client.condition is IlsCondition.READY
        assert station.kinds() == ["93", "99", "17", "17"]


def test_07_a_loan_that_was_not_understood_is_not_done_yet() -> None:
    with Station(answering({"11": b"96\r", "63": NOT_LISTED})) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_THERE_YET)
        assert station.kinds().count("11") == 1


def test_07_a_96_that_cannot_be_looked_behind_is_not_taken_for_a_no() -> None:
    # it might be the answer to something else
    with Station(answering({"11": b"96\r"}), Line.close) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, Reason.LOST_ANSWER)


# 8. wrong sums from the server


def summed_otherwise(kind: str) -> Answer:
    texts = {"93": LOGIN, "99": STATUS, "63": PATRON, "11": LENT}

    def say(request: bytes, line: Line) -> None:
        text = texts[request[:2].decode()] + f"AY{chr(request[-7])}AZ"
        match kind:
            case "code points":
                digits = f"{-sum(map(ord, text)) & 0xFFFF:04X}"
            case "zeros":
                digits = "0000"
            case "eight digits":
                digits = f"{-sum(text.encode()) & 0xFFFFFFFF:08X}"
            case "lower case":
                digits = f"{-sum(text.encode()) & 0xFFFF:04x}"
            case _:
                digits = f"{-sum(text.encode()) & 0xFFFF:X}"
        line.say((text + digits).encode() + b"\r")

    return say


SUMS = ["code points", "zeros", "eight digits", "lower case", "without leading zeros"]


@pytest.mark.parametrize("kind", SUMS)
def test_08_sums_of_servers_that_add_up_otherwise(kind: str) -> None:
    say = summed_otherwise(kind)
    with Station(answering({"93": say, "99": say, "63": say, "11": say})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer.outcome is Outcome.DONE
        assert station.kinds().count("11") == 1


def test_08_strict_takes_no_wrong_sum() -> None:
    say = summed_otherwise("zeros")
    talk = answering({"93": say, "99": say, "63": say})
    with Station(talk) as station, client_of(station.port, checksum="strict") as client, pytest.raises(Unavailable):
        client.patron(NUMBER)


def test_08_a_server_whose_sums_were_right_is_not_believed_a_wrong_one() -> None:
    chance = iter(range(100))

    def altered(request: bytes, line: Line) -> None:
        # another name each time, and the sum of neither
        line.say(seal(PATRON, request).replace(b"BLY", b"BL%d" % (next(chance) % 10)))

    with Station(answering({"63": altered})) as station, client_of(station.port) as client, pytest.raises(Unavailable):
        client.patron(NUMBER)


# 9. numbers


def test_09_numbers_rise_by_one_and_begin_anew_with_each_connection() -> None:
    left = iter(range(11, -1, -1))

    def then_gone(request: bytes, line: Line) -> object:
        if next(left, -1) == 0:
            return hang_up(request, line)
        line.say(seal(PATRON, request))
        return None

    with Station(answering({"63": then_gone})) as station, client_of(station.port) as client:
        for _ in range(12):
            client.patron(NUMBER)
        numbers = [int(line[-7:-6]) for line in station.received]
        assert numbers == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 0, 1, 2]


def test_09_a_server_without_error_detection_may_send_sums_all_the_same() -> None:
    def only_sum(text: str) -> Answer:
        body = text.encode() + b"AZ"
        return body + b"%04X\r" % (-sum(body) & 0xFFFF)

    answers = {"93": only_sum(LOGIN), "99": only_sum(STATUS), "63": only_sum(PATRON), "11": only_sum(LENT)}
    for checksum in ("off", "warn"):
        with Station(answering(answers)) as station, client_of(station.port, checksum=checksum) as client:
            assert client.patron(NUMBER).checked
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
            assert station.connections == 1


def test_09_without_error_detection_nothing_is_numbered() -> None:
    with Station(answering({"63": PATRON})) as station, client_of(station.port, checksum="off") as client:
        assert client.patron(NUMBER).checked
        assert not any(b"AY" in line or b"AZ" in line for line in station.received)


# 10. idle connections


def test_10_a_connection_closed_while_idle_is_replaced_before_anything_is_sent() -> None:
    def once(request: bytes, line: Line) -> object:
        line.say(seal(PATRON, request))
        return hang_up(request, line)

    with Station(answering({"63": once}), answering({"11": LENT})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert station.closed.acquire(timeout=LIMIT)
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer.outcome is Outcome.DONE
        assert station.kinds() == ["93", "99", "63", "93", "99", "11"]


def test_10_a_heartbeat_when_nothing_was_said_for_long() -> None:
    clock = Clock()
    with Station(answering({"63": PATRON})) as station, client_of(station.port, monotonic=clock, heartbeat_seconds=60) as client:
        client.patron(NUMBER)
        clock.now += 59
        assert client.keep_alive() is IlsCondition.READY
        assert station.kinds() == ["93", "99", "63"]
        clock.now += 1
        assert client.keep_alive() is IlsCondition.READY
        assert client.keep_alive() is IlsCondition.READY
        assert station.kinds() == ["93", "99", "63", "99"]


def test_10_before_a_loan_a_long_silent_connection_is_tried() -> None:
    clock = Clock()

    def forgets(line: Line) -> None:
        """Keeps the connection and answers nothing more, as behind a firewall that has forgotten it."""
        for _ in range(3):
            request = line.read()
            line.say(seal({b"93": LOGIN, b"99": STATUS, b"63": PATRON}[request[:2]], request))
        line.wait_for_end()

    with Station(forgets, answering({"11": LENT})) as station:
        with client_of(station.port, monotonic=clock, heartbeat_seconds=60, answer_seconds=SHORT) as client:
            client.patron(NUMBER)
            clock.now += 3600
            answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
            # a heartbeat was lost, not a loan
            assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_REACHED)
            clock.now += 2
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        assert station.kinds().count("11") == 1


# 11. a server that connects and says nothing; one connection


def test_11_a_server_that_is_busy_with_another_has_a_limit() -> None:
    with Station(Line.wait_for_end) as station, client_of(station.port, answer_seconds=SHORT) as client:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=Code.ILS_UNREACHABLE.value):
            client.patron(NUMBER)
        assert SHORT <= time.monotonic() - began < SOON
        assert client.condition is IlsCondition.UNREACHABLE


def test_11_a_server_that_drips_a_byte_now_and_then_cannot_hold_us() -> None:
    def drip(line: Line) -> None:
        line.read()
        while not line.wait_readable(SHORT / 4):
            line.say(b"9")

    with Station(drip) as station, client_of(station.port, answer_seconds=SHORT) as client:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            client.patron(NUMBER)
        assert time.monotonic() - began < SOON


def test_11_a_slow_server_may_take_its_time_for_each_answer() -> None:
    slow, limit = 0.25, 0.6

    def slowly(text: str) -> Answer:
        def say(request: bytes, line: Line) -> None:
            line.wait_readable(slow)
            line.say(seal(text, request))

        return say

    talk = answering({"93": slowly(LOGIN), "99": slowly(STATUS), "63": slowly(PATRON)})
    with Station(talk) as station, client_of(station.port, answer_seconds=limit) as client:
        assert client.patron(NUMBER).checked


@pytest.mark.parametrize("slow_after", [0, 1, 2])
def test_11_no_call_takes_longer_than_its_limits_together(slow_after: int) -> None:
    """Whatever the server answers just in time, again and again, it cannot stretch a call."""
    limit = 0.06

    def just_in_time(line: Line) -> None:
        for count in itertools.count():
            if not (request := line.read()) or (count >= slow_after and line.wait_readable(limit * 0.9)):
                return
            texts = {b"93": LOGIN, b"99": STATUS, b"63": PATRON, b"17": ITEM, b"15": HELD}
            line.say(seal(texts[request[:2]], request) if request[:2] in texts else b"96\r")

    with Station(just_in_time) as station, client_of(station.port, answer_seconds=limit, connect_seconds=limit) as client:
        for service in (Service.LOAN, Service.RENEWAL, Service.HOLD):
            took = LIMIT
            for _ in range(5):  # again, where the machine was busy
                began = time.monotonic()
                client.serve(service, NUMBER, Item(BOOK))
                took = time.monotonic() - began
                client.reconnect()
                if took < 2 * 4 * limit + 0.2:
                    break
            assert took < 2 * 4 * limit + 0.2


def test_11_everything_goes_over_one_connection() -> None:
    with Station(answering({"63": PATRON, "11": LENT, "29": RENEWED, "17": ITEM})) as station, client_of(station.port) as client:
        client.keep_alive()
        for _ in range(5):
            client.patron(NUMBER)
            client.loans(NUMBER)
            client.item(BOOK)
            client.status()
            client.serve(Service.LOAN, NUMBER, Item(BOOK))
            client.serve(Service.RENEWAL, NUMBER, Item(BOOK))
        assert station.connections == 1


def test_11_noise_without_an_end_fills_no_memory() -> None:
    def noise(request: bytes, line: Line) -> None:
        line.say(b"\xe3" * 10_000_000)

    with Station(answering({"63": noise}), answering({"63": PATRON})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert station.connections == 2


# 12. a server that dies in the middle


@pytest.mark.parametrize("how", ["closes", "resets"])
def test_12_a_server_that_dies_over_a_loan(how: str) -> None:
    def die(request: bytes, line: Line) -> object:
        line.close() if how == "closes" else line.reset()
        return CLOSED

    with Station(answering({"11": die}), answering({"63": LISTED, "17": ITEM_LENT})) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer.outcome is Outcome.DONE
        assert answer.item == Item(BOOK, TITLE, Due(date(2026, 12, 7), "20261207    235900"))


def test_12_a_server_that_stays_dead_leaves_it_unknown() -> None:
    with Station(answering({"11": hang_up}), lambda line: line.close()) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, Reason.LOST_ANSWER)
        assert station.kinds().count("11") == 1


# 13. and 14. login


def test_13_none_or_93_and_then_99() -> None:
    with Station(answering({"63": PATRON})) as station, client_of(station.port, login="none") as client:
        client.patron(NUMBER)
        assert station.kinds() == ["99", "63"]
    with Station(answering({"63": PATRON})) as station, client_of(station.port, location="") as client:
        client.patron(NUMBER)
        assert station.kinds() == ["93", "99", "63"]
        assert station.received[0].startswith(b"9300CNkiosk|COkioskpwd|AY0AZ")


def test_13_a_server_that_does_not_know_99_is_spoken_to_all_the_same() -> None:
    with Station(answering({"99": b"96\r", "63": PATRON})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked


def test_13_a_server_without_99_has_no_heartbeat() -> None:
    clock = Clock()
    with Station(answering({"99": b"96\r", "11": LENT})) as station, client_of(station.port, monotonic=clock) as client:
        client.keep_alive()
        clock.now += 29
        assert client.keep_alive() is IlsCondition.READY
        assert station.kinds() == ["93", "99"]
        # tried again some day, and what is asked for is not kept from being done
        clock.now += 3600
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        assert client.keep_alive() is IlsCondition.READY
        assert station.kinds() == ["93", "99", "99", "99", "11"]


def test_14_a_refused_login_is_not_hammered() -> None:
    clock = Clock()
    with Station(answering({"93": "940"})) as station, client_of(station.port, monotonic=clock) as client:
        for _ in range(10):
            with pytest.raises(Unavailable, match=Code.ILS_LOGIN_REFUSED.value):
                client.patron(NUMBER)
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).reason is Reason.NOT_REACHED
            assert client.keep_alive() is IlsCondition.LOGIN_REFUSED
        assert station.kinds() == ["93"]
        clock.now += 59
        client.keep_alive()
        assert station.kinds() == ["93"]
        clock.now += 1
        client.keep_alive()
        assert station.kinds() == ["93", "93"]
        clock.now += 60
        client.keep_alive()
        # after the second refusal it takes longer
        assert station.kinds() == ["93", "93"]
        assert client.reconnect() is IlsCondition.LOGIN_REFUSED
        assert station.kinds() == ["93", "93", "93"]


def test_14_a_password_that_cannot_be_sent_is_a_refused_login() -> None:
    with Station(answering()) as station, client_of(station.port, password="竹") as client:
        with pytest.raises(Unavailable, match=Code.ILS_LOGIN_REFUSED.value):
            client.patron(NUMBER)
        assert station.kinds() == []


# 16. what some servers demand and others do not bear


@pytest.mark.parametrize(
    ("given", "asked", "lent"),
    [
        ({}, b"AOKENRITSU|AAD0123456789|AC|AY", b"AC|BON"),
        ({"terminal_password": "absent"}, b"AOKENRITSU|AAD0123456789|AY", b"AB1100000000017|BON"),
        ({"patron_password": "empty"}, b"AOKENRITSU|AAD0123456789|AC|AD|AY", b"AC|AD|BON"),
        ({"institution": ""}, b"AO|AAD0123456789|AC|AY", b"AO|AAD0123456789|AB"),
    ],
)
def test_16_fields_are_settings(given: dict[str, Any], asked: bytes, lent: bytes) -> None:
    with Station(answering({"63": PATRON, "11": LENT})) as station, client_of(station.port, **given) as client:
        client.patron(NUMBER)
        client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert asked in station.received[2]
        assert lent in station.received[3]


# 17. no PIN is asked of the server, so nothing is read from its answer about one


@pytest.mark.parametrize("pin", ["", "CQ|", "CQN|", "CQY|", "CQ |"])
def test_17_what_is_said_of_a_pin_tells_nothing(pin: str) -> None:
    with Station(answering({"63": PATRON.replace("BLY|", f"BLY|{pin}")})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert b"|AD" not in station.received[-1]


def test_17_a_missing_bl_is_no_yes() -> None:
    talk = answering({"63": PATRON.replace("BLY|", "").replace("花子 山田", "")})
    with Station(talk) as station, client_of(station.port) as client, pytest.raises(Refused, match=Code.LIBRARY_CARD_UNKNOWN.value):
        client.patron(NUMBER)


# 18. to 20.: flags, expiry, dates


def test_18_a_flag_alone_stops_nobody() -> None:
    for place in (2, 5, 6, 7, 8, 9, 10, 11, 12, 13):
        flags = " " * place + "Y" + " " * (13 - place)
        with Station(answering({"63": PATRON.replace(" " * 14, flags)})) as station, client_of(station.port) as client:
            assert client.patron(NUMBER).checked


@pytest.mark.parametrize("text", ["", "  -  -  ", "99991231", "9999-12-31", "00000000", "20261340", "never", "20269999    999999"])
def test_20_a_date_that_is_none_is_not_judged(text: str) -> None:
    talk = answering({"63": f"{PATRON}PA{text}|"})
    with Station(talk) as station, client_of(station.port, expiry_field="PA") as client:
        assert client.patron(NUMBER).valid_until is None


# 21. encodings


def test_21_a_wrong_encoding_is_seen_and_fails_nothing() -> None:
    with Station(answering({"63": PATRON, "11": LENT}, encoding="cp932")) as station, client_of(station.port) as client:
        sight = client.sight(NUMBER)
        assert sight.replaced
        assert "山田" not in sight.name
        assert client.patron(NUMBER).checked
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE


# 22. clocks


def test_22_the_servers_clock_is_not_compared_with_ours() -> None:
    years_off = f"121NNY19990101    000000AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|AH1999-01-15 23:59:00|"
    with Station(answering({"11": years_off})) as station, client_of(station.port) as client:
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer.outcome is Outcome.DONE
        assert answer.item.due == Due(date(1999, 1, 15), "1999-01-15 23:59:00")
        assert station.received[-1].startswith(b"11NN20261123    09503120261123    095031AO")


@pytest.mark.parametrize(
    ("text", "day"), [("soon", None), ("20261207    235900", date(2026, 12, 7)), ("2026-12-07 23:59:00", date(2026, 12, 7))]
)
def test_22_a_due_date_is_shown_as_it_was_sent(text: str, day: date | None) -> None:
    shelved = f"18040201{DATE}AB{BOOK}|AJ{TITLE}|"
    with Station(answering({"11": LENT.replace("20261207    235900", text), "17": shelved})) as station, client_of(station.port) as client:
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).item.due == Due(day, text)


# 23. yes without effect


HELD = f"161N{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|BSKENRITSU|"


def test_23_a_hold_that_is_not_seen_although_the_server_said_so() -> None:
    with Station(answering({"15": HELD, "63": PATRON})) as station, client_of(station.port) as client:
        answer = client.serve(Service.HOLD, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_SEEN_YET)
        assert answer.item.title == TITLE
        assert station.kinds().count("15") == 1


@pytest.mark.parametrize("column", [0, 5])
def test_23_a_hold_is_read_back_wherever_it_is_counted(column: int) -> None:
    before, after = (PATRON.replace("000000000001000000000000", f"{'0000' * column}{n:04}{'0000' * (5 - column)}") for n in (2, 3))

    def counted(request: bytes, line: Line) -> None:
        line.say(seal(after if "15" in station.kinds() else before, request))

    with Station(answering({"15": f"{HELD}BR4|", "63": counted})) as station, client_of(station.port) as client:
        answer = client.serve(Service.HOLD, NUMBER, Item(BOOK), sure=True)
        assert (answer.outcome, answer.position) == (Outcome.DONE, 4)
        # those that cannot be had yet have a list of their own
        assert station.kinds() == ["93", "99", "63", *["63"] * (column == 5), "15", "63"]


def test_23_counts_that_are_not_told_tell_nothing_against_it() -> None:
    patron = PATRON.replace("000000000001000000000000", " " * 24)
    talk = answering({"15": HELD, "63": patron, "17": f"{ITEM_LENT}CF3|"})
    with Station(talk) as station, client_of(station.port) as client:
        answer = client.serve(Service.HOLD, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.position) == (Outcome.DONE, 3)


def test_the_number_in_a_request_is_the_one_that_was_asked_for() -> None:
    with Station(answering({"63": PATRON.replace("D0123456789", "D0000000077")})) as station, client_of(station.port) as client:
        client.patron(LibraryCardNumber("D0000000077"))
        assert field(station.received[-1], "AA") == "D0000000077"
