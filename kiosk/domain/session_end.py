"""Who ended a session that was not simply finished, and what became of the work: told on the page that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.domain.consequences import is_work_open
from kiosk.domain.effects import StartTimer
from kiosk.domain.events import Event, LeavePressed, LeavingConfirmed
from kiosk.domain.model import EndedBy, Language, Shown, Ticket
from kiosk.domain.states import (
    RESTING,
    AlreadyLinked,
    Counter,
    Ended,
    Flow,
    LeftWork,
    LendingRefused,
    LinkGoal,
    PatronShown,
    Reading,
    Registered,
    RegistrationFlow,
    Unlinked,
    UnlinkingFlow,
    Waiting,
)
from kiosk.domain.transition import Step, asking, to_be_taken

PATRON_SECONDS = 20.0
"""Long enough for somebody who looks up; then the window invites the next patron again."""
_DONE: dict[type[Flow], LeftWork] = {
    Registered: LeftWork.REGISTERED,
    AlreadyLinked: LeftWork.LINKED,
    Unlinked: LeftWork.UNLINKED,
    LendingRefused: LeftWork.REFUSED,
}
_STAFF_LEAVE = (LeftWork.REGISTRATION, LeftWork.UNLINKING, LeftWork.LENDING)
_PATRON_ENDS = (LeftWork.REGISTRATION, LeftWork.LENDING, *(LeftWork.REGISTERED, LeftWork.LINKED, LeftWork.REFUSED))


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
    return replace(counter, ended=Ended(work_of(before.flow), EndedBy.TIME, None, before.language, None))


def is_told_to_patron(counter: Counter) -> bool:
    """Whether the patron's window says it now."""
    told = counter.ended
    return told is not None and bool(told.patron_timer) and isinstance(counter.flow, Waiting)


def as_the_patron_reads(counter: Counter) -> Counter:
    """In the language of whoever was here, as long as their card lies there or something is told to them."""
    told = counter.ended
    if counter.left_language is not None and to_be_taken(counter) and isinstance(counter.flow, RESTING):
        return replace(counter, language=counter.left_language)
    return counter if told is None or not is_told_to_patron(counter) else replace(counter, language=told.language)


def told_long_enough(counter: Counter) -> Counter:
    """The patron has had time to read it."""
    told = counter.ended
    return counter if told is None else replace(counter, ended=replace(told, patron_timer=Ticket(0)))


def in_language(counter: Counter, language: Language) -> Counter:
    """The language was chosen under whatever is told."""
    told = counter.ended
    left = None if counter.left_language is None else language
    return replace(counter, language=language, left_language=left, ended=None if told is None else replace(told, language=language))


def keep(before: Counter, after: Counter, event: Event) -> Step:
    """From when the session is closed until the next work begins. One that still waits for answers is not closed yet."""
    if (by := _who_left(before, after, event)) is not None:
        return replace(after, ended=Ended(work_of(before.flow), by, after.now, before.language, Ticket(0))), ()
    told, flow = after.ended, after.flow
    if told is None or (isinstance(flow, PatronShown) and flow.leaving):
        return after, ()
    stray = isinstance(flow, Reading) and flow.insertion in after.strays
    if not stray and not isinstance(flow, RESTING):
        return replace(after, ended=None), ()
    return _closed(after, told) if told.patron_timer is None else (after, ())


def _who_left(before: Counter, after: Counter, event: Event) -> EndedBy | None:
    """Staff need not be told what they have finished themselves; whatever the patron ends takes a page away from them."""
    if isinstance(before.flow, RESTING) or not isinstance(after.flow, RESTING) or not isinstance(event, LeavePressed | LeavingConfirmed):
        return None
    work = work_of(before.flow)
    if isinstance(event, LeavePressed) and event.by is EndedBy.PATRON:
        return EndedBy.PATRON if work in _PATRON_ENDS else None
    return EndedBy.STAFF if work in _STAFF_LEAVE and is_work_open(before) else None


def _closed(counter: Counter, told: Ended) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, ended=replace(told, at=counter.now, patron_timer=ticket)), (StartTimer(ticket, PATRON_SECONDS),)
