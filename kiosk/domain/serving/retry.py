"""What nobody could be asked about is asked for again as soon as the library's system answers: the patron, their loans."""

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
    """Staff have the line tried: what waits for its time is asked for as soon as the line is there."""
    dealings = replace(flow.dealings, failures=0)
    return replace(counter, flow=replace(flow, checks=0, check_again_at=Ticket(0), dealings=dealings, list_again_at=Ticket(0)))


def _check_again(counter: Counter) -> Step:
    """Where that has cost the line more than once it comes later, since a server may answer everything else and hang at this."""
    flow = counter.flow
    if not isinstance(flow, PatronShown) or flow.check_again_at or not _lacks_patron(counter, flow):
        return counter, ()
    if flow.checks <= 1:
        return _look_up(counter, flow)
    counter, ticket = asking(counter)
    return go(counter, replace(flow, check_again_at=ticket), StartTimer(ticket, seconds_after(flow.checks)))


def waited_to_check(counter: Counter, flow: PatronShown) -> Step:
    """It is time to look the patron up once more."""
    flow = replace(flow, check_again_at=Ticket(0))
    return _look_up(counter, flow) if _lacks_patron(counter, flow) else go(counter, flow)


def _lacks_patron(counter: Counter, flow: PatronShown) -> bool:
    return counter.ils is IlsCondition.READY and not flow.patron.checked and not flow.checking


def _look_up(counter: Counter, flow: PatronShown) -> Step:
    counter, ticket = asking(counter)
    return go(counter, replace(flow, checking=ticket, checks=flow.checks + 1), LookUpPatron(ticket, flow.patron.number))


def checked(counter: Counter, flow: PatronShown, patron: Patron) -> Step:
    """What was lent meanwhile is in it."""
    return go(counter, replace(flow, checking=Ticket(0), objection=None, patron=replace(patron, number=flow.patron.number)))


def objected(counter: Counter, flow: PatronShown, problem: Problem) -> Step:
    """Staff are told; what was done meanwhile is not undone by that. Where nobody could be asked, all stays as it was."""
    flow = replace(flow, checking=Ticket(0))
    if problem.code.is_ils_trouble:
        return go(counter, flow)
    return go(counter, replace(flow, objection=problem), Play(Sound.REFUSED))
