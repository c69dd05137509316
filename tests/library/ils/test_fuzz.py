"""A server in every mood: no crash, no hang, no answer taken for another's, and nothing carried out twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.circulation import Item, ItemAnswer, Outcome
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils import IlsClient
from tests.library.ils.scripted import Station, client_of
from tests.library.ils.shelf import ALTERING, NEEDS_NUMBERS, Mood, MoodyServer, Shelf, title

NAMES = {"D0000000001": "竹内 芸子", "D0000000002": "髙﨑 花", "D0000000003": "山田 処"}
UNKNOWN = LibraryCardNumber("D0000000009")
KINDS = {Service.LOAN: "11", Service.RENEWAL: "29", Service.HOLD: "15"}
ANSWER_SECONDS = 0.03
ACTS = ("patron", "patron", "loan", "loan", "renewal", "hold", "loans", "item", "unknown")
FAILING = {Code.ILS_UNREACHABLE, Code.ILS_LOGIN_REFUSED}


@dataclass
class Day:
    """Does acts against a moody server, and checks after each one that what was said is what is so."""

    client: IlsClient
    server: MoodyServer
    chance: random.Random
    longest: float
    items: int = 0
    told: Counter[str] = field(default_factory=Counter)

    def act(self, what: str, moods: list[Mood]) -> None:
        self.server.moods = moods[::-1]
        number = LibraryCardNumber(self.chance.choice(sorted(NAMES)))
        began = time.monotonic()
        match what:
            case "patron":
                self._patron(number)
            case "unknown":
                self._unknown()
            case "loans":
                self._loans(number)
            case "item":
                self._item()
            case "loan":
                self._serve(Service.LOAN, number, self._new_item())
            case "hold":
                self._serve(Service.HOLD, number, self._new_item())
            case _:
                loans = self.server.shelf.loans.get(number.text)
                self._serve(Service.RENEWAL, number, self.chance.choice(sorted(loans)) if loans else self._new_item())
        assert time.monotonic() - began < self.longest
        self.server.moods.clear()
        self.client.reconnect()

    def _patron(self, number: LibraryCardNumber) -> None:
        try:
            patron = self.client.patron(number)
        except KioskError as error:
            self._unavailable(error)
            return
        self.told["patron"] += 1
        assert patron.number == number
        assert list(patron.standing.on_loan) == list(self.server.shelf.loans.get(number.text, {}))

    def _unknown(self) -> None:
        with pytest.raises(KioskError) as caught:
            self.client.patron(UNKNOWN)
        if isinstance(caught.value, Refused):
            assert caught.value.code is Code.LIBRARY_CARD_UNKNOWN
            self.told["unknown"] += 1
        else:
            self._unavailable(caught.value)

    def _loans(self, number: LibraryCardNumber) -> None:
        try:
            loans = self.client.loans(number)
        except KioskError as error:
            self._unavailable(error)
            return
        self.told["loans"] += 1
        assert list(loans) == list(self.server.shelf.loans.get(number.text, {}))

    def _item(self) -> None:
        wanted = self._new_item()
        try:
            item = self.client.item(wanted)
        except KioskError as error:
            self._unavailable(error)
            return
        self.told["item"] += 1
        assert item == Item(wanted, title(wanted))

    def _serve(self, service: Service, number: LibraryCardNumber, wanted: str) -> None:
        shelf, kind = self.server.shelf, KINDS[service]
        was_lent = wanted in shelf.loans.get(number.text, {})
        before = shelf.executed.copy()
        answer = self.client.serve(service, number, Item(wanted))
        after = shelf.executed.copy()
        after.subtract(before)
        done = {key: count for key, count in after.items() if count}
        assert done in ({}, {(kind, number.text, wanted): 1}), "carried out twice, or something else"
        self._judge(answer, bool(done) and (service is not Service.RENEWAL or was_lent))
        if answer.outcome is not Outcome.DONE or service is Service.HOLD:
            return
        assert answer.item.due is None or answer.item.due.day == shelf.loans[number.text][wanted]

    def _judge(self, answer: ItemAnswer, is_so: bool) -> None:
        self.told[f"{answer.outcome} {answer.reason or ''}"] += 1
        assert answer.outcome is Outcome.UNKNOWN or (answer.outcome is Outcome.DONE) is is_so
        assert answer.item.title in ("", title(answer.item.number))
        assert (answer.reason is None) is (answer.outcome is Outcome.DONE)

    def _unavailable(self, error: KioskError) -> None:
        """Refused for a number that nobody answered with would be an answer taken for another's."""
        assert isinstance(error, Unavailable)
        assert error.code in FAILING
        self.told["unavailable"] += 1

    def _new_item(self) -> str:
        self.items += 1
        return f"11{self.items:011}"


MODES = {"numbers and sums": "strict", "sums if they are right": "warn", "nothing": "off"}


def moods_for(checksum: str) -> list[Mood]:
    """Without sums nobody sees that a byte was altered, and without numbers there is none to be wrong."""
    return [mood for mood in Mood if checksum != "off" or mood not in ALTERING | NEEDS_NUMBERS]


@pytest.mark.parametrize("checksum", MODES.values(), ids=MODES)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_no_mood_of_a_server_makes_an_answer_untrue(checksum: str, encoding: str) -> None:
    told: Counter[str] = Counter()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(
        st.randoms(use_true_random=False),
        st.lists(st.tuples(st.sampled_from(ACTS), st.lists(st.sampled_from(moods_for(checksum)), max_size=4)), max_size=12),
    )
    def run(chance: random.Random, acts: list[tuple[str, list[Mood]]]) -> None:
        server = MoodyServer(Shelf(NAMES), chance, encoding)
        with (
            Station(server.talk) as station,
            client_of(
                station.port, answer_seconds=ANSWER_SECONDS, checksum=checksum, encoding=encoding, pause=lambda seconds: None
            ) as client,
        ):
            day = Day(client, server, chance, longest=2)
            for what, moods in acts:
                day.act(what, moods)
        told.update(day.told)

    run()
    assert {"patron", "unknown", "loans", "item", "done ", "unknown lost-answer", "refused lost-answer", "unavailable"} <= told.keys()
