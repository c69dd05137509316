"""A session that nobody went on with has been closed: whoever comes back is told what became of their work."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.domain.effects import StartTimer
from kiosk.domain.model import Language, Ticket
from kiosk.domain.states import (
    AlreadyLinked,
    Counter,
    Flow,
    LeftWork,
    LinkGoal,
    OutOfOrder,
    PatronShown,
    Reading,
    Registered,
    RegistrationFlow,
    ShowingHelp,
    ShowingStatus,
    TimedOut,
    Unlinked,
    UnlinkingFlow,
    Waiting,
)
from kiosk.domain.turn import Step, asking

PATRON_SECONDS = 20.0
"""Long enough for somebody who looks up; then the window invites the next patron again."""
_DONE: dict[type[Flow], LeftWork] = {
    Registered: LeftWork.REGISTERED,
    AlreadyLinked: LeftWork.LINKED,
    Unlinked: LeftWork.UNLINKED,
    PatronShown: LeftWork.SERVING,
}
_AT_REST = (Waiting, ShowingStatus, ShowingHelp, OutOfOrder)


def work_of(flow: Flow) -> LeftWork:
    """What is left undone, or was done, when `flow` is closed."""
    if type(flow) in _DONE:
        return _DONE[type(flow)]
    registers = isinstance(flow, get_args(RegistrationFlow)) or isinstance(getattr(flow, "goal", None), LinkGoal)
    if registers:
        return LeftWork.REGISTRATION
    return LeftWork.UNLINKING if isinstance(flow, get_args(UnlinkingFlow)) else LeftWork.LENDING


def tell(counter: Counter, before: Counter) -> Step:
    """`counter` is what `before` has become when its time was up."""
    counter, ticket = asking(counter)
    told = TimedOut(work_of(before.flow), before.now, before.language, ticket)
    return replace(counter, timed_out=told), (StartTimer(ticket, PATRON_SECONDS),)


def is_told_to_patron(counter: Counter) -> bool:
    """Whether the patron's window says it now."""
    told = counter.timed_out
    return told is not None and bool(told.patron) and isinstance(counter.flow, (Waiting, ShowingStatus, ShowingHelp))


def as_the_patron_reads(counter: Counter) -> Counter:
    """In the language of whoever was here, as long as it is told to them."""
    told = counter.timed_out
    return counter if told is None or not is_told_to_patron(counter) else replace(counter, language=told.language)


def told_long_enough(counter: Counter) -> Counter:
    """The patron has had time to read it."""
    told = counter.timed_out
    return counter if told is None else replace(counter, timed_out=replace(told, patron=Ticket(0)))


def in_language(counter: Counter, language: Language) -> Counter:
    told = counter.timed_out
    return counter if told is None else replace(counter, timed_out=replace(told, language=language))


def keep(after: Counter) -> Counter:
    """Until the next work begins. A session that still waits for answers before it can be closed is none."""
    if after.timed_out is None or isinstance(after.flow, _AT_REST):
        return after
    stray = isinstance(after.flow, Reading) and after.flow.insertion in after.strays
    closing = isinstance(after.flow, PatronShown) and after.flow.leaving
    return after if stray or closing else replace(after, timed_out=None)
