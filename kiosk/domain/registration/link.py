"""The link itself: reason for a replacement, agreement, proof of the holder, save."""

from __future__ import annotations

from kiosk.domain import proof
from kiosk.domain.availability import registry_problem
from kiosk.domain.effects import LookAtStore, Play, ReleaseCard, SaveLink
from kiosk.domain.errors import Code
from kiosk.domain.events import CardLifted, Event, LinkAgreed, LinkSaved, ReplacementChosen, StoreFailed
from kiosk.domain.model import Sound
from kiosk.domain.registration.my_number_card import lay_anew
from kiosk.domain.registration.refusal import refuse
from kiosk.domain.registry_news import told_on_its_page
from kiosk.domain.states import ChoosingReplacement, ConfirmingLink, Counter, LinkGoal, Problem, Registered, SavingLink
from kiosk.domain.transition import Step, asking, go, new_operation, spend, stay, then


def about_the_link(counter: Counter, flow: ChoosingReplacement | ConfirmingLink | SavingLink, event: Event) -> Step:
    match flow, event:
        case ChoosingReplacement(draft, insertion, reading), ReplacementChosen(reason):
            return go(counter, ConfirmingLink(draft, insertion, reading, reason, flow.shown))
        case ConfirmingLink(draft, insertion, reading, replaces, shown), LinkAgreed():
            return proof.begin(counter, LinkGoal(draft, reading, replaces, shown), insertion)
        case ((ChoosingReplacement() | ConfirmingLink()), CardLifted(where)) if where == flow.insertion:
            return lay_anew(counter, flow.draft, Problem(Code.CARD_REMOVED), flow.insertion)
        case SavingLink(draft=draft, replaced=replaced, accepted=accepted), LinkSaved(_, operation, pending):
            done = go(counter, Registered(draft, operation, pending and not accepted, replaced), Play(Sound.DONE))
            return then(then(done, lambda counter: spend(counter, frozenset(counter.cards))), told_on_its_page)
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
