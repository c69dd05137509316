"""Replies are evaluated in full: what was done instead, fees, and messages that accompany success."""

from __future__ import annotations

import time
from datetime import date

import pytest

from kiosk.config.settings import Ils
from kiosk.domain.circulation import Due, Instead, Item, ItemAnswer, Outcome, Reason
from kiosk.domain.model import Service
from tests.support.ils.scripted_server import (
    BOOK,
    DATE,
    LENT,
    NUMBER,
    PATRON,
    TITLE,
    Answer,
    Line,
    Station,
    answering,
    client_of,
    hang_up,
    in_turn,
    seal,
)
from tests.support.wait import LIMIT, SOON

DUE = Due(date(2026, 12, 7), "20261207    235900")
RENEWED = f"301YNN{DATE}AAD0123456789|AB{BOOK}|AJ{TITLE}|AH20261221    235900|AOKENRITSU|"
HELD = f"161N{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|BR1|"
ITEM = f"18030201{DATE}AB{BOOK}|AJ{TITLE}|"


def served(service: Service, reply: str, item: Item | None = None, *, system: Ils = Ils.KOHA) -> ItemAnswer:
    kind = {"12": "11", "30": "29", "16": "15"}[reply[:2]]
    answers: dict[str, Answer] = {kind: reply, "17": ITEM, "63": PATRON.replace("000000000001000000000000", " " * 24)}
    with Station(answering(answers)) as station, client_of(station.port, system=system) as client:
        return client.serve(service, NUMBER, item or Item(BOOK))


# --- not what was asked for -----------------------------------------------------------------------------------------------


def test_a_loan_that_the_server_has_renewed_is_told_as_renewed() -> None:
    """As recorded from two servers: 121YNY, for an item that was this patron's already."""
    answer = served(Service.LOAN, LENT.replace("121NNY", "121YNY", 1).replace("20261207", "20261221"))
    assert (answer.outcome, answer.instead) == (Outcome.DONE, Instead.RENEWED)
    assert answer.item.due == Due(date(2026, 12, 21), "20261221    235900")


@pytest.mark.parametrize("flag", ["N", " ", "U"])
def test_a_loan_is_a_loan(flag: str) -> None:
    assert served(Service.LOAN, LENT.replace("121NNY", f"121{flag}NY", 1)).instead is None


def test_a_renewal_says_nothing_else_where_its_flag_is_set() -> None:
    """In a 30, renewal ok is part of the yes."""
    assert served(Service.RENEWAL, RENEWED, Item(BOOK, due=DUE)).instead is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("20261207    235900", "20261207    235900"),
        ("20261207    094534", "20261207    094536"),
        ("2026-12-07", "20261207    235900"),
        ("soon", "soon"),
    ],
)
def test_a_renewal_to_the_day_it_was_due_before_has_extended_nothing(before: str, after: str) -> None:
    day = None if before == "soon" else date(2026, 12, 7)
    answer = served(Service.RENEWAL, RENEWED.replace("20261221    235900", after), Item(BOOK, due=Due(day, before)))
    assert (answer.outcome, answer.instead) == (Outcome.DONE, Instead.SAME_DATE)


def test_the_day_is_asked_for_before_where_nobody_knows_it() -> None:
    item = ITEM.replace("1803", "1804") + "AH20261221    235900|"
    with Station(answering({"29": RENEWED, "17": item})) as station, client_of(station.port) as client:
        assert client.serve(Service.RENEWAL, NUMBER, Item(BOOK)).instead is Instead.SAME_DATE


def test_a_loan_to_the_day_it_was_due_before_has_lent_nothing() -> None:
    answer = served(Service.LOAN, LENT.replace("121NNY", "121YNY", 1), Item(BOOK, due=DUE))
    assert (answer.outcome, answer.instead) == (Outcome.DONE, Instead.SAME_DATE)


def test_a_renewal_whose_days_are_not_known_is_not_said_to_be_none() -> None:
    bare = RENEWED.replace("AH20261221    235900|", "")
    assert served(Service.RENEWAL, bare, Item(BOOK, due=DUE)).instead is None


def test_what_was_renewed_instead_is_not_counted_as_one_more_loan() -> None:
    """Else what became of a later loan would be read from a wrong count."""
    other = "1100000000025"
    patron = PATRON.replace("AU1100000000033|", "AU吾輩は猫である|")
    one_more = patron.replace("000000000001", "000000000002")
    answers: dict[str, Answer] = {
        "11": in_turn(LENT.replace("121NNY", "121YNY", 1), hang_up),
        "63": in_turn(patron, one_more),
        "17": ITEM.replace("1803", "1804").replace(BOOK, other),
    }
    with Station(answering(answers)) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).instead is Instead.RENEWED
        assert client.serve(Service.LOAN, NUMBER, Item(other)).outcome is Outcome.DONE


@pytest.mark.parametrize("service", [Service.LOAN, Service.RENEWAL])
@pytest.mark.parametrize("after", ["20261205    235900", "2026-12-05 23:59:00", "2026年12月5日"])
def test_a_due_date_that_went_back_is_told_as_that(service: Service, after: str) -> None:
    """A server may say yes to a renewal, and count from today what was lent for longer."""
    reply = RENEWED if service is Service.RENEWAL else LENT.replace("121NNY", "121YNY", 1).replace("20261207", "20261221")
    answer = served(service, reply.replace("20261221    235900", after), Item(BOOK, due=DUE))
    assert (answer.outcome, answer.instead) == (Outcome.DONE, Instead.EARLIER)
    assert answer.item.due == Due(date(2026, 12, 5), after)


UNREADABLE = ["000000000000000000", "0000-00-00", "31/12/2026", "12/05/26", "20260230    000000", "202612120900", "Never", "null"]


@pytest.mark.parametrize("service", [Service.LOAN, Service.RENEWAL])
@pytest.mark.parametrize("sent", UNREADABLE)
def test_a_due_date_that_cannot_be_read_is_asked_for_like_a_missing_one(service: Service, sent: str) -> None:
    kind, sample, day = {Service.RENEWAL: ("29", RENEWED, "20261221"), Service.LOAN: ("11", LENT, "20261207")}[service]
    reply = sample.replace(f"{day}    235900", sent)
    item = ITEM.replace("1803", "1804") + "AH20261221    235900|"
    with Station(answering({kind: reply, "17": item})) as station, client_of(station.port) as client:
        answer = client.serve(service, NUMBER, Item(BOOK, due=DUE))
    assert (answer.outcome, answer.instead) == (Outcome.DONE, None)
    assert answer.item.due == Due(date(2026, 12, 21), "20261221    235900")


@pytest.mark.parametrize("sent", UNREADABLE)
def test_where_nobody_tells_a_date_that_can_be_read_what_was_sent_stays(sent: str) -> None:
    answer = served(Service.RENEWAL, RENEWED.replace("20261221    235900", sent), Item(BOOK, due=DUE))
    assert (answer.outcome, answer.instead) == (Outcome.DONE, None)
    # Nothing but zeros is what a database has where there is no date.
    assert answer.item.due == (Due(None, sent) if sent.strip("0-") else None)


def test_a_due_date_before_that_cannot_be_read_is_asked_for_before_the_renewal() -> None:
    item = ITEM.replace("1803", "1804") + "AH20261221    235900|"
    with Station(answering({"29": RENEWED, "17": item})) as station, client_of(station.port) as client:
        answer = client.serve(Service.RENEWAL, NUMBER, Item(BOOK, due=Due(None, "soon")))
        assert station.kinds()[2:] == ["17", "29"]
    assert answer.instead is Instead.SAME_DATE


# --- words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("service", "reply"), [(Service.LOAN, LENT), (Service.RENEWAL, RENEWED), (Service.HOLD, HELD)])
def test_what_the_server_says_to_a_yes_is_told(service: Service, reply: str) -> None:
    assert served(service, f"{reply}AF付録のCDがあります|AF返却は本館へ|").said == "付録のCDがあります\n返却は本館へ"


def test_what_belongs_to_an_item_is_told() -> None:
    assert served(Service.LOAN, f"{LENT}AFありがとうございました|CH付録: 地図1枚|").said == "ありがとうございました\n付録: 地図1枚"


def test_what_the_server_would_print_is_told_where_it_says_nothing() -> None:
    assert served(Service.LOAN, f"{LENT}AG返却は12月7日まで|").said == "返却は12月7日まで"
    assert served(Service.LOAN, f"{LENT}AF期限 12/7|AG返却は12月7日まで|").said == "期限 12/7"


def test_the_same_is_told_once_and_a_greeting_never() -> None:
    assert served(Service.LOAN, f"{LENT}AFGreetings from Koha. |AFA|AFA|AF|AF  |").said == "A"


def test_a_patron_who_is_denied_nothing_has_a_message() -> None:
    with Station(answering({"63": f"{PATRON}AF忘れ物をお預かりしています|"})) as station, client_of(station.port) as client:
        standing = client.patron(NUMBER).standing
    assert standing.stops == frozenset()
    assert standing.said == "忘れ物をお預かりしています"


@pytest.mark.parametrize("checksum", ["warn", "off"])
@pytest.mark.parametrize("break_", ["\r", "\r\n", "\n", "\r\r"])
def test_breaks_within_a_text_are_text(break_: str, checksum: str) -> None:
    """Servers end a message with CR, and send what somebody has typed into a field of several lines as it is."""
    patron = PATRON.replace("花子 山田", f"花子{break_}山田") + f"AF忘れ物を{break_}お預かりしています{break_}|"
    lent = LENT.replace(TITLE, f"吾輩は{break_}猫である{break_}") + f"AF付録の{break_}地図|"
    with Station(answering({"63": patron, "11": lent})) as station, client_of(station.port, checksum=checksum) as client:
        assert client.patron(NUMBER).standing.said == "忘れ物を\nお預かりしています"
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.item.title, answer.said) == (Outcome.DONE, "吾輩は 猫である", "付録の\n地図")
        assert client.sight(NUMBER).name.split() == ["花子", "山田"]
        assert station.connections == 1


def test_a_field_may_begin_in_a_new_line_where_every_message_has_a_sum() -> None:
    patron = PATRON + "AF忘れ物|\rAF二つ|\r\nAG三つ|"
    with Station(answering({"63": patron})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.said == "忘れ物\n二つ"


def test_a_message_without_an_end_of_its_own_is_read_after_a_moment() -> None:
    for last in ("AF忘れ物", "AF忘れ物を\rお預かり"):
        with Station(answering({"63": PATRON + last})) as station, client_of(station.port, checksum="off", answer_seconds=LIMIT) as client:
            began = time.monotonic()
            assert client.patron(NUMBER).standing.said == last.removeprefix("AF").replace("\r", "\n")
            assert time.monotonic() - began < SOON


def test_a_server_that_closes_behind_such_a_message_has_said_it() -> None:
    def say_and_close(request: bytes, line: Line) -> object:
        line.say(seal(PATRON + "AF忘れ物", request))
        return hang_up(request, line)

    with Station(answering({"63": say_and_close})) as station, client_of(station.port, checksum="off") as client:
        assert client.patron(NUMBER).standing.said == "忘れ物"


def test_a_title_in_several_lines_is_one_title() -> None:
    assert served(Service.LOAN, LENT.replace(TITLE, "吾輩は\n  猫である ")).item.title == "吾輩は 猫である"


# --- money ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "fee"),
    [
        ("BV350.00|BHJPY|", "350.00 JPY"),
        ("BV350|", "350"),
        ("BV0.00|BHJPY|", ""),
        ("BV|BHJPY|", ""),
        ("BHJPY|", ""),
        ("BV000|", ""),
        ("BVfree|", ""),
        ("BV1,200|BH   |", "1,200"),
        ("BV-5|", ""),
        ("BV500円|BHJPY|", "500 JPY"),
        ("BV５００|BHJPY|", "500 JPY"),
        ("BV５００円|", "500 JPY"),
        ("BV¥1,200|", "1,200 JPY"),
        ("BV￥１，２００|", "1,200 JPY"),
        ("BV 350 JPY |", "350 JPY"),
        ("BV0円|", ""),
        ("BV¥0|", ""),
        ("BV1,000円|BHUSD|", ""),
    ],
)
def test_what_it_costs_is_told_as_the_server_writes_it(fields: str, fee: str) -> None:
    assert served(Service.LOAN, LENT + fields).fee == fee
    with Station(answering({"63": PATRON + fields})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.owes == fee


def test_what_is_not_lent_because_it_costs_something_says_so() -> None:
    refused = f"120NUN{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|AH|BT02|BV200|BHJPY|"
    answer = served(Service.LOAN, refused)
    assert (answer.outcome, answer.reason, answer.fee) == (Outcome.REFUSED, Reason.FEE, "200 JPY")
    assert served(Service.LOAN, f"{refused}AFItem is for reference only|").reason is Reason.NOT_FOR_LOAN


@pytest.mark.parametrize("sent", ["free", "-5", "1万円", "500円也", "12.50€", "1 200", "三百円", "???", "500 or 600"])
def test_a_sum_that_cannot_be_read_is_told_as_the_servers_words(sent: str) -> None:
    fields = f"BV{sent}|BHJPY|AF延滞があります|"
    answer = served(Service.LOAN, LENT + fields)
    assert (answer.fee, answer.said) == ("", f"延滞があります\n{sent} JPY")
    with Station(answering({"63": PATRON + fields})) as station, client_of(station.port) as client:
        standing = client.patron(NUMBER).standing
    assert (standing.owes, standing.said) == ("", f"延滞があります\n{sent} JPY")


def test_a_sum_in_two_currencies_is_told_as_the_servers_words() -> None:
    assert served(Service.LOAN, f"{LENT}BV1,000円|BHUSD|").said == "1,000円 USD"


def test_a_sum_that_cannot_be_read_is_no_reason() -> None:
    refused = f"120NUN{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|AH|BVlost|"
    answer = served(Service.LOAN, refused)
    assert (answer.reason, answer.said) == (Reason.OTHER, "lost")


def test_what_is_owed_for_is_counted_where_no_sum_is_told() -> None:
    patron = PATRON.replace("0000" * 2 + "0001" + "0000" * 3, "0000" * 3 + "0003" + "0000" * 2).replace("AU1100000000033|", "")
    with Station(answering({"63": patron})) as station, client_of(station.port) as client:
        standing = client.patron(NUMBER).standing
    assert (standing.fines, standing.owes) == (3, "")


def test_what_is_listed_as_owed_is_told_where_no_sum_is() -> None:
    with Station(answering({"63": f"{PATRON}AV延滞料 500円|AV弁償|"})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.said == "延滞料 500円\n弁償"
