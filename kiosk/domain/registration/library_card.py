"""The library card step: the number is looked up if the library system can be asked."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import LookUpPatron, Play
from kiosk.domain.errors import Refused
from kiosk.domain.events import BackPressed, Event, LibraryCardEntered, PatronFound, PatronRefused
from kiosk.domain.model import IlsCondition, Patron, Sound
from kiosk.domain.registration.my_number_card import await_card
from kiosk.domain.registration.person import guardian
from kiosk.domain.rules import read_library_card
from kiosk.domain.states import AwaitingLibraryCard, CheckingLibraryCard, Counter, Draft, ExplainingRecord, Problem
from kiosk.domain.transition import Step, asking, go, refused_number, stay


def about_the_library_card(counter: Counter, flow: AwaitingLibraryCard | CheckingLibraryCard, event: Event) -> Step:
    draft = flow.draft
    match flow, event:
        case _, LibraryCardEntered(text):
            return _library_card(counter, flow, text)
        case _, BackPressed():
            return go(counter, guardian(counter, draft) if draft.by_guardian else ExplainingRecord(draft))
        case CheckingLibraryCard(), PatronFound(patron=patron):
            return await_card(counter, replace(draft, patron=patron))
        case CheckingLibraryCard(_, _, number), PatronRefused(code=code) if code.about.is_ils_trouble:
            return await_card(counter, replace(draft, patron=Patron(number)))
        case CheckingLibraryCard(), PatronRefused(_, code, params):
            return go(counter, AwaitingLibraryCard(draft, Problem(code, params, flow.number.text)), Play(Sound.REFUSED))
    return stay(counter)


def goes_unchecked(counter: Counter, draft: Draft) -> bool:
    """Whether this counter has a library system that could not be asked about the number to be linked."""
    return counter.ils is not IlsCondition.NONE and draft.patron is not None and not draft.patron.checked


def _library_card(counter: Counter, flow: AwaitingLibraryCard | CheckingLibraryCard, text: str) -> Step:
    """Look the number up, replacing a look-up in progress; the same number again changes nothing."""
    try:
        number = read_library_card(text, counter.rules.barcode)
    except Refused as refusal:
        return go(counter, AwaitingLibraryCard(flow.draft, refused_number(counter, refusal, text)))
    if isinstance(flow, CheckingLibraryCard) and flow.number == number:
        return stay(counter)
    counter, ticket = asking(counter)
    return go(counter, CheckingLibraryCard(ticket, flow.draft, number), LookUpPatron(ticket, number))
