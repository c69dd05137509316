"""The My Number Card step: placed, read, placed again, and whether it or the number is already linked."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain import stray_cards
from kiosk.domain.availability import registry_problem
from kiosk.domain.card_reading import Ways, while_read
from kiosk.domain.effects import FindLinks, Play, ReadCard, ReleaseCard
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    BackPressed,
    CardFailed,
    CardLifted,
    CardPlaced,
    CardRead,
    Event,
    LibraryCardEntered,
    LinksFound,
    StoreFailed,
)
from kiosk.domain.model import Insertion, Sound
from kiosk.domain.registration.refusal import refuse
from kiosk.domain.rules import link_of
from kiosk.domain.states import (
    AlreadyLinked,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    ChoosingReplacement,
    ConfirmingLink,
    Counter,
    Draft,
    FindingLinks,
    Problem,
    ReadingMyNumberCard,
)
from kiosk.domain.transition import Step, asking, card_to_read, go, overtaken_by, problem_of, same_card, seen, spend, stay, taken_up, then


def await_card(counter: Counter, draft: Draft) -> Step:
    """Ask for the card, unless one that has had no session yet is already on a reader."""
    lying = card_to_read(counter)
    if lying is not None:
        return _read(counter, draft, lying)
    return go(counter, AwaitingMyNumberCard(draft))


def await_another(counter: Counter, draft: Draft) -> Step:
    """Ask for a card to replace the one refused; if that is still present, its owner is asked to take it first."""
    counter, timers = spend(counter, frozenset(counter.cards))
    return go(counter, AwaitingMyNumberCard(draft), *timers)


def about_the_my_number_card(counter: Counter, flow: AwaitingMyNumberCard | ReadingMyNumberCard | FindingLinks, event: Event) -> Step:
    draft = flow.draft
    if isinstance(flow, ReadingMyNumberCard) and (said := while_read(counter, flow, event, _ways(flow))) is not None:
        return said
    match flow, event:
        case AwaitingMyNumberCard(), CardPlaced(insertion):
            return _read(counter, draft, insertion, flow.problem if insertion in counter.strays else None)
        case AwaitingMyNumberCard(), CardLifted(where) if (fresh := overtaken_by(counter, where)) is not None:
            return _read(counter, draft, fresh)
        case AwaitingMyNumberCard(), LibraryCardEntered():
            return go(counter, AwaitingMyNumberCard(draft, Problem(Code.BARCODE_ON_WRONG_STEP)))
        case AwaitingMyNumberCard(), BackPressed():
            return go(counter, AwaitingLibraryCard(replace(draft, patron=None)))
        case ((ReadingMyNumberCard() | FindingLinks()), BackPressed()):
            return go(counter, AwaitingLibraryCard(replace(draft, patron=None)), ReleaseCard(flow.insertion))
        case ReadingMyNumberCard(_, _, insertion), CardRead(reading=reading):
            counter = stray_cards.accepted(counter, insertion)
            if (stopped := registry_problem(counter)) is not None:
                return refuse(counter, draft, stopped, ReleaseCard(insertion))
            if insertion not in counter.cards:
                return lay_anew(counter, draft, Problem(Code.CARD_REMOVED), insertion)
            counter, ticket = asking(same_card(counter, reading.token))
            number = draft.number
            return go(counter, FindingLinks(ticket, draft, insertion, reading), FindLinks(ticket, (reading.token,), number))
        case ReadingMyNumberCard(_, _, insertion), CardFailed(code=code):
            counter = stray_cards.refused(counter, insertion, problem_of(counter, event))
            if code.about.lay_again:
                return lay_anew(counter, draft, problem_of(counter, event), insertion)
            return refuse(counter, draft, problem_of(counter, event), ReleaseCard(insertion))
        case FindingLinks(insertion=insertion), CardLifted(where) if where == insertion:
            return lay_anew(counter, draft, Problem(Code.CARD_REMOVED), insertion)
        case FindingLinks(), LinksFound():
            return _links_found(counter, flow, event)
        case FindingLinks(insertion=insertion), StoreFailed(code=code):
            return refuse(counter, draft, Problem(code), ReleaseCard(insertion))
    return stay(counter)


def _ways(flow: ReadingMyNumberCard) -> Ways:
    draft, before = flow.draft, flow.before
    return Ways(
        read=lambda counter, other: _read(counter, draft, other, before if other in counter.strays else None),
        back=lambda counter: go(counter, AwaitingMyNumberCard(draft, before)),
        fail=lambda counter, problem: lay_anew(counter, draft, problem, flow.insertion),
    )


def _read(counter: Counter, draft: Draft, insertion: Insertion, before: Problem | None = None) -> Step:
    counter, ticket = asking(taken_up(counter, insertion))
    reading = ReadingMyNumberCard(ticket, draft, insertion, before=before)
    return go(counter, reading, *seen(counter, insertion), ReadCard(ticket, insertion))


def lay_anew(counter: Counter, draft: Draft, problem: Problem, insertion: Insertion) -> Step:
    """End the insertion: whatever card comes next is read, shown and agreed to from the beginning."""
    fresh = overtaken_by(counter, insertion)
    if fresh is not None:
        return then((counter, (ReleaseCard(insertion),)), lambda released: _read(released, draft, fresh))
    return go(counter, AwaitingMyNumberCard(draft, problem), Play(Sound.REFUSED), ReleaseCard(insertion))


def _links_found(counter: Counter, flow: FindingLinks, found: LinksFound) -> Step:
    number, by_card = flow.draft.number, link_of(flow.reading.token, found.by_card)
    if by_card is None and found.by_number is None:
        return go(counter, ConfirmingLink(flow.draft, flow.insertion, flow.reading))
    if by_card is not None and by_card.number == number:
        counter, timers = spend(counter, frozenset(counter.cards))
        return go(counter, AlreadyLinked(flow.draft, by_card), ReleaseCard(flow.insertion), *timers)
    return go(counter, ChoosingReplacement(flow.draft, flow.insertion, flow.reading, by_card, found.by_number))
