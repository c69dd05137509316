"""The library's terms, as values."""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from enum import StrEnum, unique
from typing import TYPE_CHECKING, NewType, Self

from kiosk.domain.circulation import Reason, Standing, stops_lending, stops_renewing, stops_reserving
from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.servicefacts import Afterwards, ItemService

if TYPE_CHECKING:
    from uuid import UUID

Ticket = NewType("Ticket", int)
"""Number of a question to the outside; its answer repeats it, so that late answers can be recognised."""


@dataclass(frozen=True, slots=True)
class LibraryCardNumber:
    """図書館利用カードの番号, normalised and checked by `rules.read_library_card`."""

    text: str
    """Digits, after letters if the library's numbers begin with some; no start or stop characters that belong only to the barcode."""

    @property
    def grouped(self) -> str:
        """In groups of four, as people read it aloud: 2104 0678 53."""
        return " ".join(self.text[i : i + 4] for i in range(0, len(self.text), 4))

    @property
    def masked(self) -> str:
        """For display to others than the holder, and for the audit trail: first group and last two digits, as far as four stay hidden."""
        hidden = max(4, len(self.text) - 6)
        shown = max(0, len(self.text) - hidden - 2)
        return (" " if shown else "").join((self.text[:shown], "＊" * hidden, self.text[shown + hidden :]))


@dataclass(frozen=True, slots=True)
class LinkToken:
    """Stands for a certificate in the store: a keyed digest of issuing key and serial number (32 bytes), never the number itself."""

    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Insertion:
    """One placement of one card on one reader. Removed and placed again, it is a new insertion."""

    number: int
    reader: str


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Year and month. The day a certificate expires is its holder's birthday, so it never leaves the certificate module."""

    year: int
    month: int


@unique
class Revocation(StrEnum):
    """Revocation status of a certificate."""

    GOOD = "good"
    STALE = "stale"
    """Not on a list, but the list is overdue for renewal; shown to staff and recorded in the audit trail."""
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class CardReading:
    """The result of reading an accepted card; nothing about its holder."""

    token: LinkToken
    revocation: Revocation
    ends: Month | None = None
    """Set only if the certificate expires within 90 days."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as stored."""

    token: LinkToken
    number: LibraryCardNumber
    since: datetime
    """Aware, UTC."""
    counter: str
    operation: UUID
    """The operation that opened it."""
    pending: bool = False
    """Saved here, not yet confirmed by the library's server."""


@dataclass(frozen=True, slots=True)
class Patron:
    """What the library system reports on a library card. `checked` is false if it is not asked or does not respond."""

    number: LibraryCardNumber
    checked: bool = False
    valid_until: date | None = None
    """Last day the library card is valid, if reported."""
    standing: Standing = field(default_factory=Standing)
    valid_said: str = field(default="", repr=False)
    """The expiry date as sent, if it could not be parsed reliably."""


@unique
class Language(StrEnum):
    JAPANESE = "ja"
    EASY_JAPANESE = "ja_easy"
    ENGLISH = "en"


@unique
class Applicant(StrEnum):
    """Whose card is to be linked (seed, Q.1)."""

    SELF = "self"
    CHILD = "child"
    """A child under 15, represented by a legal guardian."""


@unique
class GuardianCheck(StrEnum):
    """What staff confirm about a guardian. None of it is stored."""

    IS_GUARDIAN = "is-guardian"
    UNDER_FIFTEEN = "under-fifteen"
    ADDRESS = "address"
    NAME = "name"
    PUBLIC_BODY = "public-body"
    SAME_HOUSEHOLD = "same-household"


@unique
class ReplaceReason(StrEnum):
    """Why an existing link is replaced."""

    RENEWED = "renewed"
    REISSUED = "reissued"
    LIBRARY_CARD_CHANGED = "library-card-changed"
    CORRECTION = "correction"


@unique
class UnlinkReason(StrEnum):
    LOST = "lost"
    WISH = "wish"
    CORRECTION = "correction"


@unique
class Service(StrEnum):
    """窓口でできること (seed, 利用できるサービス), in the order of their Alt+digit keys."""

    by_item: ItemService | None
    """Set if the library system does it for us item by item; for all others the number is handed over."""
    _value_: str

    def __new__(cls, name: str, *declared: ItemService) -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        # At most one. (mypy takes the look-up `Service("loan")` for a call of this.)
        (member.by_item,) = declared or (None,)
        return member

    LOAN = "loan", ItemService(Afterwards.ON_LOAN, stops_lending, twice=Reason.ALREADY_LENT)
    RENEWAL = "renewal", ItemService(Afterwards.ON_LOAN, stops_renewing)
    HOLD = "hold", ItemService(Afterwards.QUEUED, stops_reserving, twice=Reason.ALREADY_RESERVED)
    INTERLIBRARY_LOAN = "interlibrary-loan"
    INTERLIBRARY_COPY = "interlibrary-copy"
    NDL_DIGITAL = "ndl-digital"
    INTERNET_TERMINAL = "internet-terminal"


@dataclass(frozen=True, slots=True)
class LocalService:
    """A service of this library's own, named in the configuration."""

    name: str


AnyService = Service | LocalService


@unique
class IlsCondition(StrEnum):
    """State of the connection to the library system (ILS). Problems have the value of their `Code`."""

    NONE = "none"
    """No library system is connected to this counter."""
    STARTING = "starting"
    READY = "ready"
    UNREACHABLE = "ils-unreachable"
    LOGIN_REFUSED = "ils-login-refused"
    LOGIN_LOST = "ils-login-lost"
    NOT_TRUSTED = "ils-not-trusted"

    @property
    def is_trouble(self) -> bool:
        return self not in (IlsCondition.NONE, IlsCondition.STARTING, IlsCondition.READY)


@unique
class RegistryCondition(StrEnum):
    """State of the connection to the library's register of links (連携台帳サーバー). What stops cards has the value of its `Code`."""

    NONE = "none"
    """This counter is alone: it is its own register."""
    STARTING = "starting"
    CURRENT = "current"
    """It has answered, and this counter knows what it knows."""
    UNREACHABLE = "unreachable"
    """Cards are taken on what is known here; what is done here waits to be sent."""
    OUTDATED = "outdated"
    """The server that answers knows less than this counter: it was put back, or another has taken its place. Nothing it says is taken."""
    TOO_LONG_OFFLINE = "registry-too-long-offline"
    SHUT_OUT = "registry-shut-out"
    """It no longer accepts this counter."""

    @property
    def is_trouble(self) -> bool:
        return self in (RegistryCondition.UNREACHABLE, RegistryCondition.OUTDATED) or self.stops_cards

    @property
    def stops_cards(self) -> bool:
        """Whether no My Number Card is accepted or registered. Unlinking never stops."""
        return self in (RegistryCondition.TOO_LONG_OFFLINE, RegistryCondition.SHUT_OUT)


@unique
class OperationKind(StrEnum):
    """What an operation on links does."""

    LINK = "link"
    REPLACE = "replace"
    UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class RefusedOperation:
    """An operation of this counter that the register has refused, as staff are told of it."""

    operation: UUID
    kind: OperationKind
    code: Code
    masked: str
    """The library card number, masked."""
    at: datetime
    """When staff carried it out; aware."""


@unique
class EndedBy(StrEnum):
    """Who ended a session, or that it timed out."""

    STAFF = "staff"
    PATRON = "patron"
    TIME = "time"


@unique
class Shown(StrEnum):
    """How the library card number was obtained."""

    MY_NUMBER_CARD = "my-number-card"
    LIBRARY_CARD = "library-card"


@unique
class Sound(StrEnum):
    CARD_SEEN = "card-seen"
    DONE = "done"
    REFUSED = "refused"
    CARD_LEFT = "card-left"


@unique
class ReaderCondition(StrEnum):
    READY = "ready"
    STARTING = "starting"
    MISSING = "reader-missing"
    SERVICE_MISSING = "reader-service-missing"
    DENIED = "reader-denied"
    AMBIGUOUS = "reader-ambiguous"
    """No reader has the configured name, and several have similar ones."""
    SILENT = "reader-silent"
    """The service has not answered for some seconds: what was true before it fell silent may be true still."""
    BROKEN = "reader-broken"
    """A bug of ours keeps the readers from being watched; it is tried again and again."""
