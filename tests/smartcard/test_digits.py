"""After the card has answered, the digits of a PIN are in no object and no frame of the process (ARCHITECTURE, Rules of the PIN: 4).

What pyscard, the driver and freed memory may still hold is out of reach here; ARCHITECTURE says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kiosk.domain.events import CardFailed, CardRead, PinRejected, TriesRead
from kiosk.domain.model import Insertion
from kiosk.domain.pin import Pin
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.card_thread import AskedCardThread
from tests.support.cards.readers import World
from tests.support.privacy.drawn_pin import digits, drawn
from tests.support.privacy.pin_in_memory import places_of

__all__ = ["digits", "drawn"]


@dataclass
class Planted:
    held: object


def test_the_search_finds_what_is_planted(digits: bytearray) -> None:
    command = b"\x00\x20\x00\x98\x04" + digits
    planted = [
        Planted(bytes(digits)),
        Planted(list(command)),
        Planted(tuple(digits)),
        Planted(digits.decode()),
        Planted(bytearray(command)),
    ]
    del command
    found = places_of(digits)
    assert {type(plant.held).__name__ for plant in planted} == set(found)
    for plant in planted:
        plant.held = None
    del found
    assert places_of(digits) == []


def test_the_search_finds_what_a_frame_holds(digits: bytearray) -> None:
    def frame() -> list[str]:
        held = bytes(digits)
        found = places_of(digits)
        assert held
        return found

    assert set(frame()) == {"bytes"}


FAULTS = {"answered": None, "lifted": Fault(trouble=Trouble.LIFTED), "odd status": Fault(b"\x6f\x00")}
SEARCHED_LATER = [pytest.mark.pcscd, pytest.mark.trial]
"""The search goes through this process, whatever is behind it: once in the quick run."""


@pytest.mark.parametrize(
    ("world", "fault"),
    [
        *(pytest.param("in process", fault, id=f"in process-{name}") for name, fault in FAULTS.items()),
        pytest.param("behind pcscd", None, marks=pytest.mark.pcscd, id="behind pcscd-answered"),
        *(pytest.param("behind pcscd", fault, marks=SEARCHED_LATER, id=f"behind pcscd-{name}") for name, fault in FAULTS.items() if fault),
    ],
    indirect=["world"],
)
def test_no_digits_after_the_answer(
    world: World, tray: Deck, counters: Callable[..., AskedCardThread], digits: bytearray, fault: Fault | None
) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    counter, insertion = counters(world), Insertion(1, world.names[0])
    assert isinstance(counter.read(insertion), CardRead)
    assert isinstance(counter.tries(insertion), TriesRead)
    if fault is not None:
        card.fault(0, fault)
    answer = counter.verify(insertion, Pin(bytearray(digits)))
    assert isinstance(answer, PinRejected if fault is None else CardFailed)
    assert card.verifies == 1
    assert places_of(digits) == []
