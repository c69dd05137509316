"""The rail and its function keys: 状況 and 使い方 open beside the work; the others ask first if work would be lost."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain import registration, unlinking
from kiosk.domain.consequences import why_unfinished
from kiosk.domain.effects import LookAtStore
from kiosk.domain.events import (
    Event,
    LeavePressed,
    RailEvent,
    TimeUp,
)
from kiosk.domain.events.about import GoesOn
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Insertion, Language, LibraryCardNumber, Shown
from kiosk.domain.sections import BESIDE, leads_nowhere
from kiosk.domain.serving import session
from kiosk.domain.states import Counter, LendingRefused, LookingUpPatron, PatronShown, Reading, Section, Stage, Waiting
from kiosk.domain.transition import Step, end_session, for_the_same, go, stay, then


def choose(counter: Counter, event: RailEvent) -> Step:
    """Handle a press on a part of the rail."""
    chosen, flow = event.section, counter.flow
    if chosen in BESIDE:
        opens = chosen is not counter.beside
        # Refresh the counts that are about to be read.
        looks = (LookAtStore(),) if opens and chosen is Section.STATUS else ()
        return replace(counter, beside=chosen if opens else None, leaving_for=None), looks
    here = chosen is flow.about.section
    anew = flow.about.stage is Stage.FINISHED and chosen is not Section.HOME
    if counter.beside is not None and here and not anew:
        return replace(counter, beside=None), ()
    if leads_nowhere(flow) or (here and chosen is not Section.HOME and not anew):
        return stay(counter)
    if why_unfinished(counter) is not None:
        return replace(counter, beside=None, leaving_for=chosen), ()
    return _leave(counter, chosen)


def asks_first(counter: Counter, event: Event) -> bool:
    """Whether おわる asks as well: a number in the field is easily taken for one that has been entered."""
    return isinstance(event, LeavePressed) and isinstance(counter.flow, PatronShown) and counter.flow.typed


def leave(counter: Counter) -> Step:
    """Leave the work for the page staff pressed."""
    return stay(counter) if counter.leaving_for is None else _leave(counter, counter.leaving_for)


def keep(before: Counter, event: Event, after: Counter) -> Counter:
    """Close the page beside the work, and the question, when the work moves on; continuing the work answers the question."""
    if after.beside is None and after.leaving_for is None:
        return after
    comes_next = type(before.flow) is not type(after.flow) and not (_is_quiet(before) and _is_quiet(after))
    if comes_next:
        return replace(after, beside=None, leaving_for=None)
    goes_on = event.about.goes_on is not GoesOn.NO and not asks_first(before, event)
    answered = after.leaving_for is not None and (goes_on or why_unfinished(after) is None)
    return replace(after, leaving_for=None) if answered else after


def _is_quiet(counter: Counter) -> bool:
    """Whether nobody is here; a card that nobody placed may be being tried."""
    flow = counter.flow
    return isinstance(flow, Waiting) or (isinstance(flow, Reading) and flow.insertion in counter.strays)


@dataclass(frozen=True, slots=True)
class _Left:
    """What the next page inherits from the one left."""

    same: bool = False
    """Whether it is for the same patron."""
    language: Language = Language.JAPANESE
    lying: Insertion | None = None
    number: LibraryCardNumber | None = None


def _left(counter: Counter) -> _Left:
    """Whoever is at the counter may be registered next: keep their language, and their unlinked card if it is present."""
    match counter.flow:
        case LendingRefused(insertion=insertion):
            return _Left(True, counter.language, insertion)
        case PatronShown(patron=patron):
            return _Left(True, counter.language, number=patron.number)
        case LookingUpPatron(number=number, shown=Shown.LIBRARY_CARD):
            return _Left(True, counter.language, number=number)
        case Waiting():
            return _Left(language=counter.language)
    return _Left()


def _leave(counter: Counter, chosen: Section) -> Step:
    flow = counter.flow
    if isinstance(flow, PatronShown):
        leads_to = None if chosen is Section.HOME else chosen
        left = session.leave(replace(counter, leaving_for=None), flow, leads_to)
        return then(left, lambda after: _arrive(after, leads_to, _left(counter)))
    if isinstance(flow, Waiting) and chosen is Section.HOME:
        return go(counter, Waiting())
    taken_over = _left(counter)
    keep_lying = taken_over.lying if chosen is Section.REGISTRATION else None
    return then(end_session(counter, keep=keep_lying), lambda ended: _open(ended, chosen, taken_over))


def arrive(before: Counter, event: Event, after: Counter) -> Step:
    """Open the page for which a patron's session was left, once it has ended; not after a timeout, when nobody is there any more."""
    if not isinstance(before.flow, PatronShown) or isinstance(event, TimeUp):
        return stay(after)
    return _arrive(after, before.flow.leads_to, _left(before))


def _arrive(after: Counter, leads_to: Section | None, left: _Left) -> Step:
    return stay(after) if leads_to is None or not isinstance(after.flow, Waiting) else _open(after, leads_to, left)


def _open(counter: Counter, chosen: Section, left: _Left) -> Step:
    opened = stay(counter)
    if chosen is Section.REGISTRATION:
        opened = registration.begin(replace(counter, language=left.language), left.number)
    elif chosen is Section.UNLINKING:
        opened = unlinking.begin(counter)
    return for_the_same(counter, opened) if left.same else opened
