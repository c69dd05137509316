"""What the library's system says of items and loans, as values; the words follow SIP2, the rules are those of the library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique


@unique
class Outcome(StrEnum):
    """What became of a request that changes something in the library's system."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost, and asking afterwards did not tell: staff look in their system."""


@unique
class Reason(StrEnum):
    """Why an item was not lent, renewed or reserved, as far as the protocol tells. Each has a sentence and a next step for staff."""

    OTHER = "other"
    """The server's own words, shown beside, are all there is."""
    ITEM_UNKNOWN = "item-unknown"
    ON_LOAN = "on-loan"
    """To somebody else, or nobody knows to whom."""
    ALREADY_LENT = "already-lent"
    """To this very patron. Asked again, some servers would renew it."""
    RESERVED = "reserved"
    """For somebody else."""
    NOT_FOR_LOAN = "not-for-loan"
    MISSING = "missing"
    """Known as lost, missing or withdrawn: it has been found."""
    TOO_MANY = "too-many"
    PATRON_STOPPED = "patron-stopped"
    NO_MORE_RENEWALS = "no-more-renewals"
    NOT_ON_LOAN = "not-on-loan"
    ALREADY_RESERVED = "already-reserved"
    PERHAPS_RESERVED = "perhaps-reserved"
    """Not asked for: the server does not tell all of this patron's holds, and would place the same one twice."""
    NOT_SEEN_YET = "not-seen-yet"
    """The server said yes; asked since, it does not have it. As of now: lists lag behind, and there are servers that say yes to nothing."""
    NOT_SUPPORTED = "not-supported"
    """The server does not offer this service (BX of its status)."""
    LIBRARY_CARD = "library-card"
    """No item: somebody's library card."""
    NEXT_CARD = "next-card"
    """The same while staff are asked whose turn it is."""
    LENT_NOW = "lent-now"
    """Left out of renewing all: it was lent in this session."""
    HELD_BACK = "held-back"
    """Not asked for: before it, what seems to be the next patron's library card was read."""
    NOT_REACHED = "not-reached"
    """Nothing was sent: the library's system does not answer."""
    LOST_ANSWER = "lost-answer"
    """The answer was lost, and asking afterwards did not tell either."""
    NOT_THERE_YET = "not-there-yet"
    """The answer was lost; asked since, the server does not have it. As of now: it may still be about it, so look again later."""
    FEE = "fee"
    """It costs something (`ItemAnswer.fee`), and the counter agrees to nothing in the patron's place."""


DONE_BEFORE = frozenset({Reason.ALREADY_LENT, Reason.ALREADY_RESERVED})
"""This very patron has it already."""


@unique
class Instead(StrEnum):
    """What was done where the server said yes, and it is not what was asked for."""

    RENEWED = "renewed"
    """A loan was asked for. The item was this patron's already, and the loan was renewed."""
    SAME_DATE = "same-date"
    """The item is due on the day it was due before, so that nothing was extended."""
    EARLIER = "earlier"
    """The item is due before the day it was due before."""


@unique
class Stop(StrEnum):
    """Why the library's system denies a patron something: the fourteen flags of SIP2's patron status, by position."""

    CHARGE_DENIED = "charge-denied"
    RENEWAL_DENIED = "renewal-denied"
    RECALL_DENIED = "recall-denied"
    HOLD_DENIED = "hold-denied"
    CARD_LOST = "card-lost"
    TOO_MANY_CHARGED = "too-many-charged"
    TOO_MANY_OVERDUE = "too-many-overdue"
    TOO_MANY_RENEWALS = "too-many-renewals"
    TOO_MANY_CLAIMS = "too-many-claims"
    TOO_MANY_LOST = "too-many-lost"
    FINES = "fines"
    FEES = "fees"
    RECALL_OVERDUE = "recall-overdue"
    TOO_MANY_BILLED = "too-many-billed"


@dataclass(frozen=True, slots=True)
class Due:
    """When an item is to be returned, as the server said it: no zone is known, so it is never compared with our clock."""

    day: date | None = None
    text: str = ""
    """What the server sent; shown where no day could be read."""


@dataclass(frozen=True, slots=True)
class Item:
    number: str
    """Its barcode, as scanned."""
    title: str = field(default="", repr=False)
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What became of lending, renewing or reserving one item."""

    item: Item
    outcome: Outcome
    reason: Reason | None = None
    """Set unless the outcome is DONE."""
    said: str = field(default="", repr=False)
    """The server's own words for staff, in its own language, whatever the outcome; a line each."""
    position: int | None = None
    """In the queue of a hold, 1 being the next to get it."""
    instead: Instead | None = None
    """Of DONE alone."""
    fee: str = ""
    """What the server says it costs, amount and currency as it writes them; empty where it costs nothing or that is not told."""


@unique
class Told(StrEnum):
    """How much of a list was told. An empty list is one only where all of it was."""

    NOTHING = "nothing"
    """The server lists none: it does not offer that, or not for this patron."""
    PART = "part"
    """Some are missing, or may be."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LoanList:
    """What a server lists as a patron's loans, and how much of them that is."""

    items: tuple[str, ...] = field(default=(), repr=False)
    """Barcodes, each once; with `as_titles` whatever came, where the same title twice may be two volumes."""
    told: Told = Told.NOTHING
    counted: int | None = None
    """How many there are by the server's own count, whatever it lists; None where it tells none."""
    as_titles: bool = False
    """Titles came in place of barcodes, or among them: which items are on loan cannot be told from that."""
    disputed: int | None = None
    """The server's own count where it lists more than that: then `counted` is None, and nobody knows how many there are."""

    @classmethod
    def whole(cls, items: Iterable[str] = ()) -> LoanList:
        """All loans, by their barcodes."""
        each = tuple(dict.fromkeys(items))
        return cls(each, Told.ALL, len(each))

    @property
    def is_none(self) -> bool:
        """Whether nothing is on loan, for certain."""
        return self.told is Told.ALL and not self.items

    def has(self, number: str) -> bool:
        """Whether this item is on loan to the patron, for certain. Servers look numbers up regardless of case."""
        return number in self.items or (not number.isdigit() and number.casefold() in map(str.casefold, self.items))

    def lacks(self, number: str) -> bool:
        """Whether this item is not on loan to the patron, for certain; not the contrary of `has`."""
        return self.told is Told.ALL and not self.as_titles and not self.has(number)

    def with_loan(self, number: str) -> LoanList:
        """With one more that was lent just now."""
        counted = None if self.counted is None else self.counted + 1
        told = Told.ALL if self.told is Told.ALL and not self.as_titles else Told.PART
        return replace(self, items=(*self.items, number), told=told, counted=counted)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the library's system counts of a patron; None where it does not say."""

    loans: int | None = None
    overdue: int | None = None
    holds_ready: int | None = None
    loans_left: int | None = None
    stops: frozenset[Stop] = frozenset()
    """Those that this library lets count."""
    said: str = field(default="", repr=False)
    """The server's own words for staff, also of a patron who is denied nothing; a line each."""
    owes: str = field(default="", repr=False)
    """Amount and currency as the server writes them; empty where nothing is owed or that is not told."""
    on_loan: LoanList = field(default=LoanList(), repr=False)
    fines: int | None = None
    """How many things something is owed for; `owes` may tell how much."""


_FOR_OTHER_SERVICES = {Stop.RENEWAL_DENIED, Stop.HOLD_DENIED, Stop.RECALL_DENIED}


def stops_lending(stops: frozenset[Stop]) -> frozenset[Stop]:
    """Those of a patron's stops because of which nothing is lent."""
    return stops - _FOR_OTHER_SERVICES


def stops_renewing(stops: frozenset[Stop]) -> frozenset[Stop]:
    return stops & {Stop.RENEWAL_DENIED, Stop.CARD_LOST}


def stops_reserving(stops: frozenset[Stop]) -> frozenset[Stop]:
    return stops & {Stop.HOLD_DENIED, Stop.CARD_LOST}
