"""The rail and its function keys: 状況 and 使い方 open beside the work; where work would be lost the others ask first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.domain import registration, serving, unlinking
from kiosk.domain.consequences import why_unfinished
from kiosk.domain.effects import LookAtStore
from kiosk.domain.events import (
    Event,
    HelpChosen,
    HomeChosen,
    RailEvent,
    RegistrationChosen,
    StatusChosen,
    TimeUp,
    UnlinkingChosen,
)
from kiosk.domain.events.about import GoesOn
from kiosk.domain.model import Insertion, Language, LibraryCardNumber, Shown
from kiosk.domain.states import Counter, Display, Flow, LendingRefused, LookingUpPatron, PatronShown, Reading, Section, Stage, Waiting
from kiosk.domain.transition import Step, end_session, for_the_same, go, stay, then

CHOSEN: dict[Section, RailEvent] = {
    event.section: event for event in (HomeChosen(), RegistrationChosen(), UnlinkingChosen(), StatusChosen(), HelpChosen())
}
"""What a press on each part says."""
BESIDE = (Section.STATUS, Section.HELP)
"""Pages that are laid over the work and taken away again; it goes on beneath."""


def section(counter: Counter) -> Section:
    """Which part of the rail what is shown belongs to."""
    return counter.beside or counter.flow.about.section


def leads_nowhere(flow: Flow) -> bool:
    """Whether the work cannot be left by the rail: the patron is at the PIN or before it, or an act is under way."""
    return flow.about.stage in (Stage.PROVING, Stage.ACTING) or flow.about.display is Display.PATRONS


def choose(counter: Counter, event: RailEvent) -> Step:
    """A part of the rail was pressed."""
    chosen, flow = event.section, counter.flow
    if chosen in BESIDE:
        opens = chosen is not counter.beside
        # What is counted is about to be read.
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


def leave(counter: Counter) -> Step:
    """Staff leave the work for the page they have pressed."""
    return stay(counter) if counter.leaving_for is None else _leave(counter, counter.leaving_for)


def keep(before: Counter, event: Event, after: Counter) -> Counter:
    """The page beside the work gives way to whatever comes next, and so does the question; who goes on with the work has answered it."""
    if after.beside is None and after.leaving_for is None:
        return after
    comes_next = type(before.flow) is not type(after.flow) and not (_is_quiet(before) and _is_quiet(after))
    if comes_next:
        return replace(after, beside=None, leaving_for=None)
    answered = after.leaving_for is not None and (event.about.goes_on is not GoesOn.NO or why_unfinished(after) is None)
    return replace(after, leaving_for=None) if answered else after


def _is_quiet(counter: Counter) -> bool:
    """Nobody is here; a card that nobody brought may be tried."""
    flow = counter.flow
    return isinstance(flow, Waiting) or (isinstance(flow, Reading) and flow.insertion in counter.strays)


@dataclass(frozen=True, slots=True)
class _Left:
    """What the next page takes over from the one that is left."""

    same: bool = False
    """Whether it is for the patron who was here."""
    language: Language = Language.JAPANESE
    lying: Insertion | None = None
    number: LibraryCardNumber | None = None


def _left(counter: Counter) -> _Left:
    """Whoever stands there may be registered next: in their language, with the card that is not linked yet where it lies."""
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
        left = serving.leave(replace(counter, leaving_for=None), flow, leads_to)
        return then(left, lambda after: _arrive(after, leads_to, _left(counter)))
    if isinstance(flow, Waiting) and chosen is Section.HOME:
        return go(counter, Waiting())
    taken_over = _left(counter)
    keep_lying = taken_over.lying if chosen is Section.REGISTRATION else None
    return then(end_session(counter, keep=keep_lying), lambda ended: _open(ended, chosen, taken_over))


def arrive(before: Counter, event: Event, after: Counter) -> Step:
    """Where a patron's session was left for another page, and has ended by now, that page opens, unless nobody is there any more."""
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
