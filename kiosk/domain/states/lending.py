"""The states of lending, up to the patron being shown."""

from __future__ import annotations

from typing import ClassVar

from kiosk.domain.effects import AskRegistry, FindLinks, LookUpPatron, ReadCard
from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import CardReading, Insertion, LibraryCardNumber, Link, LinkToken, Patron, Shown, Ticket
from kiosk.domain.states.about import About, Display, Stage
from kiosk.domain.states.asked import Asked, AsksNothing
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section
from kiosk.domain.states.problem import Problem
from kiosk.domain.states.proof import LendGoal


@dataclass(frozen=True, slots=True)
class Waiting(AsksNothing):
    """窓口: waiting for a My Number Card, or for a library card to be scanned instead."""

    about: ClassVar = About(Section.HOME, Stage.RESTING, Display.STAFFS, PageName.WAITING, LeftWork.LENDING, takes_next_card=True)
    problem: Problem | None = None
    """Why the library card number just entered was rejected."""


@dataclass(frozen=True, slots=True)
class Early:
    """What was looked up while the card is still being read and judged. Shown only once the card is accepted."""

    tokens: tuple[LinkToken, ...]
    """The card's candidates. Which of them is its token only the judged certificate tells."""
    asked: Ticket
    """The question that is open or was the last: first the links, then the patron."""
    links: tuple[Link, ...] | None = None
    """Of the candidates; None until the store has answered."""
    ended: tuple[LinkToken, ...] = ()
    """As in `LinksFound`."""
    patron: Patron | None = None
    problem: Problem | None = None
    """Why the library system returned no patron."""

    @property
    def only_link(self) -> Link | None:
        """The link whose patron is looked up: if several candidates have one, nobody's is."""
        return self.links[0] if self.links is not None and len(self.links) == 1 else None

    @property
    def waits_for(self) -> Asked | None:
        if self.links is None:
            return Asked(FindLinks, self.asked)
        is_asked = self.only_link is not None and self.patron is None and self.problem is None
        return Asked(LookUpPatron, self.asked) if is_asked else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A card is being read; nothing that may be shown is known yet."""

    about: ClassVar = About(Section.HOME, Stage.PASSING, Display.STAFFS, PageName.READING, LeftWork.LENDING)
    ticket: Ticket
    insertion: Insertion
    slow: bool = False
    in_use: bool = False
    """Another program holds the card."""
    early: Early | None = None
    behind: str = ""
    """The reader whose unresponsive card keeps this one waiting; empty if none."""
    limit: Ticket = Ticket(0)
    """Timer that ends the wait."""
    wrong: Problem | None = None
    """Why a library card number entered meanwhile was rejected. Reading continues."""

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        card = Asked(ReadCard, self.ticket, self.insertion)
        ahead = None if self.early is None else self.early.waits_for
        return (card,) if ahead is None else (card, ahead)


@dataclass(frozen=True, slots=True)
class FindingLink:
    """The card is accepted; the store is asked for its link, and then the library's server, if the store has none."""

    about: ClassVar = About(Section.HOME, Stage.PASSING, Display.STAFFS, PageName.READING, LeftWork.LENDING)
    ticket: Ticket
    insertion: Insertion
    reading: CardReading
    wrong: Problem | None = None
    """As in `Reading`."""
    elsewhere: bool = False
    """It is the server that is asked now."""
    proved: LendGoal | None = None
    """The holder has entered the PIN meanwhile: the store is asked whether the link still stands."""
    ended: bool = False
    """The store remembers that the card's link was ended."""

    def no_link(self, *, heard: bool) -> Problem:
        """`heard`: the library's server would have told of one."""
        return Problem(Code.LINK_ENDED if self.ended else Code.NOT_LINKED if heard else Code.NOT_LINKED_YET)

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(AskRegistry if self.elsewhere else FindLinks, self.ticket),)


@dataclass(frozen=True, slots=True)
class LookingUpPatron:
    """The library system is asked; `insertion` and `reading` are None if a library card was shown instead."""

    about: ClassVar = About(Section.HOME, Stage.PASSING, Display.STAFFS, PageName.READING, LeftWork.LENDING)
    ticket: Ticket
    number: LibraryCardNumber
    shown: Shown
    insertion: Insertion | None = None
    reading: CardReading | None = None
    pin_checked: bool = False
    wrong: Problem | None = None
    """As in `Reading`."""
    elsewhere: bool = False
    """As in `LendGoal`."""

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return (Asked(LookUpPatron, self.ticket),)


@dataclass(frozen=True, slots=True)
class ConfirmingHolder:
    """Staff compare the photo on the card with the person. The patron's window shows nothing about the patron yet."""

    about: ClassVar = About(Section.HOME, Stage.OPEN, Display.STAFFS, PageName.CHECKING, LeftWork.LENDING, takes_next_card=True)
    insertion: Insertion
    reading: CardReading
    patron: Patron
    pin_checked: bool = False
    elsewhere: bool = False
    """As in `LendGoal`."""
    confirmed: Ticket | None = None
    """Staff have confirmed the holder, and the store is asked whether the link still stands."""

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        return () if self.confirmed is None else (Asked(FindLinks, self.confirmed),)


@dataclass(frozen=True, slots=True)
class LendingRefused(AsksNothing):
    """The card cannot be served today. `insertion` is set while the card is present and may go straight into a registration."""

    about: ClassVar = About(Section.HOME, Stage.FINISHED, Display.STAFFS, PageName.REFUSED, LeftWork.REFUSED, takes_next_card=True)
    problem: Problem
    insertion: Insertion | None = None
    linked: bool = False
    """Whether the link of a My Number Card was looked up and found; never looked up for a scanned library card."""
    wrong: Problem | None = None
    """Why a library card number entered here was rejected."""


LendingFlow = Waiting | Reading | FindingLink | LookingUpPatron | ConfirmingHolder | LendingRefused
