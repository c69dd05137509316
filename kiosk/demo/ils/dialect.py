"""SIP2 dialects of real library systems (observed with Koha 3.17 and Evergreen's SIPServer)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique
from unicodedata import normalize

from kiosk.demo.ils.model import Borrower, No, Stop
from kiosk.demo.ils.rules import Rules
from kiosk.text import say

_ENGLISH = {
    No.PATRON_UNKNOWN: "Invalid Patron",
    No.PATRON_STOPPED: "Patron Blocked",
    No.ITEM_UNKNOWN: "Invalid Item",
    No.ON_LOAN: "Item is on loan to another patron",
    No.ALREADY_LENT: "Item is on loan to this patron",
    No.RESERVED: "Item is on hold for another patron",
    No.NOT_FOR_LOAN: "Item is not for loan",
    No.MISSING: "Item is recorded as lost",
    No.TOO_MANY: "Patron has as many loans as allowed",
    No.TOO_MANY_DISCS: "Patron has as many discs as allowed",
    No.NO_MORE_RENEWALS: "Item has reached maximum renewals",
    No.OVERDUE: "Item is overdue and cannot be renewed",
    No.NOT_ON_LOAN: "Item not checked out to {name}",
    No.ALREADY_RESERVED: "Patron has this item on hold",
    No.TOO_MANY_HOLDS: "Patron has as many holds as allowed",
    No.NOT_RESERVED: "No such hold on patron record.",
    No.PICKUP_UNKNOWN: "No such pickup location",
}
_ENGLISH_STOPS = {
    Stop.EXPIRED: "PATRON EXPIRED",
    Stop.OVERDUE: "Patron has long overdue items",
    Stop.CARD_LOST: "Borrower's card reported lost.",
    Stop.OWING: "Patron owes {owes}.00",
}


@unique
class Language(StrEnum):
    ENGLISH = "en"
    JAPANESE = "ja"


@unique
class Denials(StrEnum):
    """How blocks map to the fourteen flags of the patron status."""

    ALIKE = "alike"
    """Any block sets 0 to 3; a lost card also sets 4. (Koha)"""
    RECALL_ALWAYS = "recall-always"
    """2 is always set; expiry sets none, debt sets 10, other blocks set their own and 0 to 3. (Evergreen)"""
    EXACT = "exact"
    """Each block sets its own flag and what it denies."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of library system writes its replies."""

    name: str
    language: Language
    denials: Denials
    greeting: str = ""
    """Prefix of every screen message."""
    given_first: bool = False
    institution_last: bool = False
    """A 24 ends with AO and has AE before AA."""
    expiry_field: str = ""
    expired_is_invalid: bool = False
    """BL=N for an expired card."""
    shows_limits: bool = False
    renews_when_lent_again: bool = True
    decomposed: bool = False
    """Whether kana are sent in NFD: か and U+3099 for が."""
    longest: int = 0
    """Maximum length of a value; 0: unlimited."""
    lists_titles: bool = False
    """Patron lists hold titles in place of barcodes."""
    longest_list: int = 0
    """Page size of patron lists, the rest being requested by start (BP); 0: unlimited."""
    pages: bool = True
    """Whether BP and BQ are honoured."""
    lists_loans: bool = True
    """Whether loans are listed, not just counted."""
    counts_all_holds: bool = False
    """Holds not yet ready are hold items, not unavailable holds."""
    dates_with_signs: bool = False
    """Due dates as 2026-12-07 23:59:00."""
    says_position: bool = True
    trusts_pickup: bool = False
    """Accepts an unknown pickup location, but places no hold."""
    wants_password_filled: bool = False
    """A hold with an empty AD is refused."""
    hangs_up: bool = False
    """Closes the connection on an unknown message, in place of a 96."""

    def rules(self, rules: Rules | None = None) -> Rules:
        """Return the library's rules as this system applies them."""
        return replace(rules or Rules(), renews_when_lent_again=self.renews_when_lent_again)

    def name_of(self, borrower: Borrower) -> str:
        return f"{borrower.given} {borrower.family}" if self.given_first else f"{borrower.family} {borrower.given}"

    def flags(self, stops: frozenset[Stop], *, too_many: bool) -> str:
        """Return the patron status: fourteen characters, Y or blank."""
        on: set[int] = set()
        match self.denials:
            case Denials.ALIKE:
                on |= {0, 1, 2, 3} if stops else set()
                on |= {4} if Stop.CARD_LOST in stops else set()
            case Denials.RECALL_ALWAYS:
                on |= {2}
                on |= {0, 1, 2, 3, 6} if Stop.OVERDUE in stops else set()
                on |= {0, 1, 2, 3, 4} if Stop.CARD_LOST in stops else set()
                on |= {10} if Stop.OWING in stops else set()
                on |= {0, 5} if too_many else set()
            case Denials.EXACT:
                on |= {0, 1, 3} if stops else set()
                on |= {4} if Stop.CARD_LOST in stops else set()
                on |= {6} if Stop.OVERDUE in stops else set()
                on |= {10} if Stop.OWING in stops else set()
                on |= {0, 5} if too_many else set()
        return "".join("Y" if flag in on else " " for flag in range(14))

    def why_not(self, no: No, name: str) -> str:
        """Return the screen message of a refusal. `name`: the patron's, or ""."""
        if self.language is Language.JAPANESE:
            return say(f"demo.ils.no-{no}")
        return _ENGLISH[no].format(name=name)

    def why_stopped(self, stop: Stop, owes: int) -> str:
        if self.language is Language.JAPANESE:
            return say(f"demo.ils.stop-{stop}", owes=owes)
        return _ENGLISH_STOPS[stop].format(owes=owes)

    def due(self, day: date | None) -> str:
        if day is None:
            return ""
        if self.dates_with_signs:
            return f"{day.isoformat()} 23:59:00"
        return f"{day:%Y%m%d}    235900"

    def value(self, text: str) -> str:
        """Return a value as sent: on one line, in this dialect's form and length."""
        text = text.replace("\n", " ")
        if self.decomposed:
            text = normalize("NFD", text)
        return text[: self.longest] if self.longest else text


KOHA = Dialect(
    "koha",
    Language.ENGLISH,
    Denials.ALIKE,
    greeting="Greetings from Koha. ",
    given_first=True,
    institution_last=True,
    says_position=False,
    trusts_pickup=True,
    wants_password_filled=True,
)
EVERGREEN = Dialect(
    "evergreen",
    Language.JAPANESE,
    Denials.RECALL_ALWAYS,
    expiry_field="PA",
    decomposed=True,
    longest=255,
    lists_titles=True,
    counts_all_holds=True,
    dates_with_signs=True,
    hangs_up=True,
)
PLAIN = Dialect(
    "plain",
    Language.JAPANESE,
    Denials.EXACT,
    expired_is_invalid=True,
    shows_limits=True,
    renews_when_lent_again=False,
)
