"""At every step of a registration card A is replaced by card B: another holder's, with one try left, on either reader."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from kiosk.domain.events import LastTryChosen, LinkAgreed, PadTyped, ReplacementChosen
from kiosk.domain.model import Insertion, LibraryCardNumber, LinkToken, ReplaceReason, Revocation
from kiosk.domain.states import (
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ChoosingReplacement,
    ConfirmingLink,
    FindingLinks,
    LastTryWarning,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    SavingLink,
)
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.readers import BehindPcscd, InProcess, World
from tests.support.count_cases import CountCases
from tests.support.counter.card_faults import act, check_presses, clear, go_on
from tests.support.counter.card_swaps import (
    PIN_A,
    PIN_B,
    WAYS,
    WRONG,
    Way,
    a_fifth_or_all,
    b_lies,
    cards_shown,
    change,
    check_warned,
    some_ways,
)
from tests.support.counter.headless import HeadlessCounter, token_of, watched
from tests.support.pcscd.rig import PcscdRig
from tests.support.wait import LIMIT


@dataclass(frozen=True)
class Step:
    """A moment of the registration with card A."""

    name: str
    reach: Callable[[HeadlessCounter], object] = lambda desk: None
    """From A just laid; nobody has done anything else."""
    a_tries: int = 3
    linked_before: bool = False
    command: int | None = None
    """The change happens while A has this command, which it carries out if `processed`."""
    processed: bool = False

    def __str__(self) -> str:
        return self.name


def _agree(desk: HeadlessCounter) -> None:
    desk.until_at(ConfirmingLink)
    desk.say(LinkAgreed())


def _tries(desk: HeadlessCounter) -> None:
    _agree(desk)
    desk.until_at(ReadingTries)


def _pad(typed: int) -> Callable[[HeadlessCounter], None]:
    def reach(desk: HeadlessCounter) -> None:
        _agree(desk)
        desk.until_at(AskingPin)
        desk.say(*(PadTyped(count) for count in range(1, typed + 1)))

    return reach


def _mistaken(desk: HeadlessCounter) -> None:
    _pad(0)(desk)
    desk.press_pin(WRONG)
    desk.until(lambda counter: isinstance(counter.flow, AskingPin) and counter.flow.after_mistake)


def _confirmed(kind: type[CheckingPin | SavingLink | Registered]) -> Callable[[HeadlessCounter], None]:
    def reach(desk: HeadlessCounter) -> None:
        _pad(0)(desk)
        desk.press_pin(PIN_A)
        desk.until_at(kind)

    return reach


def _last_try(desk: HeadlessCounter) -> None:
    _agree(desk)
    desk.until_at(LastTryWarning)


def _last_pad(desk: HeadlessCounter) -> None:
    _last_try(desk)
    desk.say(LastTryChosen(), PadTyped(1))


def _replacement_chosen(desk: HeadlessCounter) -> None:
    desk.until_at(ChoosingReplacement)
    desk.say(ReplacementChosen(ReplaceReason.RENEWED))


COMMANDS = ("select", "label", "certificate", "rest", "tries", "verify", "sign")
STEPS = (
    Step("card being read", lambda desk: desk.until_at(ReadingMyNumberCard)),
    Step("links being looked for", lambda desk: desk.until_at(FindingLinks)),
    Step("replacement to be chosen", lambda desk: desk.until_at(ChoosingReplacement), linked_before=True),
    Step("agreement to a replacement", _replacement_chosen, linked_before=True),
    Step("agreement", lambda desk: desk.until_at(ConfirmingLink)),
    Step("tries being read", _tries),
    Step("warning of A's last try", _last_try, a_tries=1),
    Step("pad for A's last try", _last_pad, a_tries=1),
    *(Step(f"pad with {typed} digits", _pad(typed)) for typed in range(5)),
    Step("pad after a mistake", _mistaken),
    Step("PIN being checked", _confirmed(CheckingPin)),
    Step("link being saved", _confirmed(SavingLink)),
    Step("registered", _confirmed(Registered)),
    *(Step(f"command {name}", command=index) for index, name in enumerate(COMMANDS)),
    *(Step(f"answer to {name}", command=index, processed=True) for index, name in enumerate(COMMANDS)),
)


class Swapped:
    """One case: A to its step, the change, and whoever goes on to the end; then everything that was recorded is looked at."""

    def __init__(self, desk: HeadlessCounter, deck: Deck, judge: CardJudge, number: str) -> None:
        self._desk, self._number = desk, number
        self._a, self._b = watched(deck.card("fine"), pin=PIN_A), watched(deck.card("one-try"), pin=PIN_B)
        self._tokens = {card.name: token_of(judge, card) for card in (self._a, self._b)}
        self._b.trace = desk.trace
        self._arrived = threading.Event()

    def run(self, step: Step, way: Way) -> None:
        desk = self._desk
        desk.trace.clear()
        desk.heard.clear()
        desk.shown.clear()
        self._a.tries = step.a_tries
        if step.linked_before:
            desk.repository.save_link(uuid.uuid4(), self._tokens["fine"], LibraryCardNumber("99990001"), revocation=Revocation.NOT_CHECKED)
        if step.command is not None:
            self._a.fault(step.command, Fault(trouble=Trouble.LIFTED, processed=step.processed, before=self._arrived.set))
        desk.begin_registration(self._number)
        desk.lay_for_registration(self._a, way.a_slot)
        step.reach(desk)
        if step.command is not None:
            self._send(step.command)
        change(desk, way, self._b, lifted=self._arrived.is_set())
        pins = itertools.repeat(way.pin_after, 2)
        if way.at_once:
            act(desk, pins)
        self._go_on(way, pins)
        self._check(way)

    def _send(self, command: int) -> None:
        """Go on with A until it has the command in which it will be lifted."""
        steps = {4: ConfirmingLink, 5: AskingPin, 6: AskingPin}
        if command in steps:
            self._desk.until_at(ConfirmingLink)
            self._desk.say(LinkAgreed())
        if command > 4:
            self._desk.until_at(AskingPin)
            self._desk.press_pin(PIN_A)
        assert self._arrived.wait(LIMIT)

    def _go_on(self, way: Way, pins: Iterator[bytes]) -> None:
        desk = self._desk
        go_on(desk, pins)
        desk.until(lambda counter: b_lies(desk, way))
        desk.until(lambda counter: not isinstance(counter.flow, AwaitingMyNumberCard))
        go_on(desk, pins)

    def _check(self, way: Way) -> None:
        desk = self._desk
        check_presses(desk.trace, [PIN_A, WRONG, PIN_A, way.pin_after, way.pin_after], self._a, self._b)
        cards = cards_shown(desk)
        check_warned(desk, cards, self._b, self._tokens[self._b.name])
        self._check_links(cards)

    def _check_links(self, cards: dict[Insertion, LinkToken]) -> None:
        """A link with B's certificate is there only if B's part was shown and agreed to, and B's own PIN was typed."""
        token = self._tokens[self._b.name]
        if self._desk.repository.find(token) is not None:
            agreed = [counter.flow for counter, event in self._desk.heard if isinstance(event, LinkAgreed)]
            assert any(isinstance(flow, ConfirmingLink) and flow.reading.token == cards[flow.insertion] == token for flow in agreed)
            assert self._b.pins == [PIN_B]
        assert self._b.pins in ([], [PIN_A], [PIN_B])


@a_fifth_or_all
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_another_card_at_every_step(step: Step, every: int, deck: Deck, judge: CardJudge, tmp_path: Path, count_cases: CountCases) -> None:
    ways = some_ways(STEPS.index(step), every)
    run(step, ways, InProcess(), deck, judge, tmp_path)
    count_cases("Cards swapped at a step, in process", len(ways))


def quick_first(steps: tuple[Step, ...]) -> list[ParameterSet]:
    """Some for every change, the rest for the long run: pcscd takes its time to see a card."""
    quick = {"agreement", "pad with 4 digits", "PIN being checked", "answer to verify"}
    assert quick <= {step.name for step in steps}
    return [pytest.param(step, marks=[] if step.name in quick else [pytest.mark.trial], id=step.name) for step in steps]


@pytest.mark.pcscd
@pytest.mark.parametrize("step", quick_first(STEPS))
def test_another_card_through_pcscd(
    step: Step, deck: Deck, judge: CardJudge, tmp_path: Path, pcscd: PcscdRig, count_cases: CountCases
) -> None:
    """Each step once, every time in another way."""
    run(step, [WAYS[STEPS.index(step) * 7 % len(WAYS)]], BehindPcscd(pcscd), deck, judge, tmp_path)
    count_cases("Cards swapped at a step, through pcscd", 1)


def run(step: Step, ways: list[Way], world: World, deck: Deck, judge: CardJudge, folder: Path) -> None:
    with HeadlessCounter(world, judge, folder / "kiosk.db") as desk:
        for number, way in enumerate(ways):
            try:
                Swapped(desk, deck, judge, f"{10_000_000 + number}").run(step, way)
            except AssertionError as error:
                raise AssertionError(f"{step}, {way}: {error}") from error
            clear(desk)
