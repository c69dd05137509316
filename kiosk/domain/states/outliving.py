"""What outlives the flow it came from: slips, doubts about items, cards nobody takes."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from kiosk.domain.circulation import Item, Outcome
from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Insertion, LibraryCardNumber, Service, Ticket
from kiosk.domain.slip import Slip
from kiosk.domain.states.problem import Problem


@dataclass(frozen=True, slots=True)
class Paper:
    """A slip sent to the printer."""

    ticket: Ticket
    slip: Slip = field(repr=False)
    trouble: Code | None = None
    """Why printing failed; None while in progress."""
    at: datetime | None = None
    """When the failure was reported."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A manual retry (「いま試す」) of the library system; its result is `Counter.ils`."""

    under_way: bool = True
    at: datetime | None = None
    """When the answer came; None while pending or if the time is not known."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A transaction an ended session left in doubt, until it has been looked up once more."""

    due: Ticket
    """Timer until the next look-up; 0 while one is in progress or is waiting for the connection to the library system."""
    service: Service
    number: LibraryCardNumber
    item: Item = field(repr=False)
    at: datetime | None = None
    """When the session ended."""
    asked: Ticket = Ticket(0)
    looks: int = 0
    """Look-ups begun so far while the connection was up."""


@dataclass(frozen=True, slots=True)
class Late:
    """A transaction found to have succeeded after staff were told it had failed or was unknown. Staff identify it by the item number."""

    service: Service
    item: Item = field(repr=False)
    masked: str = ""
    """The patron, masked as in the audit trail."""
    at: datetime | None = None
    """When that session ended."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A transaction still undecided after the last look-up that followed its session. Holds nothing about the patron."""

    service: Service
    item: Item = field(repr=False)
    outcome: Outcome = Outcome.UNKNOWN
    """REFUSED: not done as of that look-up. UNKNOWN: could not be determined."""
    at: datetime | None = None
    """When it was looked up."""


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Extra time staff requested, so that the session does not time out while they fetch something."""

    ticket: Ticket = Ticket(0)
    """The running timer; 0 if none."""
    queued: int = 0
    """Further extensions to start once it expires."""
    used: int = 0


@dataclass(frozen=True, slots=True)
class Stray:
    """A card on a reader that is not accepted here."""

    insertion: Insertion
    problem: Problem
