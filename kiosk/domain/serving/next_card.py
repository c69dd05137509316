"""A library card scanned where an item was expected: usually the next patron's, whose items must not be lent to the current one."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import Reason
from kiosk.domain.effects import Play, RecogniseLibraryCard
from kiosk.domain.errors import Refused
from kiosk.domain.model import LibraryCardNumber, Sound, Ticket
from kiosk.domain.rules import BarcodeRule, read_library_card
from kiosk.domain.serving.knowledge import after_attempt, in_doubt
from kiosk.domain.serving.questions import answered_for, go_on, leave_when_answered
from kiosk.domain.states import Counter, Dealings, Entry, NextCard, PatronShown, Progress
from kiosk.domain.transition import Step, asking, go

NO_ITEM = frozenset({Reason.ITEM_UNKNOWN, Reason.NOT_ON_LOAN, Reason.OTHER})
"""Reasons a library system gives for a number that matches no item, as far as its messages are understood."""
PERHAPS_NO_ITEM = NO_ITEM | {Reason.LOST_ANSWER, Reason.NOT_THERE_YET}


def as_library_card(text: str, rule: BarcodeRule) -> LibraryCardNumber | None:
    try:
        return read_library_card(text, rule)
    except Refused:
        return None


def recognise(counter: Counter, flow: PatronShown, number: LibraryCardNumber) -> Step:
    """Ask whether it is a library card before requesting any other item: what was scanned after it may be the next patron's."""
    counter, ticket = asking(counter)
    return go(counter, replace(flow, next_card=NextCard(number, ticket)), RecogniseLibraryCard(ticket, number))


def unrecognised(flow: PatronShown, rule: BarcodeRule) -> LibraryCardNumber | None:
    """A number scanned while the library system was unreachable that may be the next patron's card.

    It cannot be told from an item then, so it must be identified before anything scanned after it is requested.
    """
    for entry in reversed(flow.dealings.entries):
        if entry.reason is Reason.NOT_REACHED and entry.item.number not in flow.dealings.not_cards:
            card = as_library_card(entry.item.number, rule)
            if card is not None and card != flow.patron.number:
                return card
    return None


def recognised(counter: Counter, flow: PatronShown, card: NextCard, *, known: bool | None) -> Step:
    """Apply the answer. For a library card, staff decide whose turn it is; queued and further items are held back until then.

    If the system could not be asked, a number that certainly matches no item is taken for a card.
    """
    flow = replace(flow, dealings=_known_as_no_card(flow.dealings, card.number, counter.rules.barcode)) if known is False else flow
    if known is None:
        known = any(entry.reason in NO_ITEM and _is_of(entry, card.number, counter.rules.barcode) for entry in flow.dealings.entries)
    if not known:
        return go_on(counter, replace(flow, next_card=None))
    dealings = _held_back(flow.dealings, card.number, counter.rules.barcode)
    return go(counter, replace(flow, dealings=dealings, next_card=replace(card, asked=Ticket(0)), leaving=False), Play(Sound.REFUSED))


def call(counter: Counter, flow: PatronShown, card: NextCard) -> Step:
    """End this session, with its slip, and call up the owner of the card."""
    return leave_when_answered(counter, replace(flow, next_card=replace(card, called=True)))


def deny(counter: Counter, flow: PatronShown) -> Step:
    return go_on(counter, replace(flow, next_card=None, dealings=answered_for(flow.dealings)))


def _held_back(dealings: Dealings, card: LibraryCardNumber, rule: BarcodeRule) -> Dealings:
    """Refuse queued items, and mark the card's own line as a library card."""

    def told(entry: Entry) -> Entry:
        if entry.progress is Progress.WAITING:
            return after_attempt(entry.known, replace(entry, progress=Progress.REFUSED, reason=Reason.HELD_BACK, known=None))
        if entry.progress is Progress.REFUSED and not in_doubt(entry) and _is_of(entry, card, rule):
            return replace(entry, reason=Reason.NEXT_CARD, said="")
        return entry

    return replace(dealings, entries=tuple(map(told, dealings.entries)))


def _known_as_no_card(dealings: Dealings, card: LibraryCardNumber, rule: BarcodeRule) -> Dealings:
    unreached = (entry for entry in dealings.entries if entry.reason is Reason.NOT_REACHED)
    numbers = {entry.item.number for entry in unreached if _is_of(entry, card, rule)}
    return replace(dealings, not_cards=dealings.not_cards | numbers) if numbers else dealings


def _is_of(entry: Entry, card: LibraryCardNumber, rule: BarcodeRule) -> bool:
    return as_library_card(entry.item.number, rule) == card
