"""Loan lists: complete, partial, as titles, or not reported at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.demo.ils import PATRONS, PLAIN, LibraryServer, opening, serving
from kiosk.domain.circulation import LoanList, Told
from kiosk.domain.model import IlsCondition, LibraryCardNumber
from tests.support.ils.scripted_server import (
    DATE,
    NUMBER,
    STATUS,
    TODAY,
    Answer,
    Clock,
    Line,
    Station,
    answering,
    client_of,
    hang_up,
    in_turn,
    seal,
)
from tests.support.ils.scripted_server import field as field_of

STATUS_WITHOUT_63 = STATUS.replace("BXYYYYYYYYYYY", "BXYYYYYYYNYYY")
PATRON_STATUS = f"24              000{DATE}AE花子 山田|AAD0123456789|BLY|AOKENRITSU|"


def answer(fields: str, charged: str) -> str:
    return f"64              000{DATE}00000000{charged:4}000000000000AOKENRITSU|AAD0123456789|AE花子 山田|BLY|{fields}"


def listed(reply: str) -> LoanList:
    with Station(answering({"63": reply})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.on_loan == client.loans(NUMBER)
        return client.loans(NUMBER)


def items(count: int) -> tuple[str, ...]:
    return tuple(f"11000{number:08}" for number in range(count))


def fields(values: tuple[str, ...]) -> str:
    return "".join(f"AU{value}|" for value in values)


@pytest.mark.parametrize(
    ("values", "charged", "told", "counted"),
    [
        (items(2), "0002", Told.ALL, 2),
        ((), "0000", Told.ALL, 0),
        (items(20), "0120", Told.PART, 120),
        ((), "0003", Told.NOTHING, 3),
        ((), "", Told.NOTHING, None),
        (items(2), "", Told.PART, None),
        (items(2), "00-2", Told.PART, None),
    ],
)
def test_a_list_is_held_against_its_count(values: tuple[str, ...], charged: str, told: Told, counted: int | None) -> None:
    assert listed(answer(fields(values), charged)) == LoanList(values, told, counted)


# --- counts and lists that contradict each other ------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "charged"), [(items(2), "0000"), (items(3), "0002"), (("雪国", "こころ"), "0001")])
def test_more_listed_than_counted_is_how_many_nobody_knows(values: tuple[str, ...], charged: str) -> None:
    reply = answer(fields(values), charged)
    with Station(answering({"63": reply})) as station, client_of(station.port, loan_limit=5) as client:
        standing = client.patron(NUMBER).standing
        assert client.loans(NUMBER) == standing.on_loan
    assert (standing.loans, standing.loans_left) == (None, None)
    assert (standing.on_loan.items, standing.on_loan.told, standing.on_loan.counted) == (values, Told.PART, None)
    assert standing.on_loan.disputed == int(charged)
    assert not standing.on_loan.is_none


def test_what_is_overdue_may_be_counted_apart() -> None:
    reply = answer(fields(items(3)), "0002").replace("000000000002", "000000010002")
    with Station(answering({"63": reply})) as station, client_of(station.port) as client:
        standing = client.patron(NUMBER).standing
    assert (standing.on_loan, standing.loans, standing.overdue) == (LoanList.whole(items(3)), 3, 1)


@pytest.mark.parametrize("counted", [0, 1])
@pytest.mark.parametrize(("column", "code", "name"), [(0, "AS", "holds_ready"), (1, "AT", "overdue"), (3, "AV", "fines")])
def test_other_counts_that_their_lists_contradict_are_not_known_either(counted: int, column: int, code: str, name: str) -> None:
    counts = "0000" * column + f"{counted:04}" + "0000" * (5 - column)
    patron = f"64              000{DATE}{counts}AOKENRITSU|AAD0123456789|AE花子 山田|BLY|{code}1100000000017|{code}1100000000025|"
    with Station(answering({"63": patron})) as station, client_of(station.port) as client:
        assert getattr(client.patron(NUMBER).standing, name) is None


def test_a_count_may_be_higher_than_what_was_listed_without_being_asked_for() -> None:
    patron = answer("AT1100000000017|", "0000").replace("0000" * 6, "0000000300000000" + "0000" * 2)
    with Station(answering({"63": patron})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).standing.overdue == 3


def test_the_same_barcode_twice_is_one_loan_of_two_that_are_counted() -> None:
    assert listed(answer("AU110001|AU110001|", "0002")) == LoanList(("110001",), Told.PART, 2)


@pytest.mark.parametrize("title", ["雪国", "The Pillow Book", "1984", "2001 a space odyssey", "Momo"])
def test_titles_are_no_barcodes(title: str) -> None:
    assert listed(answer(f"AU{title}|AU1100000000017|", "0002")) == LoanList((title, "1100000000017"), Told.ALL, 2, as_titles=True)


def test_two_volumes_with_the_same_title_are_two_loans() -> None:
    assert listed(answer("AU雪国|AU雪国|", "0002")) == LoanList(("雪国", "雪国"), Told.ALL, 2, as_titles=True)


@pytest.mark.parametrize("answers", [{"99": STATUS_WITHOUT_63, "23": PATRON_STATUS}, {"63": b"96\r", "23": PATRON_STATUS}])
def test_a_server_that_does_not_list_loans_has_not_said_that_there_are_none(answers: dict[str, str | bytes]) -> None:
    with Station(answering({**answers})) as station, client_of(station.port) as client:
        assert client.loans(NUMBER) == LoanList(told=Told.NOTHING, counted=None)
        assert not client.patron(NUMBER).standing.on_loan.is_none


# --- by pages -------------------------------------------------------------------------------------------------------------


class Pages:
    """A server that lists so many at a time, from the place on that is asked for."""

    def __init__(self, values: tuple[str, ...], longest: int, *, first: int = 1, at_once: bool = False) -> None:
        self._values, self._longest, self._first, self._at_once = values, longest, first, at_once
        self.asked: list[str] = []

    def __call__(self, request: bytes, line: Line) -> object:
        start = field_of(request, "BP")
        self.asked.append(start)
        place = int(start) - self._first if start else 0
        last = int(field_of(request, "BQ")) - self._first + 1 if start else len(self._values)
        page = self._values[place : min(place + self._longest, last)]
        line.say(seal(answer(fields(page), f"{len(self._values):04}"), request))
        return None


def paged(talk: Answer, *, patron: bool = False) -> LoanList:
    with Station(answering({"63": talk})) as station, client_of(station.port) as client:
        loans = client.patron(NUMBER).standing.on_loan if patron else client.loans(NUMBER)
        assert client.condition is IlsCondition.READY
        assert client.patron(NUMBER).checked
        return loans


@pytest.mark.parametrize("patron", [False, True])
@pytest.mark.parametrize(("count", "longest"), [(120, 20), (120, 100), (101, 100), (300, 100), (1000, 100), (7, 3)])
def test_what_is_cut_off_is_asked_for_page_by_page(count: int, longest: int, *, patron: bool) -> None:
    server = Pages(items(count), longest)
    assert paged(server, patron=patron) == LoanList.whole(items(count))
    assert server.asked[: len(range(0, count, longest))] == ["", *(str(start) for start in range(longest + 1, count + 1, longest))]


def test_a_list_that_is_whole_is_asked_for_once() -> None:
    server = Pages(items(120), 9999)
    with Station(answering({"63": server})) as station, client_of(station.port) as client:
        assert client.loans(NUMBER) == LoanList.whole(items(120))
        assert server.asked == [""]


def test_titles_come_page_by_page_too() -> None:
    titles = ("雪国", "雪国", "こころ", "雪国", "坊っちゃん")
    assert paged(Pages(titles, 2)) == LoanList(titles, Told.ALL, 5, as_titles=True)


def test_a_server_that_does_not_page_has_listed_a_part() -> None:
    """It leaves BP out of account and sends the beginning again."""
    for values in (items(20), ("雪国",) * 20):
        loans = paged(answer(fields(values), "0120"))
        assert (loans.items, loans.told, loans.counted) == (values, Told.PART, 120)


@pytest.mark.parametrize("refusal", ["96", "hangs up", "silent", "another patron", "an empty page"])
def test_a_server_that_bears_no_pages_has_listed_a_part_and_is_in_order(refusal: str) -> None:
    first = answer(fields(items(20)), "0120")

    def talk(request: bytes, line: Line) -> object:
        if not field_of(request, "BP"):
            line.say(seal(first, request))
        elif refusal == "hangs up":
            return hang_up(request, line)
        elif refusal != "silent":
            other = {"96": "96", "another patron": first.replace("D0123456789", "D0000000077"), "an empty page": answer("", "0120")}
            line.say(b"96\r" if refusal == "96" else seal(other[refusal], request))
        return None

    with Station(answering({"63": talk})) as station, client_of(station.port, answer_seconds=0.3) as client:
        for _ in range(3):
            assert client.loans(NUMBER) == LoanList(items(20), Told.PART, 120)
        assert client.patron(NUMBER).standing.on_loan.counted == 120
        assert client.condition is IlsCondition.READY
        # What failed is not tried with each patron.
        tried = sum(b"|BP" in request for request in station.received)
        assert tried <= (2 if refusal == "96" else 1) or refusal == "an empty page"


def test_pages_have_an_end_although_the_server_gives_ever_new_ones() -> None:
    def talk(request: bytes, line: Line) -> object:
        start = int(field_of(request, "BP") or "1")
        line.say(seal(answer(fields(items(start + 2)[start:]), "9999"), request))
        return None

    with Station(answering({"63": talk})) as station, client_of(station.port) as client:
        loans = client.loans(NUMBER)
        assert (loans.told, loans.counted) == (Told.PART, 9999)
        assert len(station.received) < 40


def test_whoever_laid_a_card_does_not_wait_for_slow_pages() -> None:
    clock = Clock()

    def talk(request: bytes, line: Line) -> object:
        if field_of(request, "BP"):
            clock.now += 1.1
        return server(request, line)

    server = Pages(items(120), 20)
    with Station(answering({"63": talk})) as station, client_of(station.port, monotonic=clock) as client:
        loans = client.patron(NUMBER).standing.on_loan
        assert (loans.told, loans.counted) == (Told.PART, 120)
        assert 60 <= len(loans.items) <= 80
        # Whoever asks for the list itself waits for it, though not at once again.
        clock.now += 30
        assert client.loans(NUMBER).told is Told.ALL


@pytest.mark.parametrize(
    ("changes", "told", "listed", "requests"),
    [
        ({}, Told.ALL, 5, 1),
        ({"longest_list": 2}, Told.ALL, 5, 3),
        ({"longest_list": 2, "pages": False}, Told.PART, 2, 2),
        ({"lists_loans": False}, Told.NOTHING, 0, 1),
    ],
)
def test_the_pretend_library_in_each_of_these_ways(changes: dict[str, Any], told: Told, listed: int, requests: int) -> None:
    number = LibraryCardNumber(PATRONS["busy"])
    with serving(LibraryServer(opening(TODAY), replace(PLAIN, **changes))) as server:
        with client_of(server.port, login="none", institution="CHUO") as client:
            loans = client.loans(number)
        assert (loans.told, len(loans.items), loans.counted) == (told, listed, 5)
        # and the status before
        assert server.snapshot().requests == requests + 1


# --- a server that wants a PIN first --------------------------------------------------------------------------------------


def told_without_pin(*replies: str) -> list[tuple[LoanList, int | None]]:
    """Of one look-up after the other: the loans, and how many are overdue."""
    with Station(answering({"63": in_turn(*replies)})) as station, client_of(station.port) as client:
        standings = [client.patron(NUMBER).standing for _ in replies]
        return [(standing.on_loan, standing.overdue) for standing in standings]


def test_zeros_of_a_server_that_wants_a_pin_first_are_not_known_to_be_none() -> None:
    assert told_without_pin(answer("CQN|", "0000")) == [(LoanList(), None)]
    assert told_without_pin(answer("CQY|", "0000")) == [(LoanList.whole(), 0)]
    assert told_without_pin(answer("", "0000")) == [(LoanList.whole(), 0)]


def test_zeros_of_a_server_that_tells_without_a_pin_are_zeros() -> None:
    one, none = answer(f"CQN|{fields(items(1))}", "0001"), answer("CQN|", "0000")
    assert told_without_pin(none, one, none) == [(LoanList(), None), (LoanList.whole(items(1)), 0), (LoanList.whole(), 0)]
