"""Extended idle time: staff who fetch something keep what is open."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import StartTimer
from kiosk.domain.model import Ticket
from kiosk.domain.states import Counter, Flow, Registered, Stage
from kiosk.domain.transition import Step, asking, stay

SECONDS = 300.0
TIMES = 2
"""Per session: abandoned work is closed after ten minutes plus the usual timeout."""
_KEPT = (Stage.BEGUN, Stage.OPEN, Stage.FINISHED)
"""Not for resting or passing states, nor during a patron's PIN entry."""


def is_kept(flow: Flow) -> bool:
    """Whether an extension applies here: never while a patron enters a PIN, nor for a registration that closes by itself."""
    return flow.about.stage in _KEPT and not isinstance(flow, Registered)


def may_have_more(counter: Counter) -> bool:
    return is_kept(counter.flow) and counter.more_time.used < TIMES


def is_running(counter: Counter) -> bool:
    return bool(counter.more_time.ticket) and is_kept(counter.flow)


def left_of(counter: Counter, running: float) -> float:
    """Seconds until extensions end, if the current one has `running` seconds left."""
    return running + SECONDS * counter.more_time.queued


def give(counter: Counter) -> Step:
    """Grant an extension, starting now or after the current one."""
    if not may_have_more(counter):
        return stay(counter)
    had = replace(counter.more_time, used=counter.more_time.used + 1)
    if had.ticket:
        return replace(counter, more_time=replace(had, queued=had.queued + 1)), ()
    return _run(replace(counter, more_time=had))


def over(counter: Counter) -> Step:
    """The current extension has expired."""
    had = replace(counter.more_time, ticket=Ticket(0))
    if not had.queued:
        return replace(counter, more_time=had), ()
    return _run(replace(counter, more_time=replace(had, queued=had.queued - 1)))


def _run(counter: Counter) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, more_time=replace(counter.more_time, ticket=ticket)), (StartTimer(ticket, SECONDS),)
