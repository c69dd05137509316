"""The proof that the holder is present and agrees: tries shown, pad opened, one VERIFY per press, a fresh signature.

Shared by registration and lending; each supplies in `outcome` how to continue after a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Insertion, Sound
from kiosk.domain.states import AskingPin, CheckingPin, Counter, Flow, Goal, Interrupted, LastTryWarning, Problem, Proof, ReadingTries
from kiosk.domain.transition import Step, asking, go, problem_of, stay

PIN_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Proved:
    """The holder has agreed."""

    goal: Goal
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class Failed:
    """No proof from this card now. `over`: placing the card again would not help."""

    goal: Goal
    insertion: Insertion
    problem: Problem
    over: bool


Outcome = Callable[[Counter, Proved | Failed], Step]


def begin(counter: Counter, goal: Goal, insertion: Insertion) -> Step:
    counter, ticket = asking(counter)
    return go(counter, ReadingTries(ticket, insertion, goal), ReadTries(ticket, insertion))


def step(counter: Counter, flow: Proof, event: Event, outcome: Outcome) -> Step:
    """Handle all events except leaving, which is the same in every flow. `outcome` continues after a proof, successful or not."""
    match flow, event:
        case ReadingTries(), TriesRead(tries_left=tries_left):
            return _shown(counter, flow, tries_left, outcome)
        case LastTryWarning(insertion, goal, after_mistake), LastTryChosen():
            return go(counter, AskingPin(insertion, goal, tries_left=1, after_mistake=after_mistake))
        case AskingPin(), PadTyped(count) if 0 <= count <= PIN_LENGTH:
            return go(counter, replace(flow, typed=count, barcode_cleared=flow.barcode_cleared and count == 0))
        case AskingPin(), PadCleared():
            return go(counter, replace(flow, typed=0, barcode_cleared=True))
        case AskingPin(insertion, goal, typed=typed), PadConfirmed() if typed == PIN_LENGTH:
            counter, ticket = asking(counter)
            return go(counter, CheckingPin(ticket, insertion, goal), VerifyPin(ticket, insertion))
        case CheckingPin(_, insertion, goal), HolderProved(token=token):
            if token == goal.reading.token:
                return outcome(replace(counter, interrupted=None), Proved(goal, insertion))
            return _failed(counter, flow, Problem(Code.KEY_MISMATCH), outcome, over=True)
        case CheckingPin(), PinRejected(tries_left=tries_left):
            return _rejected(counter, flow, tries_left, outcome)
        case ((ReadingTries() | CheckingPin()), CardFailed(code=code)):
            return _failed(counter, flow, problem_of(counter, event), outcome, over=code.about.ends_proof)
        case ((ReadingTries() | CheckingPin()), CardSlow(where)) if where == flow.insertion:
            return go(counter, replace(flow, slow=True))
        case _, CardLifted(where) if where == flow.insertion and not _answer_is_near(flow):
            silent = isinstance(flow, ReadingTries | CheckingPin) and flow.slow
            return _failed(counter, flow, Problem(Code.CARD_SILENT if silent else Code.CARD_REMOVED), outcome)
    return stay(counter)


def _failed(counter: Counter, flow: Proof, problem: Problem, outcome: Outcome, *, over: bool = False) -> Step:
    """End without proof. If the card may be placed again, remember why that is asked."""
    pressed = isinstance(flow, CheckingPin) or (counter.interrupted is not None and counter.interrupted.pressed)
    interrupted = None if over else Interrupted(flow.goal.reading.token, problem, pressed)
    return outcome(replace(counter, interrupted=interrupted), Failed(flow.goal, flow.insertion, problem, over))


def _answer_is_near(flow: Flow) -> bool:
    """Whether a VERIFY is in progress whose answer decides, even if the card was just removed; an unresponsive card gives none."""
    return isinstance(flow, CheckingPin) and not flow.slow


def _shown(counter: Counter, flow: ReadingTries, tries_left: int, outcome: Outcome) -> Step:
    goal, insertion = flow.goal, flow.insertion
    if insertion not in counter.cards:
        return _failed(counter, flow, Problem(Code.CARD_REMOVED), outcome)
    if tries_left <= 0:
        return _failed(counter, flow, Problem(_no_tries(counter)), outcome, over=True)
    if tries_left == 1:
        return go(counter, LastTryWarning(insertion, goal))
    return go(counter, AskingPin(insertion, goal, tries_left))


def _no_tries(counter: Counter) -> Code:
    """The code for a card found locked. If a try was left when a PIN was sent and its answer lost, that PIN used it."""
    interrupted = counter.interrupted
    return Code.PIN_LOCKED if interrupted is not None and interrupted.pressed else Code.PIN_UNAVAILABLE


def _rejected(counter: Counter, flow: CheckingPin, tries_left: int, outcome: Outcome) -> Step:
    goal, insertion = flow.goal, flow.insertion
    if tries_left <= 0:
        return _failed(counter, flow, Problem(Code.PIN_LOCKED), outcome, over=True)
    if insertion not in counter.cards:
        return _failed(counter, flow, Problem(Code.PIN_WRONG, (("tries_left", tries_left),)), outcome)
    counter = replace(counter, interrupted=None)
    if tries_left == 1:
        return go(counter, LastTryWarning(insertion, goal, after_mistake=True), Play(Sound.REFUSED))
    return go(counter, AskingPin(insertion, goal, tries_left, after_mistake=True), Play(Sound.REFUSED))
