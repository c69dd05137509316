"""What the patron's window shows. Both windows use this: the patron's to show it, the staff's to report it accurately."""

from __future__ import annotations

from enum import StrEnum, unique

from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Shown
from kiosk.domain.reader_trouble import reader_problem
from kiosk.domain.session_end import is_told_to_patron
from kiosk.domain.states import (
    AwaitingMyNumberCard,
    CheckingPin,
    Counter,
    FindingLink,
    FindingLinks,
    Flow,
    LendingRefused,
    LookingUpPatron,
    OutOfOrder,
    PageName,
    Problem,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    RegistrationRefused,
    Screen,
    Waiting,
)
from kiosk.domain.transition import is_reader_free, left_lying, to_be_taken

_ASKS_FOR_CARDS = (PageName.DONE, PageName.ALREADY)
"""Pages that themselves ask to take the cards, so nothing is laid over them at first."""


@dataclass(frozen=True, slots=True)
class PatronView:
    """A page of the patron's window, and what is laid over it."""

    page: PageName
    problem: Problem | None = None
    """The reason shown on CLOSED, REFUSED and PLACE_AGAIN; with TIMED_OUT, why no card may be asked for."""
    keep_lying: bool = False
    """READING takes long enough to ask the patron to leave the card in place."""
    take_card: bool = False
    """「カードをお取りください」 is laid over the page."""
    go_on: bool = False
    """「続けますか」 is laid over the page."""


@unique
class Lasted(StrEnum):
    """How long a card has been read so far."""

    BRIEFLY = "briefly"
    """Too short to change what is shown."""
    NOTICEABLY = "noticeably"
    LONG = "long"
    """The patron is asked to leave it in place."""


def patron_view(counter: Counter, closed: Problem | None, lasted: Lasted = Lasted.LONG) -> PatronView:
    """The patron's page. `closed`: why no card can be taken (`why_unavailable`)."""
    page, problem = _page(counter, closed, lasted is not Lasted.BRIEFLY)
    says_so = page is PageName.CARD_LEFT or (page in _ASKS_FOR_CARDS and not counter.card_left)
    take_card = bool(to_be_taken(counter)) and not says_so
    return PatronView(page, problem, page is PageName.READING and lasted is Lasted.LONG, take_card, counter.idle_warning)


def is_in_sight(counter: Counter) -> bool:
    """Whether the patron's window is visible at all: a single display shows the staff's while staff hold it."""
    return not counter.rules.single_display or counter.screen is not Screen.STAFF


def is_reading(flow: Flow) -> bool:
    """Whether a card is being read, so that the page depends on how long it takes."""
    return flow.about.patron_page is PageName.READING


_Told = tuple[PageName, Problem | None]


def _page(counter: Counter, closed: Problem | None, noticeable: bool) -> _Told:
    if counter.screen is Screen.OFFERED:
        return PageName.HANDOVER, None
    if counter.screen is Screen.RETURNING:
        return PageName.RETURNING, None
    match counter.flow:
        case OutOfOrder():
            return PageName.BROKEN, None
        case Waiting() if to_be_taken(counter):
            return PageName.CARD_LEFT, None
        case _ if is_told_to_patron(counter):
            return PageName.TIMED_OUT, _trouble(counter, closed)
        case Waiting() | LookingUpPatron(shown=Shown.LIBRARY_CARD):
            return _waiting(counter, closed)
        case Reading(insertion=insertion) if insertion in counter.strays:
            return _waiting(counter, closed)
        case ReadingMyNumberCard(insertion=insertion, before=before) if insertion in counter.strays:
            return _place(counter, closed, before)
        case Reading(slow=True) | ReadingMyNumberCard(slow=True):
            return PageName.SLOW, None
        case Reading(behind=behind) | ReadingMyNumberCard(behind=behind) if behind:
            return PageName.BEHIND, None
        case Reading() | FindingLink() | LookingUpPatron():
            return (PageName.READING, None) if noticeable else _waiting(counter, closed)
        case ReadingMyNumberCard() | FindingLinks():
            return (PageName.READING, None) if noticeable else _place(counter, closed, None)
        case AwaitingMyNumberCard(problem=problem):
            return _place(counter, closed, problem)
        case LendingRefused(problem) | RegistrationRefused(_, problem):
            return PageName.REFUSED, problem
        case ReadingTries(slow=True) | CheckingPin(slow=True):
            return PageName.SLOW, None
    return counter.flow.about.patron_page, None


def _waiting(counter: Counter, closed: Problem | None) -> _Told:
    if to_be_taken(counter):
        return PageName.CARD_LEFT, None
    if (trouble := _trouble(counter, closed)) is not None:
        return PageName.CLOSED, trouble
    return (PageName.WAITING if is_reader_free(counter, counter.strays | counter.former) else PageName.AWAY), None


def _place(counter: Counter, closed: Problem | None, problem: Problem | None) -> _Told:
    """Ask for no card if none can be read; the library card has already been shown."""
    if _trouble(counter, closed) is not None:
        return PageName.AWAY, None
    if problem is not None:
        return PageName.PLACE_AGAIN, problem
    if not is_reader_free(counter, left_lying(counter) | counter.strays):
        return (PageName.CARD_LEFT if to_be_taken(counter) else PageName.AWAY), None
    return PageName.PLACE, None


def _trouble(counter: Counter, closed: Problem | None) -> Problem | None:
    if (reader := reader_problem(counter)) is not None:
        return reader
    if counter.doubt is not None:
        return Problem(Code.STORE_DOUBTED)
    # A patron need not know which part of the counter failed.
    return None if closed is None else Problem(Code.TRUST_MISSING)
