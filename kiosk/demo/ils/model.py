"""Data model of the simulated library: borrowers, copies, loans, holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique


@unique
class Stop(StrEnum):
    """Reason a borrower is blocked."""

    EXPIRED = "expired"
    OVERDUE = "overdue"
    """Set by staff for long overdue items."""
    CARD_LOST = "card-lost"
    OWING = "owing"


@unique
class No(StrEnum):
    """Reason a request was refused."""

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
    """Last day the library card is valid."""
    stop: Stop | None = None
    """Set by staff; blocks that follow from expiry and debt are added."""
    owes: int = 0
    """In yen."""
    born: date = date(1980, 4, 1)
    address: str = ""
    note: str = ""
    """Message from staff to whoever serves this borrower next."""
    formerly: str = ""
    """Number of the card this one replaced; a request for it is answered with the new number."""


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
    """A physical item with a barcode."""

    number: str
    title: str
    medium: Medium = Medium.BOOK
    condition: Condition = Condition.GOOD
    enclosed: str = ""
    """Accompanying material, reported with each loan."""


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
    """Whether the item is on the hold shelf for this patron."""
