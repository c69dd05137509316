"""The end of a patron's session: the slip, and the next patron's card."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import Instead, Outcome, Told
from kiosk.domain.events import Event, ItemAnswered, LibraryCardRecognised, LookedAgain
from kiosk.domain.events.about import GoesOn
from kiosk.domain.model import Service
from kiosk.domain.serving.knowledge import in_doubt
from kiosk.domain.slip import Slip, SlipKind, SlipLine, in_order
from kiosk.domain.slip_printing import put_on_paper
from kiosk.domain.states import Counter, Entry, PatronShown, Progress, Stayed
from kiosk.domain.transition import Step, call_up, end_session, start_reading, then


def has_to_wait(flow: PatronShown) -> bool:
    """Whether ending now would lose something. The slip and look-ups are waited for only once."""
    waits = slip_waits(flow) or any(map(in_doubt, flow.dealings.entries))
    return flow.dealings.unanswered or (waits and not flow.leaving)


def slip_waits(flow: PatronShown) -> bool:
    """Whether the slip of all loans is wanted and obtainable but cannot be printed yet."""
    dealings = flow.dealings
    is_wanted = flow.slip is SlipKind.ALL and (flow.patron.checked or any(_lines(flow)))
    return is_wanted and not dealings.listed and dealings.problem is None


def why_it_stays(before: PatronShown, event: Event, after: Counter) -> Counter:
    """Set `stayed` if the session was about to end but continues; clear it once staff do something with it."""
    flow = after.flow
    if not isinstance(flow, PatronShown) or flow is before:
        return after
    if before.leaving and not flow.leaving:
        return replace(after, flow=replace(flow, stayed=_reason(event), leads_to=None))
    goes_on = flow.leaving or event.about.goes_on is GoesOn.ITEMS
    return replace(after, flow=replace(flow, stayed=None)) if flow.stayed is not None and goes_on else after


def _reason(event: Event) -> Stayed | None:
    match event:
        case ItemAnswered(answer=answer):
            return Stayed.UNSURE if answer.outcome is Outcome.UNKNOWN else Stayed.REFUSED
        case LookedAgain():
            return Stayed.NEWS
        case LibraryCardRecognised():
            return Stayed.NEXT_CARD
    return None


def settle(counter: Counter, flow: PatronShown) -> Step:
    """Print the session's slip, unless it would be empty, and clear the choice."""
    slip = slip_of(counter, flow)
    counter = replace(counter, flow=replace(flow, slip=SlipKind.NONE))
    return (counter, ()) if slip is None else put_on_paper(counter, slip)


def finish(counter: Counter, flow: PatronShown) -> Step:
    """End the session now. Unless staff pressed another page, continue with the patron whose library card was scanned, or with the card
    placed meanwhile.
    """
    if flow.leads_to is not None:
        return then(settle(counter, flow), end_session)
    if flow.next_card is not None and flow.next_card.called:
        number = flow.next_card.number
        return then(then(settle(counter, flow), end_session), lambda waiting: call_up(waiting, number))
    fresh = next((lying for lying in counter.cards if lying not in counter.spent and lying != flow.insertion), None)
    ended = then(settle(counter, flow), lambda settled: end_session(settled, keep=fresh))
    return ended if fresh is None else then(ended, lambda waiting: start_reading(waiting, fresh))


def slip_of(counter: Counter, flow: PatronShown) -> Slip | None:
    """The slip to print; None if none is wanted or it would be empty."""
    dealings, patron = flow.dealings, flow.patron
    slip = Slip(flow.slip, patron.number, _lines(flow), counter.language)
    if flow.slip is SlipKind.ALL:
        on_loan = patron.standing.on_loan
        if dealings.loans is None or on_loan.told is Told.NOTHING:
            slip = replace(slip, kind=SlipKind.TODAY, told=Told.NOTHING, counted=patron.standing.loans)
            was_asked = dealings.loans is not None or dealings.problem is not None
            return slip if slip.lines or was_asked else None
        lines = in_order(SlipLine(item, Service.LOAN) for item in dealings.loans)
        slip = replace(slip, lines=lines)
        if on_loan.told is not Told.ALL:
            slip = replace(slip, told=on_loan.told, counted=patron.standing.loans)
    return slip if slip.lines and flow.slip is not SlipKind.NONE else None


def _lines(flow: PatronShown) -> tuple[SlipLine, ...]:
    """The transactions done in this session."""
    entries = (*flow.dealings.earlier.values(), *reversed(flow.dealings.entries))
    done = (entry for entry in entries if entry.progress is Progress.DONE)
    return in_order(SlipLine(entry.item, entry.done_as, _not_extended(entry), entry.position) for entry in done)


def _not_extended(entry: Entry) -> Instead | None:
    return None if entry.instead is Instead.RENEWED else entry.instead
