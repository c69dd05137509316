"""More time: staff who fetch something keep what is open, so that idle time does not close it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.domain.effects import StartTimer
from kiosk.domain.model import Ticket
from kiosk.domain.states import (
    RESTING,
    ClosingLink,
    Counter,
    FindingLink,
    Flow,
    LookingUpPatron,
    Proof,
    Reading,
    Registered,
    SavingLink,
)
from kiosk.domain.transition import Step, asking, stay

SECONDS = 300.0
TIMES = 2
"""In one session: what nobody comes back to is closed after ten minutes and the usual time."""
_NOT_KEPT = (*RESTING, *get_args(Proof), Reading, FindingLink, LookingUpPatron, SavingLink, ClosingLink, Registered)
"""Open to nobody, over in a moment, a patron's PIN, or what closes by itself."""


def is_kept(flow: Flow) -> bool:
    """Whether more time holds here: never where a patron is at the PIN."""
    return not isinstance(flow, _NOT_KEPT)


def may_have_more(counter: Counter) -> bool:
    return is_kept(counter.flow) and counter.more_time.used < TIMES


def is_running(counter: Counter) -> bool:
    return bool(counter.more_time.ticket) and is_kept(counter.flow)


def left_of(counter: Counter, running: float) -> float:
    """Seconds for which nothing is closed, when `running` are left of those that run now."""
    return running + SECONDS * counter.more_time.queued


def give(counter: Counter) -> Step:
    """From now on, or behind what runs already."""
    if not may_have_more(counter):
        return stay(counter)
    had = replace(counter.more_time, used=counter.more_time.used + 1)
    if had.ticket:
        return replace(counter, more_time=replace(had, queued=had.queued + 1)), ()
    return _run(replace(counter, more_time=had))


def over(counter: Counter) -> Step:
    """The five minutes that ran have passed."""
    had = replace(counter.more_time, ticket=Ticket(0))
    if not had.queued:
        return replace(counter, more_time=had), ()
    return _run(replace(counter, more_time=replace(had, queued=had.queued - 1)))


def _run(counter: Counter) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, more_time=replace(counter.more_time, ticket=ticket)), (StartTimer(ticket, SECONDS),)
