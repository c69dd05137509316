"""What nobody could be asked about is asked for again as soon as the library's system answers: the patron, their loans."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import LookUpPatron, Play
from kiosk.domain.errors import ILS_TROUBLE
from kiosk.domain.model import IlsCondition, Patron, Sound, Ticket
from kiosk.domain.serving.loans import list_again
from kiosk.domain.states import Counter, PatronShown, Problem
from kiosk.domain.turn import Step, asking, go, then


def line_changed(counter: Counter) -> Step:
    return then(_look_up(counter), list_again)


def _look_up(counter: Counter) -> Step:
    flow = counter.flow
    if counter.ils is not IlsCondition.READY or not isinstance(flow, PatronShown) or flow.patron.checked or flow.checking:
        return counter, ()
    counter, ticket = asking(counter)
    return go(counter, replace(flow, checking=ticket), LookUpPatron(ticket, flow.patron.number))


def checked(counter: Counter, flow: PatronShown, patron: Patron) -> Step:
    """What was lent meanwhile is in it."""
    return go(counter, replace(flow, checking=Ticket(0), objection=None, patron=replace(patron, number=flow.patron.number)))


def objected(counter: Counter, flow: PatronShown, problem: Problem) -> Step:
    """Staff are told; what was done meanwhile is not undone by that. Where nobody could be asked, all stays as it was."""
    flow = replace(flow, checking=Ticket(0))
    if problem.code in ILS_TROUBLE:
        return go(counter, flow)
    return go(counter, replace(flow, objection=problem), Play(Sound.REFUSED))
