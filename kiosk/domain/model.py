"""The things the library speaks of, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, unique
from typing import NewType

from kiosk.domain.circulation import Standing

Ticket = NewType("Ticket", int)
"""Number of a question to the outside; its answer repeats it, so that a late answer is known as one."""


@dataclass(frozen=True, slots=True)
class LibraryCardNumber:
    """図書館利用カードの番号, already stripped and checked by `rules.read_library_card`."""

    text: str
    """Digits, behind letters where the library's numbers begin with such; never a start or stop character of the barcode alone."""

    @property
    def grouped(self) -> str:
        """In fours, as people read it aloud: 2104 0678 53."""
        return " ".join(self.text[i : i + 4] for i in range(0, len(self.text), 4))

    @property
    def masked(self) -> str:
        """What may be shown to somebody who is not its holder, and what the audit trail keeps: first group and last two."""
        if len(self.text) <= 6:
            return "＊" * (len(self.text) - 2) + self.text[-2:]
        return f"{self.text[:4]} {'＊' * (len(self.text) - 6)} {self.text[-2:]}"


@dataclass(frozen=True, slots=True)
class LinkToken:
    """What stands for a certificate in the store: a keyed digest of issuer and serial number (32 bytes). Never the number itself."""

    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Insertion:
    """One laying of one card on one reader. Lifted and laid again, it is another insertion."""

    number: int
    reader: str


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Year and month. The day a certificate ends is its holder's birthday, so it goes no further than the certificate module."""

    year: int
    month: int


@unique
class Revocation(StrEnum):
    """What is known of a certificate's revocation."""

    GOOD = "good"
    STALE = "stale"
    """Not on a list that should have been renewed by now; said to staff and in the audit trail."""
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class CardReading:
    """What an accepted card told: nothing of its holder."""

    token: LinkToken
    revocation: Revocation
    ends: Month | None = None
    """Set only when the certificate ends within 90 days."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the store knows it."""

    token: LinkToken
    number: LibraryCardNumber
    since: datetime
    """Aware UTC."""
    counter: str
    pending: bool = False
    """Confirmed here, not yet by the library's server."""


@dataclass(frozen=True, slots=True)
class Patron:
    """What the library's system says of a library card. `checked` is false where it is not asked, or does not answer."""

    number: LibraryCardNumber
    checked: bool = False
    valid_until: date | None = None
    """The last day the library card is good, where the library's system tells."""
    standing: Standing = field(default_factory=Standing)
    valid_said: str = field(default="", repr=False)
    """What it tells as a last day and nobody can read for certain, as it was sent."""


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
    """A child under 15, by a legal guardian."""


@unique
class GuardianCheck(StrEnum):
    """What staff confirm of a guardian. None of it is stored."""

    IS_GUARDIAN = "is-guardian"
    UNDER_FIFTEEN = "under-fifteen"
    ADDRESS = "address"
    NAME = "name"
    PUBLIC_BODY = "public-body"
    SAME_HOUSEHOLD = "same-household"


@unique
class ReplaceReason(StrEnum):
    """Why an existing link gives way to a new one."""

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
    """窓口でできること (seed, 利用できるサービス)."""

    LOAN = "loan"
    RENEWAL = "renewal"
    HOLD = "hold"
    INTERLIBRARY_LOAN = "interlibrary-loan"
    INTERLIBRARY_COPY = "interlibrary-copy"
    NDL_DIGITAL = "ndl-digital"
    INTERNET_TERMINAL = "internet-terminal"


@dataclass(frozen=True, slots=True)
class LocalService:
    """A service of this library's own, named in the config."""

    name: str


AnyService = Service | LocalService


@unique
class SlipKind(StrEnum):
    """What is printed for the patron to take along."""

    NONE = "none"
    TODAY = "today"
    """今回の分: what was done in this session."""
    ALL = "all"
    """貸出中すべて."""
    RECORDED = "recorded"
    """What a registration has recorded, and what it has not."""


@unique
class IlsCondition(StrEnum):
    """How it stands with the library's system (ILS). Trouble is named as its `Code`."""

    NONE = "none"
    """None is connected to this counter."""
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
class EndedBy(StrEnum):
    """Who ended a session."""

    STAFF = "staff"
    PATRON = "patron"
    TIME = "time"
    """Nobody went on with it."""


@unique
class Shown(StrEnum):
    """How the library card number was called up."""

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
    """None has the configured name, and several have one like it."""
    SILENT = "reader-silent"
    """The service has not answered for some seconds: what was true before it fell silent may be true still."""
    BROKEN = "reader-broken"
    """A bug of ours keeps the readers from being watched; it is tried again and again."""
