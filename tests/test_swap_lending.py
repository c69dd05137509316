"""At lending with PIN, card A is replaced by card B between the tap and the number on the screen."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.domain.events import HolderConfirmed, PadTyped
from kiosk.domain.model import LibraryCardNumber, Revocation
from kiosk.domain.states import (
    AskingPin,
    CheckingPin,
    ConfirmingHolder,
    Counter,
    CounterRules,
    LastTryWarning,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Reading,
    ReadingTries,
    When,
)
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.readers import InProcess
from tests.support.count_cases import CountCases
from tests.support.counter.card_faults import act, check_presses, clear
from tests.support.counter.card_swaps import PIN_A, PIN_B, Way, a_fifth_or_all, b_lies, cards_shown, change, check_warned, some_ways
from tests.support.counter.headless import HeadlessCounter, judge_for, token_of, watched
from tests.support.wait import LIMIT

RULES = CounterRules(lending_pin=When.ALWAYS)
NUMBERS = {"fine": "10000011", "one-try": "10000022"}
ENDS = (PatronShown, LendingRefused)


@dataclass(frozen=True)
class Step:
    name: str
    reach: Callable[[HeadlessCounter], object] = lambda desk: None
    command: int | None = None

    def __str__(self) -> str:
        return self.name


def _type(count: int) -> Callable[[HeadlessCounter], None]:
    def reach(desk: HeadlessCounter) -> None:
        desk.until_at(AskingPin)
        desk.say(*(PadTyped(typed) for typed in range(1, count + 1)))

    return reach


def _confirmed(kind: type[CheckingPin | LookingUpPatron | ConfirmingHolder]) -> Callable[[HeadlessCounter], None]:
    def reach(desk: HeadlessCounter) -> None:
        desk.until_at(AskingPin)
        desk.press_pin(PIN_A)
        desk.until_at(kind)

    return reach


def _shown(desk: HeadlessCounter) -> None:
    _confirmed(ConfirmingHolder)(desk)
    desk.say(HolderConfirmed())
    desk.until_at(PatronShown)


def _looks_ahead(counter: Counter) -> bool:
    """The certificate's first block has been read, and no more."""
    return isinstance(counter.flow, Reading) and counter.flow.early is not None


STEPS = (
    Step("card being read", lambda desk: desk.until_at(Reading)),
    Step("link being looked for", lambda desk: desk.until(_looks_ahead)),
    Step("tries being read", lambda desk: desk.until_at(ReadingTries)),
    Step("empty pad", _type(0)),
    Step("full pad", _type(4)),
    Step("PIN being checked", _confirmed(CheckingPin)),
    Step("patron being looked up", _confirmed(LookingUpPatron)),
    Step("holder to be confirmed", _confirmed(ConfirmingHolder)),
    Step("patron shown", _shown),
    *(Step(f"command {name}", command=index) for index, name in enumerate(("select", "label", "certificate", "rest", "tries"))),
    *(Step(f"command {name}", _type(0), command=index) for index, name in ((5, "verify"), (6, "sign"))),
)


def serve(desk: HeadlessCounter, pins: Iterator[bytes]) -> None:
    """Go on as if nothing had happened until somebody is shown, or refused."""
    while not isinstance(desk.flow, ENDS):
        desk.until(lambda counter: isinstance(counter.flow, (LastTryWarning, AskingPin, ConfirmingHolder, *ENDS)))
        if isinstance(desk.flow, ConfirmingHolder):
            desk.say(HolderConfirmed())
            desk.until(lambda counter: not isinstance(counter.flow, ConfirmingHolder))
        elif not act(desk, pins):
            return


@a_fifth_or_all
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_another_card_at_every_step_of_lending(
    step: Step, every: int, tmp_path: Path, count_cases: CountCases, deck: Deck, judge: CardJudge
) -> None:
    ways = some_ways(STEPS.index(step), every)
    with HeadlessCounter(InProcess(), judge, tmp_path / "kiosk.db", RULES) as desk:
        for way in ways:
            try:
                run(desk, deck, judge, step, way)
            except AssertionError as error:
                raise AssertionError(f"{step}, {way}: {error}") from error
            clear(desk)
    count_cases("Cards swapped at a step of lending, in process", len(ways))


def run(desk: HeadlessCounter, deck: Deck, judge: CardJudge, step: Step, way: Way) -> None:
    desk.trace.clear()
    desk.heard.clear()
    desk.shown.clear()
    a, b = watched(deck.card("fine"), pin=PIN_A), watched(deck.card("one-try"), pin=PIN_B)
    b.trace = desk.trace
    arrived = threading.Event()
    tokens = {token_of(judge, card): NUMBERS[card.name] for card in (a, b)}
    for token, number in tokens.items():
        desk.repository.save_link(uuid.uuid4(), token, LibraryCardNumber(number), revocation=Revocation.NOT_CHECKED)
    if step.command is not None:
        a.fault(step.command, Fault(trouble=Trouble.LIFTED, processed=True, before=arrived.set))
    desk.lay(a, way.a_slot)
    step.reach(desk)
    if step.command is not None and step.command > 4:
        desk.press_pin(PIN_A)
    if step.command == 4:
        desk.until_at(ReadingTries)
    assert step.command is None or arrived.wait(LIMIT)
    change(desk, way, b, lifted=arrived.is_set())
    pins = itertools.repeat(way.pin_after, 2)
    if way.at_once:
        act(desk, pins)
    serve(desk, pins)
    desk.until(lambda counter: b_lies(desk, way))
    serve(desk, pins)
    check_presses(desk.trace, [PIN_A, PIN_A, way.pin_after, way.pin_after], a, b)
    check_warned(desk, cards_shown(desk), b, token_of(judge, b))
    for counter in desk.shown:
        check_number(counter, {token: LibraryCardNumber(number) for token, number in tokens.items()})


def check_number(counter: Counter, numbers: dict[object, LibraryCardNumber]) -> None:
    """No card ever calls up the other's number, and nobody is served while another's card lies alone where theirs lay."""
    flow = counter.flow
    if isinstance(flow, ConfirmingHolder | PatronShown) and flow.reading is not None:
        assert flow.patron.number == numbers[flow.reading.token]
    if isinstance(flow, LookingUpPatron) and flow.reading is not None:
        assert flow.number == numbers[flow.reading.token]
    if isinstance(flow, PatronShown) and flow.insertion is not None and counter.cards:
        assert flow.insertion in counter.cards


@pytest.fixture(scope="module")
def judge(deck: Deck) -> CardJudge:
    return judge_for(deck)
