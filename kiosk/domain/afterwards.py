"""One more look after a session has ended with something in doubt: what is done late is told to staff, its patron masked."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import ItemAnswer, Outcome
from kiosk.domain.effects import Effect, LookAgain, Play, StartTimer
from kiosk.domain.model import Service, Sound, Ticket
from kiosk.domain.serving.knowledge import in_doubt, is_done_before
from kiosk.domain.states import Counter, Doubt, Late, PatronShown, Progress, wish
from kiosk.domain.turn import Step, asking

SECONDS = 10.0
"""A server that has lost an answer carries out what it was sent within seconds, if it does at all."""


def at_the_end(before: Counter, after: Counter) -> Step:
    """What a session leaves in doubt is remembered for one look: its number is needed for that, and goes with it."""
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


def look(counter: Counter, due: Ticket) -> Step:
    """It is time."""
    doubt = next(doubt for doubt in counter.doubts if doubt.due == due)
    counter, ticket = asking(counter)
    asked = replace(doubt, due=Ticket(0), asked=ticket)
    doubts = tuple(asked if each is doubt else each for each in counter.doubts)
    return replace(counter, doubts=doubts), (LookAgain(ticket, doubt.service, doubt.number, doubt.item),)


def looked(counter: Counter, ticket: Ticket, answer: ItemAnswer) -> Step:
    doubt = next(doubt for doubt in counter.doubts if doubt.asked == ticket)
    counter = replace(counter, doubts=tuple(each for each in counter.doubts if each is not doubt))
    if answer.outcome is not Outcome.DONE or _is_known(counter, doubt):
        return counter, ()
    item = replace(answer.item, number=doubt.item.number, title=answer.item.title or doubt.item.title)
    return replace(counter, late=(*counter.late, Late(doubt.service, item, doubt.number.masked, doubt.at))), (Play(Sound.REFUSED),)


def seen(counter: Counter) -> Counter:
    """Staff have read what is told first: all of one service."""
    told = counter.late[:1]
    return replace(counter, late=tuple(late for late in counter.late if late.service is not told[0].service))


def _without_seen_to(counter: Counter) -> Counter:
    """What has been asked for again since, and has been answered, is no news any more, whoever has it now."""
    if not counter.late or not isinstance(counter.flow, PatronShown):
        return counter
    dealings = counter.flow.dealings
    settled = {entry.wish for entry in dealings.entries if entry.progress is Progress.DONE or is_done_before(entry)} | set(dealings.earlier)
    return replace(counter, late=tuple(late for late in counter.late if wish(late.service, late.item) not in settled))


def _was_there(left: PatronShown, late: Late) -> bool:
    """Whether staff have had this patron, with the item among their loans, before them, and the notice as well."""
    on_loan = left.patron.standing.on_loan
    return late.service is not Service.HOLD and late.masked == left.patron.number.masked and on_loan.has(late.item.number)


def _is_known(counter: Counter, doubt: Doubt) -> bool:
    """Whether the same patron is here again and has got it since."""
    flow = counter.flow
    if not isinstance(flow, PatronShown) or flow.patron.number != doubt.number:
        return False
    wished = wish(doubt.service, doubt.item)
    return wished in flow.dealings.earlier or any(
        entry.wish == wished and entry.progress is Progress.DONE for entry in flow.dealings.entries
    )
