"""Looking up transactions whose answer was lost, while the patron is still here."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.effects import Effect, Play
from kiosk.domain.model import Service, Sound, Ticket
from kiosk.domain.serving.knowledge import after_look, in_doubt
from kiosk.domain.serving.patron_update import taken_in
from kiosk.domain.serving.questions import go_on
from kiosk.domain.serving.services import count
from kiosk.domain.states import Counter, Entry, PatronShown, Progress
from kiosk.domain.transition import Step, then


def looked(counter: Counter, flow: PatronShown, answer: ItemAnswer) -> Step:
    """Apply the result of a look-up. If it is news the session stays open, since staff have acted on what was shown before."""
    wished, *later = flow.dealings.recheck
    flow = replace(flow, dealings=replace(flow.dealings, recheck=tuple(later), looking=Ticket(0)))
    entries = flow.dealings.entries
    index = next((place for place, entry in enumerate(entries) if entry.wish == wished and in_doubt(entry)), None)
    found = None if index is None else after_look(entries[index], answer)
    if index is None or found is None or found is entries[index]:
        return go_on(counter, flow)
    flow = replace(flow, leaving=False, dealings=replace(flow.dealings, entries=(*entries[:index], found, *entries[index + 1 :])))
    effects: tuple[Effect, ...] = (Play(Sound.REFUSED),)
    if found.progress is Progress.DONE:
        flow, counted = count(taken_in(flow, found), found.done_as)
        effects = (Play(Sound.DONE), *counted)
    return then((counter, effects), lambda told: go_on(told, flow))


def by_the_list(flow: PatronShown, on_loan: LoanList) -> PatronShown:
    """Settle loans in doubt by a loan list that arrived since: it contains the item, or does not as of now."""

    def told(entry: Entry) -> Entry:
        if entry.service is not Service.LOAN or not in_doubt(entry):
            return entry
        if on_loan.has(entry.item.number):
            return after_look(entry, ItemAnswer(entry.item, Outcome.DONE))
        if on_loan.lacks(entry.item.number):
            return after_look(entry, ItemAnswer(entry.item, Outcome.REFUSED, Reason.NOT_THERE_YET))
        return entry

    return replace(flow, dealings=replace(flow.dealings, entries=tuple(map(told, flow.dealings.entries))))
