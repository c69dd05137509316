"""A session that nobody went on with has been closed: whoever comes back is told what became of their work."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.domain.effects import StartTimer
from kiosk.domain.model import Language, Shown, Ticket
from kiosk.domain.states import (
    RESTING,
    AlreadyLinked,
    Counter,
    Flow,
    LeftWork,
    LendingRefused,
    LinkGoal,
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
    LendingRefused: LeftWork.REFUSED,
}


def work_of(flow: Flow) -> LeftWork:
    """What is left undone, or was done, when `flow` is closed."""
    if isinstance(flow, PatronShown):
        return LeftWork.SERVING_BY_LIBRARY_CARD if flow.shown is Shown.LIBRARY_CARD else LeftWork.SERVING
    if type(flow) in _DONE:
        return _DONE[type(flow)]
    registers = isinstance(flow, get_args(RegistrationFlow)) or isinstance(getattr(flow, "goal", None), LinkGoal)
    if registers:
        return LeftWork.REGISTRATION
    return LeftWork.UNLINKING if isinstance(flow, get_args(UnlinkingFlow)) else LeftWork.LENDING


def tell(counter: Counter, before: Counter) -> Counter:
    """`counter` is what `before` has become when its time was up. `keep` says from when on it is told."""
    return replace(counter, timed_out=TimedOut(work_of(before.flow), None, before.language, None))


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


def keep(after: Counter) -> Step:
    """From when the session is closed until the next work begins. One that still waits for answers is not closed yet."""
    told, flow = after.timed_out, after.flow
    if told is None or (isinstance(flow, PatronShown) and flow.leaving):
        return after, ()
    stray = isinstance(flow, Reading) and flow.insertion in after.strays
    if not stray and not isinstance(flow, RESTING):
        return replace(after, timed_out=None), ()
    return _closed(after, told) if told.patron is None else (after, ())


def _closed(counter: Counter, told: TimedOut) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, timed_out=replace(told, at=counter.now, patron=ticket)), (StartTimer(ticket, PATRON_SECONDS),)
