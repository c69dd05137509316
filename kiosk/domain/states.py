"""Where a counter can be. Both windows are projections of one `Counter`; `type(counter.flow)` chooses the screen.

A state says where we are (`AskingPin`), holds what its screen shows and the tickets it waits for, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique

from kiosk.domain.errors import Code
from kiosk.domain.model import (
    Applicant,
    CardReading,
    GuardianCheck,
    Insertion,
    Language,
    LibraryCardNumber,
    Link,
    LinkToken,
    Patron,
    ReaderCondition,
    ReplaceReason,
    Service,
    Shown,
    Ticket,
    UnlinkReason,
)
from kiosk.domain.rules import BarcodeRule


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or mishap: its code and what its sentence needs."""

    code: Code
    params: tuple[tuple[str, str | int], ...] = ()


# --- lending ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """窓口: a card may come at any time; a library card may be scanned instead."""

    problem: Problem | None = None
    """Why a library card number just entered was not taken."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A card is being read; nothing is known of it yet."""

    ticket: Ticket
    insertion: Insertion
    slow: bool = False


@dataclass(frozen=True, slots=True)
class FindingLink:
    ticket: Ticket
    insertion: Insertion
    reading: CardReading


@dataclass(frozen=True, slots=True)
class LookingUpPatron:
    """The library system is asked; `insertion` and `reading` are None for a library card shown instead."""

    ticket: Ticket
    number: LibraryCardNumber
    shown: Shown
    insertion: Insertion | None = None
    reading: CardReading | None = None
    pin_checked: bool = False
    holder_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmingHolder:
    """Staff compare the photo on the card with the person. The patron window shows nothing of the patron yet."""

    insertion: Insertion
    reading: CardReading
    patron: Patron
    pin_checked: bool = False


@dataclass(frozen=True, slots=True)
class PatronShown:
    """This patron, this library card number. The patron is served until the session ends."""

    patron: Patron
    shown: Shown
    insertion: Insertion | None = None
    reading: CardReading | None = None
    service: Service | None = None
    service_done: bool = False


@dataclass(frozen=True, slots=True)
class LendingRefused:
    """The card does not serve today. `insertion` is set when it may go straight into a registration where it lies."""

    problem: Problem
    insertion: Insertion | None = None


# --- registration -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """What a registration has gathered so far. Kept in memory only."""

    applicant: Applicant | None = None
    checks: frozenset[GuardianCheck] = frozenset()
    patron: Patron | None = None
    lying: Insertion | None = None
    """A card already on the reader that may be read where it lies (registration begun from "not linked")."""

    @property
    def number(self) -> LibraryCardNumber:
        """The library card number. Raises ValueError in the steps before it is known."""
        if self.patron is None:
            raise ValueError("no library card has been read yet")
        return self.patron.number

    @property
    def by_guardian(self) -> bool:
        return self.applicant is Applicant.CHILD


@dataclass(frozen=True, slots=True)
class ChoosingApplicant:
    """対象の方: the patron, a child under 15 with a guardian, or somebody else (refused)."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class ExplainingRecord:
    """What is recorded and what is not."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class CheckingGuardian:
    """書類の確認; `draft.checks` holds those confirmed; `born_on_or_after` is the cut-off for being under 15 today."""

    draft: Draft
    born_on_or_after: date


@dataclass(frozen=True, slots=True)
class AwaitingLibraryCard:
    draft: Draft
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class CheckingLibraryCard:
    ticket: Ticket
    draft: Draft
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class AwaitingMyNumberCard:
    """マイナンバーカードを置いてください. `problem` says why the card has to be laid anew."""

    draft: Draft
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ReadingMyNumberCard:
    ticket: Ticket
    draft: Draft
    insertion: Insertion
    slow: bool = False


@dataclass(frozen=True, slots=True)
class FindingLinks:
    ticket: Ticket
    draft: Draft
    insertion: Insertion
    reading: CardReading


@dataclass(frozen=True, slots=True)
class ChoosingReplacement:
    """The card or the number is linked otherwise: staff choose 付け替え with a reason, or leave. Links shown are masked."""

    draft: Draft
    insertion: Insertion
    reading: CardReading
    by_card: Link | None
    by_number: Link | None


@dataclass(frozen=True, slots=True)
class AlreadyLinked:
    """This very pair is linked; nothing is to be done."""

    draft: Draft
    link: Link


@dataclass(frozen=True, slots=True)
class ConfirmingLink:
    """The patron sees what will be linked and agrees, before the PIN."""

    draft: Draft
    insertion: Insertion
    reading: CardReading
    replaces: ReplaceReason | None = None


@dataclass(frozen=True, slots=True)
class SavingLink:
    """The holder is proved; the link is being written. Nothing waits for a person here."""

    ticket: Ticket
    draft: Draft
    insertion: Insertion
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """連携登録ができました: what the card cannot do, keep the library card, take both cards."""

    draft: Draft
    pending: bool
    replaced: bool


@dataclass(frozen=True, slots=True)
class RegistrationRefused:
    """One cause, one next step; the library card keeps working."""

    draft: Draft
    problem: Problem


# --- proof that the holder is here and agrees -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkGoal:
    """The PIN is asked for to link."""

    draft: Draft
    reading: CardReading
    replaces: ReplaceReason | None = None


@dataclass(frozen=True, slots=True)
class LendGoal:
    """The PIN is asked for to lend (`lending_pin`)."""

    reading: CardReading
    number: LibraryCardNumber


Goal = LinkGoal | LendGoal


@dataclass(frozen=True, slots=True)
class ReadingTries:
    """The card is asked how many tries are left; none is spent."""

    ticket: Ticket
    insertion: Insertion
    goal: Goal
    slow: bool = False


@dataclass(frozen=True, slots=True)
class LastTryWarning:
    """One try left: the pad stays closed until the patron chooses to go on. `after_mistake` when a PIN was just wrong."""

    insertion: Insertion
    goal: Goal
    after_mistake: bool = False


@dataclass(frozen=True, slots=True)
class AskingPin:
    """The pad is open. `typed` digits are in it (0-4); which ones, only the pad knows."""

    insertion: Insertion
    goal: Goal
    tries_left: int
    typed: int = 0
    after_mistake: bool = False
    barcode_cleared: bool = False
    """The pad threw away what looked like a barcode."""


@dataclass(frozen=True, slots=True)
class CheckingPin:
    """VERIFY and the signature are under way."""

    ticket: Ticket
    insertion: Insertion
    goal: Goal
    slow: bool = False


Proof = ReadingTries | LastTryWarning | AskingPin | CheckingPin

# --- unlinking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChoosingUnlinkReason:
    pass


@dataclass(frozen=True, slots=True)
class AskingUnlinkNumber:
    """By library card number; the My Number Card is not needed. For a lost card, `card_stopped` must be answered first."""

    reason: UnlinkReason
    card_stopped: bool | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class FindingLinkToClose:
    ticket: Ticket
    reason: UnlinkReason
    number: LibraryCardNumber
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class ConfirmingUnlink:
    reason: UnlinkReason
    link: Link
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class ClosingLink:
    ticket: Ticket
    reason: UnlinkReason
    number: LibraryCardNumber
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Done; for a lost card, what to tell the caller."""

    reason: UnlinkReason
    number: LibraryCardNumber
    pending: bool
    card_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class UnlinkingRefused:
    problem: Problem


# --- pages beside the flows -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShowingStatus:
    """状況: reader, store, links, revocation setting; facts come from the projection, not from here."""


@dataclass(frozen=True, slots=True)
class ShowingHelp:
    """使い方."""


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Our own code failed; staff are asked, the session is wiped."""

    incident: str


LendingFlow = Waiting | Reading | FindingLink | LookingUpPatron | ConfirmingHolder | PatronShown | LendingRefused
RegistrationFlow = (
    ChoosingApplicant
    | ExplainingRecord
    | CheckingGuardian
    | AwaitingLibraryCard
    | CheckingLibraryCard
    | AwaitingMyNumberCard
    | ReadingMyNumberCard
    | FindingLinks
    | ChoosingReplacement
    | AlreadyLinked
    | ConfirmingLink
    | SavingLink
    | Registered
    | RegistrationRefused
)
UnlinkingFlow = (
    ChoosingUnlinkReason | AskingUnlinkNumber | FindingLinkToClose | ConfirmingUnlink | ClosingLink | Unlinked | UnlinkingRefused
)
Flow = LendingFlow | RegistrationFlow | Proof | UnlinkingFlow | ShowingStatus | ShowingHelp | OutOfOrder

# --- the whole counter ------------------------------------------------------------------------------------------------


@unique
class When(StrEnum):
    """How often something is asked for at lending."""

    NEVER = "never"
    FIRST_OF_DAY = "first-of-day"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class CounterRules:
    """What the library has decided about its counter (the config says it; see config.py for the meaning of each)."""

    barcode: BarcodeRule = field(default_factory=BarcodeRule)
    confirm_holder: When = When.ALWAYS
    lending_pin: When = When.NEVER
    end_on_lift: bool = False
    single_display: bool = False
    staff_code: str = ""
    idle_seconds: float = 60
    warning_seconds: float = 30
    done_seconds: float = 8
    card_left_seconds: float = 5


@unique
class Screen(StrEnum):
    """Who holds the single display. With two displays it stays STAFF."""

    STAFF = "staff"
    OFFERED = "offered"
    """「ここからは、ご自身で操作してください」: to be turned to the patron."""
    PATRON = "patron"
    RETURNING = "returning"
    """「職員に画面をお返しください」."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: the flow it is in and what is true around every flow."""

    rules: CounterRules
    today: date
    flow: Flow = field(default_factory=Waiting)
    last_ticket: Ticket = Ticket(0)
    reader: ReaderCondition = ReaderCondition.STARTING
    cards: tuple[Insertion, ...] = ()
    """The cards lying on readers now, in the order they came."""
    spent: frozenset[Insertion] = frozenset()
    """Lying cards that have had their session; they count again only when lifted and laid anew."""
    language: Language = Language.JAPANESE
    screen: Screen = Screen.STAFF
    wrong_staff_code: bool = False
    idle_ticket: Ticket = Ticket(0)
    idle_warning: bool = False
    """「続けますか」 is shown; the session closes when `idle_ticket`'s time is up."""
    card_left: int = 0
    """0: no card was left; 1: said to the patron; 2: said again; 3: staff are told."""
    card_left_ticket: Ticket = Ticket(0)
    seen_today: frozenset[LinkToken] = frozenset()
    """Holders confirmed today (`confirm_holder = first-of-day`); forgotten at midnight and never written down."""
    proved_today: frozenset[LinkToken] = frozenset()


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """What the windows show around the flow: facts of the program, not of any session."""

    counter_name: str
    revocation_checked: bool
    """False: `revocation = none`, said on the staff home (公的個人認証法38条の4)."""
    authorities: int
    """Pinned authorities; without any, no card is accepted."""
    links: int = 0
    registered_this_month: int = 0
    uses_this_month: int = 0
    pending: int = 0
    """Acts in the outbox that the library's server has not confirmed."""
    has_registry: bool = False
    has_ils: bool = False
    demo: bool = False
    warnings: tuple[str, ...] = ()
    """Keys of further sentences for the status page (`staff.status.…`), worst first: no recovery sheet, CRL stale, store trouble."""
