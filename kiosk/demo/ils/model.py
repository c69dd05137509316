"""What the pretend library's system knows: who borrows, what can be borrowed, and what was borrowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique


@unique
class Stop(StrEnum):
    """Why somebody may borrow nothing."""

    EXPIRED = "expired"
    OVERDUE = "overdue"
    """Set by hand, because of something that is long overdue."""
    CARD_LOST = "card-lost"
    OWING = "owing"


@unique
class No(StrEnum):
    """Why something was not done."""

    PATRON_UNKNOWN = "patron-unknown"
    PATRON_STOPPED = "patron-stopped"
    ITEM_UNKNOWN = "item-unknown"
    ON_LOAN = "on-loan"
    ALREADY_LENT = "already-lent"
    RESERVED = "reserved"
    NOT_FOR_LOAN = "not-for-loan"
    MISSING = "missing"
    TOO_MANY = "too-many"
    TOO_MANY_DISCS = "too-many-discs"
    NO_MORE_RENEWALS = "no-more-renewals"
    OVERDUE = "overdue"
    NOT_ON_LOAN = "not-on-loan"
    ALREADY_RESERVED = "already-reserved"
    TOO_MANY_HOLDS = "too-many-holds"
    NOT_RESERVED = "not-reserved"
    PICKUP_UNKNOWN = "pickup-unknown"


@dataclass(frozen=True, slots=True)
class Borrower:
    """A patron of the simulated library."""

    number: str
    family: str
    given: str
    until: date | None = None
    """The last day the library card is good."""
    stop: Stop | None = None
    """Set by hand. What follows from dates and money comes on top."""
    owes: int = 0
    """In yen."""
    born: date = date(1980, 4, 1)
    address: str = ""
    note: str = ""
    """What staff have written down for whoever serves them next."""
    formerly: str = ""
    """The number of a card that this one has replaced; asked for it, the system answers with the new one."""


@unique
class Medium(StrEnum):
    BOOK = "book"
    DISC = "disc"


@unique
class Condition(StrEnum):
    GOOD = "good"
    REFERENCE = "reference"
    """禁帯出."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Copy:
    """One thing with one barcode."""

    number: str
    title: str
    medium: Medium = Medium.BOOK
    condition: Condition = Condition.GOOD
    enclosed: str = ""
    """What belongs to it, as it is told with each loan."""


@dataclass(frozen=True, slots=True)
class Loan:
    """An item on loan."""

    item: str
    patron: str
    due: date
    renewals: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """A patron's hold on an item."""

    item: str
    patron: str
    pickup: str = ""
    ready: bool = False
    """The item lies on the shelf for held items, waiting for this patron."""
