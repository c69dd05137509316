"""Ways to remove card A and place card B, another holder's with one try left, and the invariants of such a swap."""

from __future__ import annotations

import itertools
from enum import Enum, auto
from typing import NamedTuple

import pytest

from kiosk.domain.events import CardPlaced
from kiosk.domain.model import Insertion, LinkToken
from kiosk.domain.states import LastTryWarning
from tests.support.cards.readers import InProcess
from tests.support.counter.headless import HeadlessCounter, WatchedCard

PIN_A, PIN_B, WRONG = b"1234", b"8260", b"9071"


class Pace(Enum):
    """What the counter notices of the swap, and when."""

    UNHEARD = auto()
    """Both, afterwards; with one reader in this process, the watch never sees it empty."""
    HEARD = auto()
    """The removal of A, before B is placed."""
    OVERLAP = auto()
    """B is placed on the other reader before A is removed."""


class Way(NamedTuple):
    """One way to swap the cards."""

    a_slot: int
    b_slot: int
    pace: Pace
    at_once: bool
    """The patron does the next thing before the counter has noticed the swap."""
    pin_after: bytes
    """What is typed from then on: A's PIN by a patron who noticed nothing, or B's by B's holder."""

    def __str__(self) -> str:
        return f"{self.a_slot}-{self.b_slot} {self.pace.name.lower()}{' at once' * self.at_once}"


WAYS = [
    Way(*way)
    for way in itertools.product((0, 1), (0, 1), Pace, (True, False), (PIN_A, PIN_B))
    if way[0] != way[1] or way[2] is not Pace.OVERLAP
]


def some_ways(number: int, every: int) -> list[Way]:
    """At the step of this number: one of so many, others at the next step."""
    return WAYS[number % every :: every]


a_fifth_or_all = pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.trial)], ids=["a fifth", "all"])
"""Of the ways at each step, in a quick run and in a long one."""


def change(desk: HeadlessCounter, way: Way, b: WatchedCard, *, lifted: bool) -> None:
    """Remove A, unless it was `lifted` already in mid-command, and place B."""
    world = desk.world
    if way.pace is Pace.OVERLAP:
        world.lay(b, way.b_slot)
    if way.pace is Pace.HEARD:
        desk.lift(way.a_slot)
    elif not (isinstance(world, InProcess) and way.a_slot == way.b_slot and not lifted):
        world.lift(way.a_slot)
    if way.pace is not Pace.OVERLAP:
        world.lay(b, way.b_slot)


def b_lies(desk: HeadlessCounter, way: Way) -> bool:
    """Whether the counter has noticed everything. pcscd may count a removed card twice, as if another had come and gone."""
    first = next(event.insertion for _, event in desk.heard if isinstance(event, CardPlaced))
    assert first.reader == desk.world.names[way.a_slot]
    lying = desk.counter.cards
    return len(lying) == 1 and lying[0].reader == desk.world.names[way.b_slot] and lying[0].number > first.number


def cards_shown(desk: HeadlessCounter) -> dict[Insertion, LinkToken]:
    """The card that each insertion was shown to be: the same one throughout.

    B under A's number means that B was placed after the watch had seen A and before the card thread connected. Then everything read is B's,
    tries included, on the one connection to B, which is as good as any reading of B.
    """
    cards: dict[Insertion, LinkToken] = {}
    for counter in desk.shown:
        reading = getattr(getattr(counter.flow, "goal", counter.flow), "reading", None)
        insertion = getattr(counter.flow, "insertion", None)
        if reading is not None and insertion is not None:
            assert cards.setdefault(insertion, reading.token) == reading.token, f"{insertion} was two cards"
    return cards


def check_warned(desk: HeadlessCounter, cards: dict[Insertion, LinkToken], b: WatchedCard, token: LinkToken) -> None:
    """No VERIFY reaches B before its one try was shown, nor for a press on a pad opened for A. A right PIN gives B its tries back."""
    entered = iter(b.pins)
    for place, (what, who) in enumerate(desk.trace):
        if what == "verify" and who == b.name:
            before = desk.trace[:place]
            pressed = [where for said, where in before if said == "press"][-1]
            assert isinstance(pressed, Insertion)
            assert cards[pressed] == token, "a press for the other card"
            warned = [flow.insertion for said, flow in before if said == "shown" and isinstance(flow, LastTryWarning)]
            assert pressed in warned, "nobody was told of the last try"
            if next(entered) == b.pin:
                return
