"""Every command of a registration with every fault: what reached the card, what people were told, and whether the counter continues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from kiosk.domain.errors import Code
from kiosk.domain.model import Language
from kiosk.domain.states import AskingPin, LastTryWarning, Problem
from kiosk.smartcard import apdu
from kiosk.smartcard.card_thread import SLOW_AFTER
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import STAFF_PARTS, knows, patron_key, refusal, refusal_to_patron
from tests.support.cards.readers import BehindPcscd, InProcess, World
from tests.support.count_cases import CountCases
from tests.support.counter.card_faults import (
    KINDS,
    SHORT,
    WORDS,
    Event,
    Kind,
    Mishap,
    begin_anew,
    check_presses,
    clear,
    go_on,
    name_of,
    register,
)
from tests.support.counter.headless import HeadlessCounter, WatchedCard, token_of, watched
from tests.support.pcscd.rig import PcscdRig

PIN, WRONG = b"1234", b"9071"
SOON = 0.05
"""Seconds after which a silent card is told of in these tests."""


@dataclass(frozen=True)
class Scenario:
    """Which card is laid and what is pressed."""

    name: str
    pins: tuple[bytes, ...] = (PIN, PIN)
    card: dict[str, object] = field(default_factory=dict)
    first: str = "select"
    """The step from which on mishaps are tried; before it, everything is as in another scenario."""

    def __str__(self) -> str:
        return self.name


MODERN = Scenario("modern card")
MISTAKEN = Scenario("wrong PIN first", (WRONG, PIN, PIN), first="verify")
LAST_TRY = Scenario("wrong PIN on the last try", (WRONG,), {"tries": 1}, first="verify")
OLDER = (
    Scenario("short commands", card={"extended": False}),
    Scenario("files by selecting", card={"extended": False, "short_references": False}),
    Scenario("answers in parts", card={"splits": 0x80}),
)

UNEXPECTED = Code.CARD_ANSWER_UNEXPECTED
MODERN_STEPS = ("select", "label", "certificate", "rest", "tries", "verify", "sign")
"""The commands of a registration with a modern card: one for each step."""
IN_THE_ROOM = {
    Event.LIFTED: {Code.CARD_REMOVED, Code.CARD_INTERRUPTED},
    Event.UNPLUGGED: {Code.READER_MISSING, Code.CARD_REMOVED, Code.CARD_INTERRUPTED},
    Event.RESTARTED: {Code.READER_SERVICE_MISSING, Code.CARD_REMOVED, Code.CARD_INTERRUPTED},
    Event.SILENT: {Code.CARD_SILENT, Code.CARD_REMOVED, Code.CARD_INTERRUPTED},
}
TAKEN_FOR_NO_REFERENCE = {0x6700, 0x6985, 0x6986, 0x6A82, 0x6A86, 0x6B00}
TO_BE_FETCHED, OTHER_LENGTH = {0x6100, 0x6110}, {0x6C00, 0x6C10}
BLOCKED = {0x63C0, 0x6983, 0x6984}
OF_A_STEP = {
    "select": {None, UNEXPECTED, Code.NOT_MY_NUMBER_CARD},
    "label": {None, UNEXPECTED, Code.NOT_MY_NUMBER_CARD},
    "certificate": {None, UNEXPECTED, Code.NO_CERTIFICATE, Code.CERTIFICATE_UNREADABLE},
    "rest": {None, UNEXPECTED, Code.CERTIFICATE_UNREADABLE, Code.ISSUER_UNKNOWN},
    "tries": {None, UNEXPECTED, Code.PIN_UNAVAILABLE},
    "verify": {None, UNEXPECTED, Code.PIN_LOCKED, Code.PIN_WRONG},
    "sign": {None, UNEXPECTED, Code.KEY_MISMATCH},
}
"""What may be said of a strange answer to each step's commands; also where a card leaves bytes out of an answer in parts."""


def steps_of(commands: list[bytes]) -> list[str]:
    """The step each command belongs to; what only prepares or continues one belongs to it."""
    steps: list[str] = []
    for command in commands:
        match command[1], command[2]:
            case apdu.SELECT, 0x04:
                steps.append("select")
            case apdu.SELECT, 0x02:
                steps.append({0x06: "label", 0x0A: "certificate", 0x18: "tries", 0x17: "sign"}[command[6]])
            case apdu.READ_BINARY, 0x86:
                steps.append("label")
            case apdu.READ_BINARY, 0x8A:
                steps.append("certificate")
            case apdu.READ_BINARY, 0x00:
                steps.append(steps[-1])
            case apdu.READ_BINARY, _:
                steps.append("rest")
            case apdu.GET_RESPONSE, _:
                steps.append(steps[-1])
            case apdu.VERIFY, _:
                steps.append("verify" if len(command) > 5 else "tries")
            case _:
                steps.append("sign")
    return steps


def expected(step: str, word: int, processed: bool) -> set[Code | None]:
    """How a registration with a modern card ends after this answer; None is its good end."""
    code: Code | None = UNEXPECTED
    match step:
        case "select" if word in {0x6A82, 0x6A86, 0x6D00, 0x6E00, 0x6700, 0x6985, 0x6300} | TO_BE_FETCHED:
            code = Code.NOT_MY_NUMBER_CARD
        case "select" if word == 0x6F00 or (word == 0x9000 and processed):
            code = None
        case "label" | "certificate" if word in {0x6982, 0x6282, 0x9000}:
            code = Code.NOT_MY_NUMBER_CARD if step == "label" else Code.NO_CERTIFICATE
        case "label" | "certificate" | "sign" if word in TAKEN_FOR_NO_REFERENCE | TO_BE_FETCHED | OTHER_LENGTH:
            code = None
        case "rest":
            code = None  # long reads are promised by nobody: short ones follow
        case "tries" if word in TAKEN_FOR_NO_REFERENCE | TO_BE_FETCHED | {0x63C1, 0x63C2}:
            code = None
        case "tries" | "verify" if word in BLOCKED:
            code = Code.PIN_UNAVAILABLE if step == "tries" else Code.PIN_LOCKED
        case "verify" if word in {0x63C1, 0x63C2, 0x6300} or (word == 0x9000 and processed):
            code = None  # pressed once more where it was said to be wrong
    return {code}


def expected_end(kind: Kind, scenario: Scenario, step: str, processed: bool) -> set[Code | None]:
    if isinstance(kind, Event):
        return set(IN_THE_ROOM[kind])
    if isinstance(kind, bytes):
        # Answers under two bytes: whether the card has left is not known from them.
        return {Code.CARD_INTERRUPTED}
    if scenario is LAST_TRY:
        return OF_A_STEP[step]
    # 9000 to a wrong PIN: the card will not sign.
    lie = {UNEXPECTED} if scenario is MISTAKEN and kind == 0x9000 else set()
    return expected(step, kind, processed) | lie


def loosely_expected(kind: Kind, step: str) -> set[Code | None]:
    return OF_A_STEP[step] if isinstance(kind, int) else expected_end(kind, MODERN, step, processed=True)


class Matrix:
    """One counter that goes through one case after the other and is never started anew."""

    def __init__(self, deck: Deck, judge: CardJudge, desk: HeadlessCounter) -> None:
        self._deck, self._judge, self._desk = deck, judge, desk
        self._number = 10_000_000

    def _next_number(self) -> str:
        self._number += 1
        return str(self._number)

    def commands(self, scenario: Scenario) -> list[bytes]:
        """What a registration without any mishap sends."""
        card = watched(self._deck.card("fine"), **scenario.card)
        self._desk.begin_registration(self._next_number())
        self._desk.lay_for_registration(card)
        go_on(self._desk, iter(scenario.pins))
        clear(self._desk)
        return card.sent

    def run(self, scenario: Scenario, index: int, kind: Kind, processed: bool) -> Problem | None:
        """One case: a registration with a mishap at its command `index`, and a whole one after it. Returns how the first ended."""
        desk, number = self._desk, self._next_number()
        card = watched(self._deck.card("fine"), **scenario.card)
        mishap = Mishap(kind, processed, desk.world)
        card.fault(index, mishap.fault())
        desk.trace.clear()
        desk.begin_registration(number)
        desk.lay_for_registration(card)
        problem = go_on(desk, iter(scenario.pins), slot=0)
        check_presses(desk.trace, list(scenario.pins), card)
        assert desk.link_of(number) == (token_of(self._judge, card) if problem is None else None)
        self._check_sentences(problem)
        mishap.mend(desk)
        self._register_again(card, problem)
        return problem

    def _register_again(self, card: WatchedCard, problem: Problem | None) -> None:
        desk = self._desk
        card.faults.clear()
        if card.tries == 0:
            self._check_locked(card)
        if problem is None or card.tries == 0:
            card = watched(self._deck.card("two-tries"))
        desk.trace.clear()
        sent, tries, shown = len(card.pins), card.tries, len(desk.shown)
        register(desk, card, self._next_number())
        check_presses(desk.trace, [PIN])
        assert card.pins[sent:] == [PIN]
        asked = [counter.flow for counter in desk.shown[shown:] if isinstance(counter.flow, AskingPin | LastTryWarning)]
        assert {getattr(flow, "tries_left", 1) for flow in asked} == {tries}
        assert desk.repository.find(token_of(self._judge, card)) is not None
        clear(self._desk)

    def _check_locked(self, card: WatchedCard) -> None:
        """A card whose tries are gone is told of before anybody types; whether this registration took the last is known and said."""
        sent = len(card.pins)
        interrupted = self._desk.counter.interrupted
        code = Code.PIN_LOCKED if interrupted is not None and interrupted.pressed else Code.PIN_UNAVAILABLE
        begin_anew(self._desk, self._next_number())
        self._desk.lay_for_registration(card)
        assert go_on(self._desk, iter([PIN])) == Problem(code)
        assert len(card.pins) == sent
        self._desk.lift_all()

    @staticmethod
    def _check_sentences(problem: Problem | None) -> None:
        if problem is None:
            return
        params = {name: value for name, value in problem.params}
        for language in Language:
            key = patron_key(problem.code)
            assert knows(key, language), f"{key} in {language}"
            assert knows(f"{key}-next", language), f"{key}-next in {language}"
            assert all(refusal_to_patron(problem.code, language, **params))
        assert all(refusal(problem.code, part, **params) for part in STAFF_PARTS)


def desk_for(world: World, judge: CardJudge, folder: Path, kind: Kind) -> HeadlessCounter:
    return HeadlessCounter(world, judge, folder / "kiosk.db", slow_after=SOON if kind is Event.SILENT else SLOW_AFTER)


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.trial)], ids=["a third", "all"])
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_every_mishap_at_every_command(
    kind: Kind, every: int, deck: Deck, judge: CardJudge, tmp_path: Path, count_cases: CountCases
) -> None:
    """Carried out or not; in the quick run each kind at every third place, other places for the next kind."""
    cases, place = 0, KINDS.index(kind)
    with desk_for(InProcess(), judge, tmp_path, kind) as desk:
        matrix = Matrix(deck, judge, desk)
        for scenario in (MODERN, MISTAKEN, LAST_TRY):
            steps = steps_of(matrix.commands(scenario))
            for index in range(steps.index(scenario.first), len(steps)):
                for processed in (False, True):
                    place += 1
                    if place % every:
                        continue
                    problem = matrix.run(scenario, index, kind, processed)
                    ends = expected_end(kind, scenario, steps[index], processed)
                    assert (problem and problem.code) in ends, (str(scenario), index, steps[index], processed, problem)
                    cases += 1
    count_cases("PIN rules, a mishap at a command, in process", cases)


@pytest.mark.parametrize("scenario", OLDER[:2], ids=str)
def test_mishaps_with_older_cards(scenario: Scenario, deck: Deck, judge: CardJudge, tmp_path: Path, count_cases: CountCases) -> None:
    """Each kind at every sixth command, carried out or not; all of them, and answers in parts, in the long run below."""
    cases = run_older(scenario, deck, judge, tmp_path, lambda place, processed: place % 6 == 0 and processed == (place % 12 == 0))
    count_cases("PIN rules, a mishap at a command, in process", cases)


@pytest.mark.trial
@pytest.mark.parametrize("scenario", OLDER, ids=str)
def test_every_mishap_with_older_cards(scenario: Scenario, deck: Deck, judge: CardJudge, tmp_path: Path, count_cases: CountCases) -> None:
    count_cases("PIN rules, a mishap at a command, in process", run_older(scenario, deck, judge, tmp_path, lambda place, processed: True))


def run_older(scenario: Scenario, deck: Deck, judge: CardJudge, folder: Path, chosen: Callable[[int, bool], bool]) -> int:
    cases = 0
    for number, kind in enumerate(KINDS):
        (folder / name_of(kind)).mkdir()
        with desk_for(InProcess(), judge, folder / name_of(kind), kind) as desk:
            matrix = Matrix(deck, judge, desk)
            for index, step in enumerate(steps_of(matrix.commands(scenario))):
                for processed in (False, True):
                    if chosen(number + index, processed):
                        problem = matrix.run(scenario, index, kind, processed)
                        assert (problem and problem.code) in loosely_expected(kind, step), (index, step, name_of(kind), problem)
                        cases += 1
    return cases


QUICK = (0x6F00, 0x6983, 0x63C1, 0x6110)


def quick_first(words: tuple[int, ...]) -> list[ParameterSet]:
    """Some words for every change, the rest for the long run: pcscd takes its time to see a card."""
    return [pytest.param(word, marks=[] if word in QUICK else [pytest.mark.trial]) for word in words]


@pytest.mark.pcscd
@pytest.mark.parametrize("kind", [*Event, *SHORT, *quick_first(WORDS)], ids=name_of)
def test_every_mishap_through_pcscd(
    kind: Kind, deck: Deck, judge: CardJudge, tmp_path: Path, pcscd: PcscdRig, count_cases: CountCases
) -> None:
    """Each kind once: what happens in the room at the PIN, where it matters most; status words at one command after the other."""
    steps = ("verify", "sign", "tries", "rest", "certificate", "label", "select")
    step = "verify" if not isinstance(kind, int) else steps[WORDS.index(kind) % len(steps)]
    with desk_for(BehindPcscd(pcscd), judge, tmp_path, kind) as desk:
        problem = Matrix(deck, judge, desk).run(MODERN, MODERN_STEPS.index(step), kind, processed=True)
    ends = expected_end(kind, MODERN, step, processed=True)
    if kind is Event.UNPLUGGED:
        # vpcd cannot be unplugged: pcscd comes back without it.
        ends.add(Code.READER_SERVICE_MISSING)
    assert (problem and problem.code) in ends, (step, problem)
    count_cases("PIN rules, a mishap at a command, through pcscd", 1)
