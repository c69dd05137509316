"""What is on loan: all of it, part of it, titles in its place, or nothing that anybody told."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import LoanList, Told
from tests.library.ils.scripted import DATE, NUMBER, STATUS, Station, answering, client_of

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
        # More than it counts: some count what is overdue apart.
        (items(3), "0002", Told.ALL, 2),
        (items(20), "0120", Told.PART, 120),
        ((), "0003", Told.NOTHING, 3),
        ((), "", Told.NOTHING, None),
        (items(2), "", Told.PART, None),
        (items(2), "00-2", Told.PART, None),
    ],
)
def test_a_list_is_held_against_its_count(values: tuple[str, ...], charged: str, told: Told, counted: int | None) -> None:
    assert listed(answer(fields(values), charged)) == LoanList(values, told, counted)


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
