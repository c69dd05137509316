"""Who ended a session that was not simply finished, and its result: shown on the page that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.consequences import is_work_open
from kiosk.domain.effects import StartTimer
from kiosk.domain.events import Event, LeavePressed, LeavingConfirmed
from kiosk.domain.model import EndedBy, Language, Ticket
from kiosk.domain.states import (
    Counter,
    Ended,
    LeftWork,
    LendingRefused,
    PatronShown,
    Reading,
    RegistrationRefused,
    Waiting,
)
from kiosk.domain.transition import Step, asking, to_be_taken

PATRON_SECONDS = 20.0
"""Long enough for somebody to look up; then the window invites the next patron again."""
_STAFF_LEAVE = (LeftWork.REGISTRATION, LeftWork.UNLINKING, LeftWork.LENDING)
_PATRON_ENDS = (
    *(LeftWork.REGISTRATION, LeftWork.REGISTRATION_REFUSED, LeftWork.REGISTERED, LeftWork.LINKED),
    *(LeftWork.LENDING, LeftWork.REFUSED),
)


def tell(counter: Counter, before: Counter) -> Counter:
    """Record that `before` timed out and became `counter`. `keep` decides when to show it."""
    return replace(counter, ended=_ended(before, EndedBy.TIME, None, None))


def _ended(before: Counter, by: EndedBy, at: datetime | None, patron_timer: Ticket | None) -> Ended:
    flow = before.flow
    why = flow.problem.code if isinstance(flow, LendingRefused | RegistrationRefused) else None
    typed = isinstance(flow, PatronShown) and flow.typed
    return Ended(flow.about.left_as, by, at, before.language, patron_timer, why, typed)


def is_told_to_patron(counter: Counter) -> bool:
    """Whether the patron's window shows it now."""
    told = counter.ended
    return told is not None and bool(told.patron_timer) and isinstance(counter.flow, Waiting)


def as_the_patron_reads(counter: Counter) -> Counter:
    """Use the language of the previous patron while their card is present or something is shown to them."""
    told = counter.ended
    if counter.left_language is not None and to_be_taken(counter) and counter.flow.about.rests:
        return replace(counter, language=counter.left_language)
    return counter if told is None or not is_told_to_patron(counter) else replace(counter, language=told.language)


def told_long_enough(counter: Counter) -> Counter:
    """Stop showing it to the patron."""
    told = counter.ended
    return counter if told is None else replace(counter, ended=replace(told, patron_timer=Ticket(0)))


def in_language(counter: Counter, language: Language) -> Counter:
    """Switch the language of the counter and of every notice to the patron."""
    told = counter.ended
    left = None if counter.left_language is None else language
    return replace(counter, language=language, left_language=left, ended=None if told is None else replace(told, language=language))


def keep(before: Counter, after: Counter, event: Event) -> Step:
    """Keep the notice from the close of the session until the next work begins. A session still waiting for answers is not closed."""
    if (by := _who_left(before, after, event)) is not None:
        return replace(after, ended=_ended(before, by, after.now, Ticket(0))), ()
    told, flow = after.ended, after.flow
    if told is None or (isinstance(flow, PatronShown) and flow.leaving):
        return after, ()
    stray = isinstance(flow, Reading) and flow.insertion in after.strays
    if not stray and not flow.about.rests:
        return replace(after, ended=None), ()
    return _closed(after, told) if told.patron_timer is None else (after, ())


def _who_left(before: Counter, after: Counter, event: Event) -> EndedBy | None:
    """Who left the work; None if nobody need be told. Staff know what they finished themselves, but a patron's press takes a page away from
    them.
    """
    if before.flow.about.rests or not after.flow.about.rests or not isinstance(event, LeavePressed | LeavingConfirmed):
        return None
    work = before.flow.about.left_as
    if isinstance(event, LeavePressed) and event.by is EndedBy.PATRON:
        return EndedBy.PATRON if work in _PATRON_ENDS else None
    return EndedBy.STAFF if work in _STAFF_LEAVE and is_work_open(before) else None


def _closed(counter: Counter, told: Ended) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, ended=replace(told, at=counter.now, patron_timer=ticket)), (StartTimer(ticket, PATRON_SECONDS),)
