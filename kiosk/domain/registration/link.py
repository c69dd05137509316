"""The link itself: reason for a replacement, agreement, proof of the holder, save."""

from __future__ import annotations

from kiosk.domain import proof
from kiosk.domain.answered_acts import done, saved
from kiosk.domain.availability import registry_problem
from kiosk.domain.effects import LookAtStore, ReleaseCard, SaveLink
from kiosk.domain.errors import Code
from kiosk.domain.events import CardLifted, Event, LinkAgreed, LinkSaved, ReplacementChosen, StoreFailed, TimeUp
from kiosk.domain.registration.my_number_card import lay_anew
from kiosk.domain.registration.refusal import refuse
from kiosk.domain.states import ChoosingReplacement, ConfirmingLink, Counter, LinkGoal, Problem, SavingLink
from kiosk.domain.transition import Step, asking, go, new_operation, stay


def about_the_link(counter: Counter, flow: ChoosingReplacement | ConfirmingLink | SavingLink, event: Event) -> Step:
    match flow, event:
        case ChoosingReplacement(draft, insertion, reading), ReplacementChosen(reason):
            return go(counter, ConfirmingLink(draft, insertion, reading, reason, flow.shown))
        case ConfirmingLink(draft, insertion, reading, replaces, shown), LinkAgreed():
            return proof.begin(counter, LinkGoal(draft, reading, replaces, shown), insertion)
        case ((ChoosingReplacement() | ConfirmingLink()), CardLifted(where)) if where == flow.insertion:
            return lay_anew(counter, flow.draft, Problem(Code.CARD_REMOVED), flow.insertion)
        case SavingLink(), LinkSaved(pending=pending):
            return saved(counter, flow, pending=pending)
        case SavingLink(timer=timer), TimeUp(ticket) if ticket == timer:
            return done(counter, flow, pending=True)
        case SavingLink(_, draft), StoreFailed(code=code):
            return refuse(counter, draft, Problem(code))
    return stay(counter)


def proof_ended(counter: Counter, end: proof.Proved | proof.Failed) -> Step:
    """Save at once if the holder is proved; otherwise ask for the card again, or end."""
    goal = end.goal
    if not isinstance(goal, LinkGoal):
        return stay(counter)
    if isinstance(end, proof.Failed):
        if end.over:
            return refuse(counter, goal.draft, end.problem, ReleaseCard(end.insertion))
        return lay_anew(counter, goal.draft, end.problem, end.insertion)
    if (stopped := registry_problem(counter)) is not None:
        return refuse(counter, goal.draft, stopped, ReleaseCard(end.insertion))
    counter, ticket = asking(counter)
    draft, reading, operation = goal.draft, goal.reading, new_operation(counter)
    save = SaveLink(ticket, operation, reading.token, draft.number, reading.revocation, draft.by_guardian, goal.replaces, goal.shown)
    saving = SavingLink(ticket, draft, end.insertion, operation, replaced=goal.replaces is not None)
    return go(counter, saving, ReleaseCard(end.insertion), save, LookAtStore())
