"""What the library system reports on items and loans, as values. Terms follow SIP2, rules are the library's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import date
from enum import StrEnum, unique

from kiosk.domain.lazy_dataclass import dataclass


@unique
class Outcome(StrEnum):
    """The result of a request that changes something in the library system."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost, and a look-up did not settle it: staff check in their own system."""


@unique
class Reason(StrEnum):
    """Why an item was not lent, renewed or reserved, as far as the protocol reveals it. Each has a message and a next step for staff."""

    OTHER = "other"
    """Only the server's own message, shown alongside, is known."""
    ITEM_UNKNOWN = "item-unknown"
    ON_LOAN = "on-loan"
    """To somebody else, or it is not known to whom."""
    ALREADY_LENT = "already-lent"
    """To this patron. Some servers would renew it if asked again."""
    RESERVED = "reserved"
    """For somebody else."""
    NOT_FOR_LOAN = "not-for-loan"
    MISSING = "missing"
    """Recorded as lost, missing or withdrawn, and now found."""
    TOO_MANY = "too-many"
    PATRON_STOPPED = "patron-stopped"
    NO_MORE_RENEWALS = "no-more-renewals"
    NOT_ON_LOAN = "not-on-loan"
    ALREADY_RESERVED = "already-reserved"
    PERHAPS_RESERVED = "perhaps-reserved"
    """Not requested: the server does not list all of this patron's holds and would place the same one twice."""
    NOT_SEEN_YET = "not-seen-yet"
    """The server reported success but does not show it afterwards. Provisional: lists lag behind, and some servers accept everything
    without effect.
    """
    NOT_SUPPORTED = "not-supported"
    """The server does not offer this service (BX of its ACS status)."""
    LIBRARY_CARD = "library-card"
    """Not an item: somebody's library card."""
    NEXT_CARD = "next-card"
    """As LIBRARY_CARD, while staff are asked whose turn it is."""
    LENT_NOW = "lent-now"
    """Excluded from renewing all: it was lent in this session."""
    HELD_BACK = "held-back"
    """Not requested: what seems to be the next patron's library card was scanned before it."""
    NOT_REACHED = "not-reached"
    """Nothing was sent: the library system does not respond."""
    LOST_ANSWER = "lost-answer"
    """The answer was lost, and a look-up did not settle it."""
    NOT_THERE_YET = "not-there-yet"
    """The answer was lost, and the server does not show it as done. Provisional: it may still be processing, so look again later."""
    FEE = "fee"
    """A fee is due (`ItemAnswer.fee`), and the counter accepts none on the patron's behalf."""


DONE_BEFORE = frozenset({Reason.ALREADY_LENT, Reason.ALREADY_RESERVED})
"""This patron already has it."""


@unique
class Instead(StrEnum):
    """What was actually done, if the server reported success with something other than requested."""

    RENEWED = "renewed"
    """A loan was requested; the patron already had the item, and the loan was renewed."""
    SAME_DATE = "same-date"
    """The due date is unchanged, so nothing was extended."""
    EARLIER = "earlier"
    """The new due date is earlier than the old one."""


@unique
class Stop(StrEnum):
    """Why the library system restricts a patron: the fourteen flags of SIP2's patron status, in order."""

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
    """A due date as sent by the server. Its time zone is unknown, so it is never compared with our clock."""

    day: date | None = None
    text: str = ""
    """As sent; shown if no date could be parsed."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the library."""

    number: str
    """Its barcode, as scanned."""
    title: str = field(default="", repr=False)
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """The result of lending, renewing or reserving one item."""

    item: Item
    outcome: Outcome
    reason: Reason | None = None
    """Set unless `outcome` is DONE."""
    said: str = field(default="", repr=False)
    """The server's own message for staff, in its own language, whatever the outcome; one per line."""
    position: int | None = None
    """Position in the hold queue, 1 being the next."""
    instead: Instead | None = None
    """Only with DONE."""
    fee: str = ""
    """The fee, amount and currency as the server writes them; empty if none or not reported."""


@unique
class Told(StrEnum):
    """How much of a list was reported. An empty list means none only with ALL."""

    NOTHING = "nothing"
    """The server lists none: it does not offer that, or not for this patron."""
    PART = "part"
    """Some are missing, or may be."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LoanList:
    """The loans a server lists for a patron, and how complete the list is."""

    items: tuple[str, ...] = field(default=(), repr=False)
    """Barcodes, each once. With `as_titles` the entries as received, where a repeated title may be two volumes."""
    told: Told = Told.NOTHING
    counted: int | None = None
    """The server's own count, whatever it lists; None if not reported."""
    as_titles: bool = False
    """Titles came instead of barcodes, or among them: they do not identify the items on loan."""
    disputed: int | None = None
    """The server's own count if it lists more than that: then `counted` is None and the true number is unknown."""

    @classmethod
    def whole(cls, items: Iterable[str] = ()) -> LoanList:
        """A complete list of loans by barcode."""
        each = tuple(dict.fromkeys(items))
        return cls(each, Told.ALL, len(each))

    @property
    def is_none(self) -> bool:
        """Whether certainly nothing is on loan."""
        return self.told is Told.ALL and not self.items

    def has(self, number: str) -> bool:
        """Whether this item is certainly on loan to the patron. Servers look up numbers case-insensitively."""
        return number in self.items or (not number.isdigit() and number.casefold() in map(str.casefold, self.items))

    def lacks(self, number: str) -> bool:
        """Whether this item is certainly not on loan to the patron; not the negation of `has`."""
        return self.told is Told.ALL and not self.as_titles and not self.has(number)

    def with_loan(self, number: str) -> LoanList:
        """The list with one item just lent."""
        counted = None if self.counted is None else self.counted + 1
        told = Told.ALL if self.told is Told.ALL and not self.as_titles else Told.PART
        return replace(self, items=(*self.items, number), told=told, counted=counted)


@dataclass(frozen=True, slots=True)
class Standing:
    """A patron's figures in the library system; None if not reported."""

    loans: int | None = None
    overdue: int | None = None
    holds_ready: int | None = None
    loans_left: int | None = None
    stops: frozenset[Stop] = frozenset()
    """Those this library takes into account."""
    said: str = field(default="", repr=False)
    """The server's own message for staff, also for patrons without restrictions; one per line."""
    owes: str = field(default="", repr=False)
    """Amount and currency as the server writes them; empty if nothing is owed or it is not reported."""
    on_loan: LoanList = field(default=LoanList(), repr=False)
    fines: int | None = None
    """How many items money is owed for; `owes` may hold the amount."""


_FOR_OTHER_SERVICES = {Stop.RENEWAL_DENIED, Stop.HOLD_DENIED, Stop.RECALL_DENIED}


def stops_lending(stops: frozenset[Stop]) -> frozenset[Stop]:
    """Those of `stops` that prevent lending."""
    return stops - _FOR_OTHER_SERVICES


def stops_renewing(stops: frozenset[Stop]) -> frozenset[Stop]:
    return stops & {Stop.RENEWAL_DENIED, Stop.CARD_LOST}


def stops_reserving(stops: frozenset[Stop]) -> frozenset[Stop]:
    return stops & {Stop.HOLD_DENIED, Stop.CARD_LOST}
