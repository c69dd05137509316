"""The proof that the holder is here and agrees: tries shown, pad opened, one VERIFY for one press, a fresh signature.

Registration and lending share it; each says in `outcome` where a proof ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.domain.effects import Play, ReadTries, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CardFailed,
    CardLifted,
    CardSlow,
    Event,
    HolderProved,
    LastTryChosen,
    PadCleared,
    PadConfirmed,
    PadTyped,
    PinRejected,
    TriesRead,
)
from kiosk.domain.model import Insertion, Sound
from kiosk.domain.states import AskingPin, CheckingPin, Counter, Flow, Goal, LastTryWarning, Problem, Proof, ReadingTries
from kiosk.domain.turn import Step, asking, go, problem_of, stay

PIN_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Proved:
    """The holder agrees."""

    goal: Goal
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class Failed:
    """No proof from this card now. `over` means that laying the card anew does not help."""

    goal: Goal
    insertion: Insertion
    problem: Problem
    over: bool


Outcome = Callable[[Counter, Proved | Failed], Step]

OVER = frozenset({Code.PIN_LOCKED, Code.PIN_UNAVAILABLE, Code.KEY_MISMATCH})
"""Ends of a proof that a second laying of the card would not change."""


def begin(counter: Counter, goal: Goal, insertion: Insertion) -> Step:
    counter, ticket = asking(counter)
    return go(counter, ReadingTries(ticket, insertion, goal), ReadTries(ticket, insertion))


def step(counter: Counter, flow: Proof, event: Event, outcome: Outcome) -> Step:
    """Everything but leaving, which is the same in every flow. `outcome` continues when the proof has ended either way."""
    match flow, event:
        case ReadingTries(ticket, insertion, goal), TriesRead(answers, where, tries_left) if answers == ticket and where == insertion:
            return _shown(counter, goal, insertion, tries_left, outcome)
        case LastTryWarning(insertion, goal, after_mistake), LastTryChosen():
            return go(counter, AskingPin(insertion, goal, tries_left=1, after_mistake=after_mistake))
        case AskingPin(), PadTyped(count) if 0 <= count <= PIN_LENGTH:
            return go(counter, replace(flow, typed=count, barcode_cleared=flow.barcode_cleared and count == 0))
        case AskingPin(), PadCleared():
            return go(counter, replace(flow, typed=0, barcode_cleared=True))
        case AskingPin(insertion, goal, typed=typed), PadConfirmed() if typed == PIN_LENGTH:
            counter, ticket = asking(counter)
            return go(counter, CheckingPin(ticket, insertion, goal), VerifyPin(ticket, insertion))
        case CheckingPin(ticket, insertion, goal), HolderProved(answers, where, token) if answers == ticket and where == insertion:
            if token == goal.reading.token:
                return outcome(counter, Proved(goal, insertion))
            return outcome(counter, Failed(goal, insertion, Problem(Code.KEY_MISMATCH), over=True))
        case CheckingPin(ticket, insertion, goal), PinRejected(answers, where, tries_left) if answers == ticket and where == insertion:
            return _rejected(counter, goal, insertion, tries_left, outcome)
        case ((ReadingTries(ticket, insertion, goal) | CheckingPin(ticket, insertion, goal)), CardFailed(answers, where, code)) if (
            answers == ticket and where == insertion
        ):
            return outcome(counter, Failed(goal, insertion, problem_of(event), over=code in OVER))
        case ((ReadingTries() | CheckingPin()), CardSlow(where)) if where == flow.insertion:
            return go(counter, replace(flow, slow=True))
        case _, CardLifted(where) if where == flow.insertion and not _answer_is_near(flow):
            return outcome(counter, Failed(flow.goal, flow.insertion, Problem(Code.CARD_REMOVED), over=False))
    return stay(counter)


def _answer_is_near(flow: Flow) -> bool:
    """While VERIFY is under way its answer decides, even when the card has just been lifted; a silent card gives none."""
    return isinstance(flow, CheckingPin) and not flow.slow


def _shown(counter: Counter, goal: Goal, insertion: Insertion, tries_left: int, outcome: Outcome) -> Step:
    if insertion not in counter.cards:
        return outcome(counter, Failed(goal, insertion, Problem(Code.CARD_REMOVED), over=False))
    if tries_left <= 0:
        return outcome(counter, Failed(goal, insertion, Problem(Code.PIN_UNAVAILABLE), over=True))
    if tries_left == 1:
        return go(counter, LastTryWarning(insertion, goal))
    return go(counter, AskingPin(insertion, goal, tries_left))


def _rejected(counter: Counter, goal: Goal, insertion: Insertion, tries_left: int, outcome: Outcome) -> Step:
    if tries_left <= 0:
        return outcome(counter, Failed(goal, insertion, Problem(Code.PIN_LOCKED), over=True))
    if insertion not in counter.cards:
        wrong = Problem(Code.PIN_WRONG, (("tries_left", tries_left),))
        return outcome(counter, Failed(goal, insertion, wrong, over=False))
    if tries_left == 1:
        return go(counter, LastTryWarning(insertion, goal, after_mistake=True), Play(Sound.REFUSED))
    return go(counter, AskingPin(insertion, goal, tries_left, after_mistake=True), Play(Sound.REFUSED))
