"""Answers that no file and no PIN of a card gives: told by their status, never taken for another trouble."""

from __future__ import annotations

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.smartcard.jpki import JpkiSession
from kiosk.smartcard.virtual.card import Fault, VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.wire import Wire


@pytest.fixture
def card() -> VirtualCard:
    return Deck().fresh("fine")


@pytest.mark.parametrize("sw", [0x6F00, 0x6982, 0x6A86])
def test_a_certificate_that_breaks_off_is_not_called_unreadable(card: VirtualCard, sw: int) -> None:
    card.fault(2, Fault(answer=sw.to_bytes(2, "big")))
    with pytest.raises(Unavailable) as trouble:
        JpkiSession(Wire(card, extended=False)).read_certificate()
    assert (trouble.value.code, trouble.value.params) == (Code.CARD_ANSWER_UNEXPECTED, {"sw": f"{sw:04X}"})


def test_a_pin_that_is_found_neither_by_reference_nor_as_a_file_is_not_locked(card: VirtualCard) -> None:
    card.fault(1, Fault(answer=b"\x6a\x86"))
    card.fault(2, Fault(answer=b"\x6a\x82"))
    with pytest.raises(Unavailable) as trouble:
        JpkiSession(Wire(card)).tries_left()
    assert (trouble.value.code, trouble.value.params) == (Code.CARD_ANSWER_UNEXPECTED, {"sw": "6A82"})
    assert len(card.commands) == 3
