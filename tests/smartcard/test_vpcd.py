"""The exchange between vpcd and a card, byte by byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from kiosk.smartcard.virtual.card import CONTACT_ATR, Fault, Trouble, VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.vpcd import PluggedCard
from tests.support.wait import LIMIT

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
OFF, ON, RESET, ATR = b"\x00", b"\x01", b"\x02", b"\x04"


class Vpcd:
    """The other end of the line."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.card_end = socket.create_connection(server.getsockname()[:2])
            self._line, _ = server.accept()
        self._line.settimeout(LIMIT)

    def say(self, message: bytes) -> None:
        self._line.sendall(len(message).to_bytes(2, "big") + message)

    def ask(self, message: bytes) -> bytes:
        self.say(message)
        return self.hear()

    def hear(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(2), "big"))

    def _exactly(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            part = self._line.recv(count - len(heard))
            assert part, "the card hung up"
            heard += part
        return heard

    def hung_up(self) -> bool:
        return self._line.recv(1) == b""

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def vpcd() -> Iterator[Vpcd]:
    end = Vpcd()
    yield end
    end.close()


@pytest.fixture
def card(tray: Deck) -> VirtualCard:
    return tray.fresh("fine")


def test_a_card_says_its_atr_and_answers_under_power(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end)
    assert vpcd.ask(ATR) == CONTACT_ATR
    vpcd.say(ON)
    assert vpcd.ask(SELECT) == b"\x90\x00"
    vpcd.say(RESET)
    assert vpcd.ask(bytes.fromhex("00B08A0000")) == b"\x6d\x00"
    before = plugged.plugged
    plugged.pull()
    plugged.pull()
    assert vpcd.hung_up()
    assert (before, plugged.plugged, card.powered) == (True, False, False)


def test_a_card_without_power_does_not_answer_for_another(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end)
    vpcd.say(ON)
    vpcd.say(OFF)
    vpcd.say(bytes.fromhex("002000980431323334"))
    assert vpcd.hung_up()
    assert plugged.wait(LIMIT)
    assert card.commands == []


def test_long_answers_come_whole(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end)
    vpcd.say(ON)
    vpcd.ask(SELECT)
    vpcd.ask(bytes.fromhex("00B08A0001"))
    assert vpcd.ask(bytes.fromhex("00B00000000595")) == (card.certificate or b"")[:1429] + b"\x90\x00"
    plugged.pull()


def test_a_silent_card_is_freed_by_lifting_and_a_lifted_one_hangs_up(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end)
    vpcd.say(ON)
    card.fault(0, Fault(trouble=Trouble.SILENT))
    vpcd.say(SELECT)
    plugged.pull()
    assert vpcd.hung_up()


def test_the_card_falls_off_when_the_service_goes(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end)
    vpcd.say(ON)
    vpcd.ask(SELECT)
    vpcd.close()
    assert plugged.wait(LIMIT)


def test_what_nobody_knows_is_passed_over(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end)
    vpcd.say(b"")
    vpcd.say(b"\x7f")
    assert vpcd.ask(ATR) == CONTACT_ATR
    plugged.pull()


def test_a_mute_card_is_there_and_nothing_more(vpcd: Vpcd, card: VirtualCard) -> None:
    plugged = PluggedCard(card, vpcd.card_end, mute=True)
    assert len(vpcd.ask(ATR)) > 33
    vpcd.say(ON)
    vpcd.say(SELECT)
    assert vpcd.hung_up()
    assert plugged.wait(LIMIT)
    assert card.commands == []
