"""What is told of a reader and of what it ended, as things stand now: both windows ask here, so that they never ask for two things."""

from __future__ import annotations

from kiosk.domain.errors import Code
from kiosk.domain.model import LinkToken, ReaderCondition
from kiosk.domain.states import Counter, Interrupted, Problem


def reader_problem(counter: Counter) -> Problem | None:
    """Why no card can be read now; None while one can, and while that is not known yet."""
    if counter.reader in (ReaderCondition.READY, ReaderCondition.STARTING):
        return None
    if counter.reader is ReaderCondition.AMBIGUOUS:
        readers = "、".join(f"「{name}」" for name in counter.reader_names)
        return Problem(Code.READER_AMBIGUOUS, (("wanted", counter.reader_wanted), ("readers", readers)))
    if counter.reader is ReaderCondition.BROKEN:
        return Problem(Code.READER_BROKEN, (("incident", counter.reader_incident),))
    return Problem(Code(counter.reader.value))


def as_it_stands(counter: Counter, problem: Problem) -> Problem:
    """A reader's trouble that is over is told as one that was."""
    over = problem.code.is_reader_trouble and reader_problem(counter) is None
    return Problem(Code.READER_INTERRUPTED) if over else problem


def broken_off(counter: Counter, token: LinkToken) -> Interrupted | None:
    """The proof that broke off with this very card, as things stand now."""
    interrupted = counter.interrupted
    if interrupted is None or interrupted.token != token:
        return None
    return Interrupted(token, as_it_stands(counter, interrupted.problem), interrupted.pressed)
