"""Look-ups after a session ended with transactions in doubt: one, or a few if the connection fails during them.

Staff are shown at once what is unclear and what is being done about it, without the patron; then the result, with the patron masked if a
transaction succeeded late.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum, unique

from kiosk.domain.backoff import seconds_after
from kiosk.domain.circulation import Item, ItemAnswer, Outcome
from kiosk.domain.effects import Effect, LookAgain, Play, StartTimer
from kiosk.domain.itemservices import is_loan
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import IlsCondition, Service, Sound, Ticket
from kiosk.domain.serving.knowledge import in_doubt, is_done_before
from kiosk.domain.states import Counter, Doubt, Late, PatronShown, Progress, Unclear, wish
from kiosk.domain.transition import Step, asking

SECONDS = 10.0
"""A server that has lost an answer completes the request within seconds, if at all."""
MOST_LOOKS = 5
"""Look-ups begun while the connection was up. Each one the server fails to answer delays whoever else is being served."""


def at_the_end(before: Counter, after: Counter) -> Step:
    """Schedule a look-up for everything the session leaves in doubt. The patron's number is kept for that long only."""
    left, after = before.flow, _without_seen_to(after)
    if not isinstance(left, PatronShown) or isinstance(after.flow, PatronShown):
        return after, ()
    after = replace(after, late=tuple(late for late in after.late if not _was_there(left, late)))
    effects: list[Effect] = []
    for entry in left.dealings.entries:
        if in_doubt(entry):
            after, ticket = asking(after)
            after = replace(after, doubts=(*after.doubts, Doubt(ticket, entry.service, left.patron.number, entry.item, after.now)))
            effects.append(StartTimer(ticket, SECONDS))
    return after, tuple(effects)


@unique
class Doing(StrEnum):
    """What is being done about a doubt."""

    SOON = "soon"
    ASKING = "asking"
    WHEN_BACK = "when-back"
    """The connection to the library system is down."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Doubts of one service, and what is being done about them."""

    service: Service
    items: tuple[Item, ...]
    doing: Doing


def being_looked_at(counter: Counter) -> LookedAt | None:
    """The current doubts of the first service that has any."""
    if not counter.doubts:
        return None
    first = counter.doubts[0]
    doing = Doing.ASKING if first.asked else Doing.SOON
    if counter.ils.is_trouble or not (first.due or first.asked):
        doing = Doing.WHEN_BACK
    return LookedAt(first.service, tuple(doubt.item for doubt in counter.doubts if doubt.service is first.service), doing)


def look(counter: Counter, due: Ticket) -> Step:
    """Start the look-up whose timer expired."""
    doubt = next(doubt for doubt in counter.doubts if doubt.due == due)
    if doubt.looks and counter.ils.is_trouble:
        return _with(counter, doubt, replace(doubt, due=Ticket(0))), ()
    return _look(counter, doubt)


def line_changed(counter: Counter) -> Step:
    """Start the look-ups that waited for the connection.

    After repeated failures they are delayed (back-off), since a server may answer everything else and hang on this.
    """
    effects: tuple[Effect, ...] = ()
    for doubt in counter.doubts if counter.ils is IlsCondition.READY else ():
        if not doubt.due and not doubt.asked:
            counter, asked = _later(counter, doubt) if doubt.looks > 1 else _look(counter, doubt)
            effects = (*effects, *asked)
    return counter, effects


def tried_at_once(counter: Counter) -> Counter:
    """Manual retry: repeat failed look-ups as soon as the connection is up."""
    return replace(
        counter,
        doubts=tuple(replace(each, due=Ticket(0), looks=0) if each.looks and not each.asked else each for each in counter.doubts),
    )


def _later(counter: Counter, doubt: Doubt) -> Step:
    counter, ticket = asking(counter)
    return _with(counter, doubt, replace(doubt, due=ticket)), (StartTimer(ticket, seconds_after(doubt.looks)),)


def _look(counter: Counter, doubt: Doubt) -> Step:
    counter, ticket = asking(counter)
    looks = doubt.looks + (counter.ils is IlsCondition.READY)
    asked = replace(doubt, due=Ticket(0), asked=ticket, looks=looks)
    return _with(counter, doubt, asked), (LookAgain(ticket, doubt.service, doubt.number, doubt.item),)


def _with(counter: Counter, doubt: Doubt, now: Doubt) -> Counter:
    """Replace `doubt` by `now`."""
    return replace(counter, doubts=tuple(now if each is doubt else each for each in counter.doubts))


def looked(counter: Counter, ticket: Ticket, answer: ItemAnswer) -> Step:
    doubt = next(doubt for doubt in counter.doubts if doubt.asked == ticket)
    if answer.outcome is Outcome.UNKNOWN and counter.ils.is_trouble and doubt.looks < MOST_LOOKS:
        return _with(counter, doubt, replace(doubt, asked=Ticket(0))), ()
    counter = replace(counter, doubts=tuple(each for each in counter.doubts if each is not doubt))
    if _is_known(counter, doubt):
        return counter, ()
    if answer.outcome is not Outcome.DONE:
        return _still_unclear(counter, doubt, answer.outcome), ()
    item = replace(answer.item, number=doubt.item.number, title=answer.item.title or doubt.item.title)
    return replace(counter, late=(*counter.late, Late(doubt.service, item, doubt.number.masked, doubt.at))), (Play(Sound.REFUSED),)


def not_looked(counter: Counter) -> Counter:
    """Give up look-ups in progress after a bug; their answers are no longer expected."""
    for doubt in counter.doubts:
        if doubt.asked:
            counter = _still_unclear(counter, doubt, Outcome.UNKNOWN)
    return replace(counter, doubts=tuple(doubt for doubt in counter.doubts if not doubt.asked))


def _still_unclear(counter: Counter, doubt: Doubt, outcome: Outcome) -> Counter:
    return replace(counter, unclear=(*counter.unclear, Unclear(doubt.service, doubt.item, outcome, counter.now)))


def next_unclear(counter: Counter) -> tuple[Unclear, ...]:
    """The notice to show first: everything with the same service and outcome."""
    told = counter.unclear[:1]
    return tuple(each for each in counter.unclear if (each.service, each.outcome) == (told[0].service, told[0].outcome))


def unclear_seen(counter: Counter) -> Counter:
    seen_now = next_unclear(counter)
    return replace(counter, unclear=tuple(each for each in counter.unclear if each not in seen_now))


def seen(counter: Counter) -> Counter:
    """Staff acknowledged the first notice, which covers one service."""
    told = counter.late[:1]
    return replace(counter, late=tuple(late for late in counter.late if late.service is not told[0].service))


def _without_seen_to(counter: Counter) -> Counter:
    """Drop notices about requests that were repeated and answered since, for any patron."""
    if not (counter.late or counter.unclear) or not isinstance(counter.flow, PatronShown):
        return counter
    dealings = counter.flow.dealings
    settled = {entry.wish for entry in dealings.entries if entry.progress is Progress.DONE or is_done_before(entry)} | set(dealings.earlier)
    late = tuple(late for late in counter.late if wish(late.service, late.item) not in settled)
    return replace(counter, late=late, unclear=tuple(each for each in counter.unclear if wish(each.service, each.item) not in settled))


def _was_there(left: PatronShown, late: Late) -> bool:
    """Whether staff have served this patron with the item among their loans while the notice was shown."""
    on_loan = left.patron.standing.on_loan
    return is_loan(late.service) and late.masked == left.patron.number.masked and on_loan.has(late.item.number)


def _is_known(counter: Counter, doubt: Doubt) -> bool:
    """Whether the same patron is being served again and has received it since."""
    flow = counter.flow
    if not isinstance(flow, PatronShown) or flow.patron.number != doubt.number:
        return False
    wished = wish(doubt.service, doubt.item)
    return wished in flow.dealings.earlier or any(
        entry.wish == wished and entry.progress is Progress.DONE for entry in flow.dealings.entries
    )
