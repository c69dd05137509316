"""An act that is saved here waits a moment for the library's server; then it is told as done, or as waiting to be sent."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import Play, StartTimer
from kiosk.domain.model import RegistryCondition, Sound
from kiosk.domain.states import (
    ClosingLink,
    Counter,
    Problem,
    Registered,
    RegistrationRefused,
    SavingLink,
    Unlinked,
    UnlinkingRefused,
)
from kiosk.domain.transition import Step, asking, go, spend, then

ANSWER_SECONDS = 3.0
"""A person can wait that long without wondering; the server usually answers within a tenth of it."""


def saved(counter: Counter, flow: SavingLink | ClosingLink, *, pending: bool) -> Step:
    """Our own store has saved the act. `pending`: the server has yet to answer."""
    waits = pending and not flow.accepted
    if waits and counter.registry is RegistryCondition.CURRENT and flow.operation not in _refused(counter):
        counter, timer = asking(counter)
        return go(counter, replace(flow, timer=timer), StartTimer(timer, ANSWER_SECONDS))
    return done(counter, flow, pending=waits)


def done(counter: Counter, flow: SavingLink | ClosingLink, *, pending: bool) -> Step:
    """Tell what has become of the act as far as is known now."""
    if isinstance(flow, ClosingLink):
        page = Unlinked(flow.reason, flow.number, flow.operation, pending, flow.card_stopped, flow.link_known)
        return then(go(counter, page, Play(Sound.DONE)), told_on_its_page)
    step = go(counter, Registered(flow.draft, flow.operation, pending, flow.replaced), Play(Sound.DONE))
    return then(then(step, lambda counter: spend(counter, frozenset(counter.cards))), told_on_its_page)


def told_on_its_page(counter: Counter) -> Step:
    """Turn a page that waits for an operation into its refusal, if it was refused."""
    codes = {told.operation: told.code for told in counter.refused_operations}
    match counter.flow:
        case (SavingLink(operation=operation, timer=timer) | ClosingLink(operation=operation, timer=timer)) as flow if (
            timer and operation in codes
        ):
            return done(counter, flow, pending=True)
        case Registered(draft, operation) if operation in codes:
            return go(counter, RegistrationRefused(draft, Problem(codes[operation]), operation), Play(Sound.REFUSED))
        case Unlinked(reason, number, operation, card_stopped=stopped) if operation in codes:
            problem = Problem(codes[operation], entered=number.text)
            return go(counter, UnlinkingRefused(problem, reason, stopped, operation), Play(Sound.REFUSED))
    return counter, ()


def _refused(counter: Counter) -> set[object]:
    return {told.operation for told in counter.refused_operations}
