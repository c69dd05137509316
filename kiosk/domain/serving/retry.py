"""Repeats what could not be asked as soon as the library system responds again: the patron, their loans."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.backoff import seconds_after
from kiosk.domain.effects import LookUpPatron, Play, StartTimer
from kiosk.domain.model import IlsCondition, Patron, Sound, Ticket
from kiosk.domain.serving.loans import list_again
from kiosk.domain.states import Counter, PatronShown, Problem
from kiosk.domain.transition import Step, asking, go, then


def line_changed(counter: Counter) -> Step:
    return then(_check_again(counter), list_again)


def tried_at_once(counter: Counter, flow: PatronShown) -> Counter:
    """Manual retry: reset the back-off, so that everything pending is asked as soon as the connection is up."""
    dealings = replace(flow.dealings, failures=0)
    return replace(counter, flow=replace(flow, checks=0, check_again_at=Ticket(0), dealings=dealings, list_again_at=Ticket(0)))


def _check_again(counter: Counter) -> Step:
    """Look the patron up again, with back-off after repeated failures, since a server may answer everything else and hang on this."""
    flow = counter.flow
    if not isinstance(flow, PatronShown) or flow.check_again_at or not _lacks_patron(counter, flow):
        return counter, ()
    if flow.checks <= 1:
        return _look_up(counter, flow)
    counter, ticket = asking(counter)
    return go(counter, replace(flow, check_again_at=ticket), StartTimer(ticket, seconds_after(flow.checks)))


def waited_to_check(counter: Counter, flow: PatronShown) -> Step:
    """The back-off timer expired: look the patron up again."""
    flow = replace(flow, check_again_at=Ticket(0))
    return _look_up(counter, flow) if _lacks_patron(counter, flow) else go(counter, flow)


def _lacks_patron(counter: Counter, flow: PatronShown) -> bool:
    return counter.ils is IlsCondition.READY and not flow.patron.checked and not flow.checking


def _look_up(counter: Counter, flow: PatronShown) -> Step:
    counter, ticket = asking(counter)
    return go(counter, replace(flow, checking=ticket, checks=flow.checks + 1), LookUpPatron(ticket, flow.patron.number))


def checked(counter: Counter, flow: PatronShown, patron: Patron) -> Step:
    """Take over the patron found; loans made meanwhile are included."""
    return go(counter, replace(flow, checking=Ticket(0), objection=None, patron=replace(patron, number=flow.patron.number)))


def objected(counter: Counter, flow: PatronShown, problem: Problem) -> Step:
    """Show the objection to staff; it does not undo what was done meanwhile. If nobody could be asked, nothing changes."""
    flow = replace(flow, checking=Ticket(0))
    if problem.code.about.is_ils_trouble:
        return go(counter, flow)
    return go(counter, replace(flow, objection=problem), Play(Sound.REFUSED))
