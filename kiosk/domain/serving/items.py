"""Requests for single items, and the library system's answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk.domain.circulation import Item, ItemAnswer, Outcome, Reason
from kiosk.domain.effects import Effect, Play
from kiosk.domain.errors import Refused
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import IlsCondition, Service, Sound, Ticket
from kiosk.domain.rules import read_item
from kiosk.domain.serving.knowledge import after_attempt, in_doubt, is_done_before
from kiosk.domain.serving.next_card import NO_ITEM, PERHAPS_NO_ITEM, as_library_card, call, recognise, unrecognised
from kiosk.domain.serving.patron_update import taken_in
from kiosk.domain.serving.questions import go_on, known_as, place_of
from kiosk.domain.serving.renewals import of_all
from kiosk.domain.serving.services import count
from kiosk.domain.states import LINES_SHOWN, UNANSWERED, Counter, Dealings, Entry, PatronShown, Problem, Progress, Wish, wish
from kiosk.domain.transition import Step, go, then

_GIVES_WAY = frozenset({Progress.REFUSED, Progress.UNKNOWN})


def enter(counter: Counter, flow: PatronShown, service: Service, text: str) -> Step:
    """Request the item scanned or typed for this service. A second scan of the next patron's library card calls them up."""
    try:
        item = Item(read_item(text, counter.rules.items_start_stop))
    except Refused as refusal:
        return go(counter, replace(flow, wrong=Problem(refusal.code), leaving=False), Play(Sound.REFUSED))
    card = flow.next_card
    if card is not None and card.is_question and as_library_card(text, counter.rules.barcode) == card.number:
        return call(counter, flow, card)
    return _ask_for(counter, replace(flow, wrong=None), service, (known_as(flow.dealings, item),))


def renew(counter: Counter, flow: PatronShown, number: str | None) -> Step:
    """Renew one loan (`number`), or everything selected by `of_all`; loans that selection leaves out are shown as such."""
    if number is not None:
        return _ask_for(counter, flow, Service.RENEWAL, (loan for loan in flow.dealings.loans or () if number and loan.number == number))
    asked, lent = of_all(flow.dealings)
    left_out = {wish(Service.RENEWAL, loan): Entry(Service.RENEWAL, loan, Progress.REFUSED, Reason.LENT_NOW) for loan in lent}
    return _ask_for(counter, replace(flow, dealings=_on_top(flow.dealings, left_out)), Service.RENEWAL, asked)


def reserve(counter: Counter, flow: PatronShown, number: str) -> Step:
    """Place a hold that was not requested because it might already exist; staff have checked that it does not."""
    perhaps = [entry for entry in flow.dealings.entries if entry.reason is Reason.PERHAPS_RESERVED and entry.item.number == number]
    return _ask_for(counter, flow, Service.HOLD, (entry.item for entry in perhaps), sure=True)


def answered(counter: Counter, flow: PatronShown, answer: ItemAnswer) -> Step:
    """Apply the answer for the item being requested."""
    dealings = flow.dealings
    index = place_of(dealings.entries, Progress.ASKED)
    asked = dealings.entries[index]
    item = replace(answer.item, number=asked.item.number, title=answer.item.title or asked.item.title)
    reason = answer.reason
    if reason in NO_ITEM and as_library_card(item.number, counter.rules.barcode) == flow.patron.number:
        reason = Reason.LIBRARY_CARD
    progress = Progress(answer.outcome.value)
    entry = Entry(asked.service, item, progress, reason, answer.said, answer.position, answer.instead, answer.fee)
    entry = after_attempt(asked.known, entry)
    entries = (*dealings.entries[:index], entry, *dealings.entries[index + 1 :])
    flow = replace(flow, dealings=_shortened(replace(dealings, entries=entries, asked=Ticket(0))))
    effects: tuple[Effect, ...] = (Play(Sound.REFUSED),)
    if answer.outcome is Outcome.DONE:
        flow, counted = count(taken_in(flow, entry), entry.done_as)
        effects = (Play(Sound.DONE), *counted)
    else:
        flow = replace(flow, leaving=False)
        card = as_library_card(item.number, counter.rules.barcode) if reason in PERHAPS_NO_ITEM else None
        if card is not None and card != flow.patron.number:
            return then((counter, effects), lambda heard: recognise(heard, flow, card))
    return then((counter, effects), lambda heard: go_on(heard, flow))


def _ask_for(counter: Counter, flow: PatronShown, service: Service, items: Iterable[Item], *, sure: bool = False) -> Step:
    """Add new lines on top. Those that need no request are answered locally; items already being requested are ignored."""
    dealings, standing = flow.dealings, flow.patron.standing
    open_wishes = {entry.wish for entry in dealings.entries if entry.progress in UNANSWERED}
    done = {entry.wish: entry for entry in dealings.entries if entry.progress is Progress.DONE}
    known = {entry.wish: entry for entry in dealings.entries if entry.progress in _GIVES_WAY}
    twice = ITEM_SERVICES[service].twice
    is_stopped = bool(ITEM_SERVICES[service].stopped_by(standing.stops))
    is_held_back = flow.next_card is not None and not flow.next_card.asked
    lines: dict[Wish, Entry] = {}
    for item in items:
        wished = wish(service, item)
        before, told = done.get(wished) or dealings.earlier.get(wished), known.get(wished)
        if wished in open_wishes:
            continue
        if is_held_back:
            lines[wished] = after_attempt(told, Entry(service, item, Progress.REFUSED, Reason.HELD_BACK))
        elif is_stopped:
            lines[wished] = after_attempt(told, Entry(service, item, Progress.REFUSED, Reason.PATRON_STOPPED))
        elif told is not None and is_done_before(told):
            lines[wished] = told
        elif twice is not None and (before is not None or (service is Service.LOAN and standing.on_loan.has(item.number))):
            lines[wished] = Entry(service, item if before is None else before.item, Progress.REFUSED, twice)
        else:
            # Nobody wants the same loan renewed twice in a row: its line is shown again instead.
            lines[wished] = before or Entry(service, item, sure=sure, known=told)
    if not lines:
        return go(counter, flow)
    made = {line.progress for line in lines.values()}
    dealings = _to_be_described(_on_top(dealings, lines), lines.values())
    flow = replace(flow, dealings=dealings, leaving=flow.leaving and (is_held_back or made == {Progress.DONE}))
    sounds = {Progress.REFUSED: Sound.REFUSED, Progress.DONE: Sound.DONE}
    heard = next((Play(sound) for progress, sound in sounds.items() if progress in made), None)
    card = unrecognised(flow, counter.rules.barcode) if Progress.WAITING in made and flow.next_card is None else None
    if card is not None and counter.ils is IlsCondition.READY:
        return then((counter, () if heard is None else (heard,)), lambda told: recognise(told, flow, card))
    return then((counter, () if heard is None else (heard,)), lambda told: go_on(told, flow))


def _on_top(dealings: Dealings, lines: dict[Wish, Entry]) -> Dealings:
    """Add `lines` on top. They replace earlier lines of the same wish that were not done; a line shown again moves to the top."""

    def stays(old: Entry) -> bool:
        new = lines.get(old.wish)
        return new is None or (old.progress not in _GIVES_WAY and old is not new)

    entries = (*reversed(lines.values()), *filter(stays, dealings.entries))
    earlier = dealings.earlier
    if any(earlier.get(wished) is line for wished, line in lines.items()):
        earlier = {wished: line for wished, line in earlier.items() if line is not lines.get(wished)}
    return _shortened(replace(dealings, entries=entries, earlier=earlier))


def _to_be_described(dealings: Dealings, lines: Iterable[Entry]) -> Dealings:
    """Queue title requests for items answered as already lent whose title is unknown."""
    unnamed = [line.item.number for line in lines if line.reason is Reason.ALREADY_LENT and not line.item.title]
    fresh = tuple(number for number in unnamed if number not in dealings.undescribed)
    return replace(dealings, undescribed=(*dealings.undescribed, *fresh)) if fresh else dealings


def _shortened(dealings: Dealings) -> Dealings:
    """Trim entries beyond what staff can review, in batches, so that a new line costs the same in a long session.

    Done entries are moved to `earlier`, oldest first; then refusals are dropped. Entries in doubt are never dropped.
    """
    entries = dealings.entries
    many = LINES_SHOWN + LINES_SHOWN // 2
    if len(entries) <= many or any(entry.progress in UNANSWERED for entry in entries[-many:]):
        return dealings
    ended = [place for place in range(len(entries) - 1, -1, -1) if entries[place].progress not in UNANSWERED]
    excess = len(ended) - LINES_SHOWN
    gone = [
        place
        for progress in (Progress.DONE, Progress.REFUSED)
        for place in ended
        if entries[place].progress is progress and not in_doubt(entries[place])
    ][:excess]
    done = {entries[place].wish: entries[place] for place in gone if entries[place].progress is Progress.DONE}
    left = set(gone)
    kept = tuple(entry for place, entry in enumerate(entries) if place not in left)
    return replace(dealings, entries=kept, earlier={**dealings.earlier, **done})
