"""Reader problems as they are now. Both windows use this, so that they never ask for different things."""

from __future__ import annotations

from kiosk.domain.errors import Code
from kiosk.domain.model import LinkToken, ReaderCondition
from kiosk.domain.states import Counter, Interrupted, Problem


def reader_problem(counter: Counter) -> Problem | None:
    """Why no card can be read now; None if one can, or while that is not known yet."""
    if counter.reader in (ReaderCondition.READY, ReaderCondition.STARTING):
        return None
    if counter.reader is ReaderCondition.AMBIGUOUS:
        readers = "、".join(f"「{name}」" for name in counter.reader_names)
        return Problem(Code.READER_AMBIGUOUS, (("wanted", counter.reader_wanted), ("readers", readers)))
    if counter.reader is ReaderCondition.BROKEN:
        return Problem(Code.READER_BROKEN, (("incident", counter.reader_incident),))
    return Problem(Code(counter.reader.value))


def as_it_stands(counter: Counter, problem: Problem) -> Problem:
    """Report a reader problem that is over as READER_INTERRUPTED."""
    over = problem.code.about.is_reader_trouble and reader_problem(counter) is None
    return Problem(Code.READER_INTERRUPTED) if over else problem


def broken_off(counter: Counter, token: LinkToken) -> Interrupted | None:
    """The interrupted proof of this card, with its reason brought up to date; None if there is none."""
    interrupted = counter.interrupted
    if interrupted is None or interrupted.token != token:
        return None
    return Interrupted(token, as_it_stands(counter, interrupted.problem), interrupted.pressed)
