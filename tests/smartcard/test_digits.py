"""After the card has answered, the digits of a PIN are in no object and no frame of the process (DESIGN §5, 4).

What pyscard, the driver and freed memory may still hold is out of reach here; ARCHITECTURE says so.
"""

from __future__ import annotations

import gc
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

import pytest

from kiosk.domain.events import CardFailed, CardRead, PinRejected, TriesRead
from kiosk.domain.model import Insertion, Pin
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.smartcard.virtual.deck import Deck
from tests.smartcard.conftest import Counter
from tests.smartcard.worlds import World


def everything() -> Iterator[object]:
    """All objects the collector knows, what they refer to, and the locals of all frames of all threads."""
    for known in gc.get_objects():
        yield known
        yield from gc.get_referents(known)
    for running in sys._current_frames().values():
        frame: FrameType | None = running
        while frame is not None:
            yield from frame.f_locals.values()
            frame = frame.f_back


def holds(found: object, digits: bytearray) -> bool:
    if isinstance(found, bytes | bytearray):
        return digits in found
    if isinstance(found, str):
        # Longer numbers in texts are times and addresses.
        return len(found) < 256 and digits in re.split(rb"[^0-9a-f.]+", found.encode("utf-8", "replace"))
    if isinstance(found, list | tuple) and 4 <= len(found) < 1024 and all(type(part) is int and 0 <= part < 256 for part in found):
        return digits in bytes(found)
    return False


def places_of(digits: bytearray) -> list[str]:
    """Kinds of what holds the digits, this bytearray left out."""
    gc.collect()
    return [type(found).__name__ for found in everything() if found is not digits and holds(found, digits)]


@pytest.fixture
def digits() -> bytearray:
    """A wrong PIN, made here, so that no constant of a module holds it; changed until nothing else happens to hold it."""
    while True:
        drawn = bytearray(random.SystemRandom().choices(range(0x30, 0x3A), k=4))
        if drawn != b"1234" and not places_of(drawn):
            return drawn


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


@pytest.mark.parametrize("fault", [None, Fault(trouble=Trouble.LIFTED), Fault(b"\x6f\x00")], ids=["answered", "lifted", "odd status"])
def test_no_digits_after_the_answer(
    world: World, tray: Deck, counters: Callable[..., Counter], digits: bytearray, fault: Fault | None
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
