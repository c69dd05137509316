"""The end of a patron's session: the slip, and the card of the next patron."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import PrintSlip
from kiosk.domain.model import Service, SlipKind
from kiosk.domain.slip import Slip, SlipLine
from kiosk.domain.states import Counter, PatronShown, Progress
from kiosk.domain.turn import Step, call_up, end_session, start_reading, then


def has_to_wait(flow: PatronShown) -> bool:
    """Whether the session cannot end at once without something getting lost. The slip is waited for once."""
    return flow.dealings.unanswered or (slip_waits(flow) and not flow.leaving)


def slip_waits(flow: PatronShown) -> bool:
    """Whether the slip of all that is on loan cannot be printed yet, and can be had."""
    dealings = flow.dealings
    is_wanted = flow.slip is SlipKind.ALL and (flow.patron.checked or any(_lines(flow)))
    return is_wanted and not dealings.listed and dealings.problem is None


def settle(counter: Counter, flow: PatronShown) -> Step:
    """Print what this session's slip is to say, and forget the wish for it. Nothing happened, nothing is printed."""
    dealings = flow.dealings
    if flow.slip is SlipKind.ALL and dealings.loans is None and dealings.problem is not None:
        counter = replace(counter, slip_trouble=dealings.problem)
    return replace(counter, flow=replace(flow, slip=SlipKind.NONE)), _slips(counter, flow)


def finish(counter: Counter, flow: PatronShown) -> Step:
    """End the session now; the patron whose library card was read is called up, or a card laid meanwhile is read."""
    if flow.next_card is not None and flow.next_card.called:
        number = flow.next_card.number
        return then(then(settle(counter, flow), end_session), lambda waiting: call_up(waiting, number))
    fresh = next((lying for lying in counter.cards if lying not in counter.spent and lying != flow.insertion), None)
    ended = then(settle(counter, flow), lambda settled: end_session(settled, keep=fresh))
    return ended if fresh is None else then(ended, lambda waiting: start_reading(waiting, fresh))


def _slips(counter: Counter, flow: PatronShown) -> tuple[PrintSlip, ...]:
    loans, number = flow.dealings.loans, flow.patron.number
    if flow.slip is SlipKind.NONE:
        return ()
    if flow.slip is SlipKind.ALL and loans is not None:
        lines, kind = tuple(SlipLine(item, Service.LOAN) for item in loans), SlipKind.ALL
    else:
        lines, kind = _lines(flow), SlipKind.TODAY
    return (PrintSlip(Slip(kind, number, lines, counter.language)),) if lines else ()


def _lines(flow: PatronShown) -> tuple[SlipLine, ...]:
    """What was done in this session, in the order it was."""
    entries = (*flow.dealings.earlier.values(), *reversed(flow.dealings.entries))
    return tuple(SlipLine(entry.item, entry.service) for entry in entries if entry.progress is Progress.DONE)
