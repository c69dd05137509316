"""Well-formed replies with arbitrary content: never a crash, at worst a named refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.config.settings import Ils
from kiosk.domain.circulation import Item, ItemAnswer
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import Patron, Service
from kiosk.library.ils import IlsClient
from tests.support.ils.scripted_server import BOOK, LOGIN, NUMBER, STATUS, Line, Station, client_of, seal

ANSWERS = {Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_DIFFERS}
WIDTHS = {"64": 14 + 3 + 18 + 24, "18": 2 + 2 + 2 + 18, "12": 4 + 18, "30": 4 + 18, "16": 2 + 18}
REPLY_TO = {"63": "64", "17": "18", "11": "12", "29": "30", "15": "16"}
CODES = "AE BL PA PX PY CB AU AF AJ AH BR CF CK BV BH BT AS CD CQ CH AG ZZ".split()

fixed_parts = st.text("YN 0123456789-UVZ:", min_size=70, max_size=70)
values = st.one_of(
    st.sampled_from(
        [
            "",
            "Y",
            "N",
            " ",
            "a\rb",
            "\r",
            "\r\n",
            "120",
            "350.00",
            "20261123",
            "2026-13-45",
            "99991231    235900",
            "0000",
            "-001",
            "٣",
            "１２",
            "9" * 30,
            "|",
            "&#124;",
        ]
    ),
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20),
)
fields = st.lists(st.tuples(st.sampled_from(CODES), values), max_size=8)
replies = st.lists(st.tuples(fixed_parts, fields), min_size=1, max_size=4)


class Anything:
    """Answers every question in its form, about the right patron and item, and says what it was given to say."""

    def __init__(self, said: list[tuple[str, list[tuple[str, str]]]]) -> None:
        self._said = said
        self._place = 0

    def talk(self, line: Line) -> None:
        while request := line.read():
            kind = request[:2].decode()
            if kind in ("93", "99"):
                line.say(seal(LOGIN if kind == "93" else STATUS, request))
                continue
            fixed, told = self._said[self._place % len(self._said)]
            self._place += 1
            reply = REPLY_TO[kind]
            body = "".join(f"{code}{value}|" for code, value in told)
            line.say(seal(f"{reply}{fixed[: WIDTHS[reply]]}AA{NUMBER.text}|AB{BOOK}|{body}", request))


@contextmanager
def asking(said: list[tuple[str, list[tuple[str, str]]]], **changes: Any) -> Iterator[IlsClient]:
    with Station(Anything(said).talk) as station, client_of(station.port, pause=lambda seconds: None, **changes) as client:
        yield client


@pytest.mark.parametrize("system", list(Ils)[1:])
def test_any_well_formed_answer_is_an_answer(system: Ils) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(replies, st.sampled_from(["warn", "off"]), st.sampled_from(["", "PA", "CB"]))
    def run(said: list[tuple[str, list[tuple[str, str]]]], checksum: str, expiry_field: str) -> None:
        with asking(said, system=system, checksum=checksum, expiry_field=expiry_field) as client:
            try:
                assert isinstance(client.patron(NUMBER), Patron)
            except KioskError as error:
                codes.add(error.code)
            for service in (Service.LOAN, Service.RENEWAL, Service.HOLD):
                assert isinstance(client.serve(service, NUMBER, Item(BOOK)), ItemAnswer)
            try:
                assert all(isinstance(loan, str) for loan in client.loans(NUMBER).items)
                assert client.item(BOOK).number == BOOK
            except KioskError as error:
                codes.add(error.code)

    codes: set[Code] = set()
    run()
    assert codes <= ANSWERS | {Code.ILS_UNREACHABLE}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=4))
def test_any_bytes_at_all_are_no_answer(lines: list[bytes]) -> None:
    def talk(line: Line) -> None:
        while request := line.read():
            login = {b"93": LOGIN, b"99": STATUS}.get(request[:2])
            line.say(seal(login, request) if login else b"".join(lines) + b"\r")

    with Station(talk) as station, client_of(station.port, pause=lambda seconds: None, answer_seconds=0.5) as client:
        with pytest.raises((Unavailable, Refused)):
            client.patron(NUMBER)
        client.reconnect()
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer.reason is not None
