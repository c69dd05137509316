"""More time: staff who fetch something keep what is open, so that idle time does not close it meanwhile."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import StartTimer
from kiosk.domain.model import Ticket
from kiosk.domain.states import Counter, Flow, Registered, Stage
from kiosk.domain.transition import Step, asking, stay

SECONDS = 300.0
TIMES = 2
"""In one session: what nobody comes back to is closed after ten minutes and the usual time."""
_KEPT = (Stage.BEGUN, Stage.OPEN, Stage.FINISHED)
"""Not what is open to nobody or over in a moment, nor a patron's PIN."""


def is_kept(flow: Flow) -> bool:
    """Whether more time holds here: never where a patron is at the PIN, nor for a registration that closes by itself."""
    return flow.about.stage in _KEPT and not isinstance(flow, Registered)


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
