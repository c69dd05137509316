"""The whole counter: the flow it is in and what is true around every flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, unique

from kiosk.domain.circulation import Item, Outcome
from kiosk.domain.clock import ClockBounds
from kiosk.domain.effects import LookAgain, PrintSlip
from kiosk.domain.errors import Code
from kiosk.domain.health import Finding, unseen
from kiosk.domain.model import (
    IlsCondition,
    Insertion,
    Language,
    LibraryCardNumber,
    LinkToken,
    LocalService,
    ReaderCondition,
    Service,
    SlipKind,
    Ticket,
)
from kiosk.domain.rules import BarcodeRule, StartStop
from kiosk.domain.slip import Slip
from kiosk.domain.states.asked import Asked
from kiosk.domain.states.ended import Ended
from kiosk.domain.states.lending import LendingFlow, Waiting
from kiosk.domain.states.outoforder import OutOfOrder
from kiosk.domain.states.pages import Section
from kiosk.domain.states.problem import Problem
from kiosk.domain.states.proof import Interrupted, Proof
from kiosk.domain.states.registration import RegistrationFlow
from kiosk.domain.states.serving import ServingFlow
from kiosk.domain.states.unlinking import UnlinkingFlow

Flow = LendingFlow | ServingFlow | RegistrationFlow | Proof | UnlinkingFlow | OutOfOrder


@unique
class When(StrEnum):
    """How often something is asked for at lending."""

    NEVER = "never"
    FIRST_OF_DAY = "first-of-day"
    ALWAYS = "always"


@unique
class HandoverWhen(StrEnum):
    """When the library card number is typed into the window of another program."""

    OFF = "off"
    ON_TAP = "on-tap"
    """As soon as the patron is shown."""
    ON_CHOICE = "on-choice"
    """When a service is chosen that another program serves."""


@dataclass(frozen=True, slots=True)
class CounterRules:
    """What the library has decided about its counter (the config says it; see config.py for the meaning of each)."""

    barcode: BarcodeRule = field(default_factory=BarcodeRule)
    confirm_holder: When = When.ALWAYS
    lending_pin: When = When.NEVER
    end_on_lift: bool = False
    local_services: tuple[LocalService, ...] = ()
    handover: HandoverWhen = HandoverWhen.OFF
    items_start_stop: StartStop = StartStop.STRIP
    prints_slips: bool = False
    slip_printer: str = ""
    """As the config names it; empty for the system's own choice."""
    slip: SlipKind = SlipKind.NONE
    """What is printed at the end of a patron's session unless staff choose otherwise."""
    single_display: bool = False
    staff_code: str = field(default="", repr=False)
    idle_seconds: float = 60
    library_card_seconds: float = 900
    """Instead of `idle_seconds` while a registration waits for a library card: it may be made in that very moment."""
    warning_seconds: float = 30
    done_seconds: float = 8
    card_left_seconds: float = 5
    wait_seconds: float = 10
    """How long a card waits behind one that does not answer."""


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
class Paper:
    """A slip on its way to the printer."""

    ticket: Ticket
    slip: Slip = field(repr=False)
    trouble: Code | None = None
    """Why it did not come out; None while it is being printed."""
    at: datetime | None = None
    """When that was known."""


@dataclass(frozen=True, slots=True)
class Tried:
    """「いま試す」 was pressed: what became of it is `Counter.ils`."""

    under_way: bool = True
    at: datetime | None = None
    """When the answer came; None while it has not, or where nobody knows the time."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an ended session has left in doubt, until it has been looked at once more."""

    due: Ticket
    """Of the timer until the next look; 0 while one is under way, or while it waits for the line to the library's system."""
    service: Service
    number: LibraryCardNumber
    item: Item = field(repr=False)
    at: datetime | None = None
    """When the session ended."""
    asked: Ticket = Ticket(0)
    looks: int = 0
    """So many have begun on a line that was there."""


@dataclass(frozen=True, slots=True)
class Late:
    """What was done after it had been said that it was not, or not known; staff find whose it is by the item's number."""

    service: Service
    item: Item = field(repr=False)
    masked: str = ""
    """Whose it is, as the audit trail writes it."""
    at: datetime | None = None
    """When that session ended."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What was not to be found, or could not be asked about, in the last look after its session. Nothing of whose it is."""

    service: Service
    item: Item = field(repr=False)
    outcome: Outcome = Outcome.UNKNOWN
    """REFUSED: as of then it had not been done. UNKNOWN: that could not be told."""
    at: datetime | None = None
    """When it was looked for."""


@dataclass(frozen=True, slots=True)
class MoreTime:
    """What staff have asked for in this session, so that idle time does not close it while they fetch something."""

    ticket: Ticket = Ticket(0)
    """Of the timer that runs now; 0 while none does."""
    queued: int = 0
    """How many times more when that is over."""
    used: int = 0


@dataclass(frozen=True, slots=True)
class Stray:
    """A card that is not accepted here, on its reader."""

    insertion: Insertion
    problem: Problem


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """What the windows show around the flow: facts of the program, not of any session."""

    counter_name: str = ""
    revocation_checked: bool = False
    """False: `revocation = none`, said on the staff home (公的個人認証法38条の4)."""
    stale_lists_accepted: bool = False
    """`crl_max_age = unlimited`: cards are accepted on the word of a revocation list however old. Said as `none` is."""
    findings: tuple[Finding, ...] = ()
    """What was found when it was looked at last: one of each check of WATCHED at most."""
    has_registry: bool = False
    demo: bool = False
    practice: bool = False
    """A demo on real readers: both windows say so, since it looks like the counter."""

    def finding(self, check: str) -> Finding:
        """What is known of this; unseen where it was not looked at yet."""
        return next((finding for finding in self.findings if finding.check == check), unseen(check))


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: the flow it is in and what is true around every flow."""

    rules: CounterRules
    today: date
    clock: ClockBounds = field(default_factory=ClockBounds)
    """Outside of them `today` cannot be right."""
    now: datetime | None = field(default=None, compare=False)
    """When that happens which happens now (aware); None where nobody tells. By itself it changes nothing that is shown."""
    monotonic: float = field(default=0, compare=False)
    """The same in seconds of a clock that nobody sets."""
    facts: CounterFacts = field(default_factory=CounterFacts)
    found_at: Mapping[str, float] = field(default_factory=dict, compare=False)
    """By check: `monotonic` when what is known of it was found."""
    flow: Flow = field(default_factory=Waiting)
    beside: Section | None = None
    """状況 or 使い方 lies over the page of the flow, which goes on beneath."""
    leaving_for: Section | None = None
    """Staff have pressed this in the rail, and are asked whether to leave unfinished work for it."""
    last_ticket: Ticket = Ticket(0)
    reader: ReaderCondition = ReaderCondition.STARTING
    reader_names: tuple[str, ...] = ()
    reader_wanted: str = ""
    """The reader the configuration names, and those that come into question now."""
    reader_incident: str = ""
    """The bug that keeps the readers from being watched, where one does."""
    reader_before: ReaderCondition | None = None
    """While the service is silent: what was last heard of the readers."""
    ils: IlsCondition = IlsCondition.NONE
    tried: Tried | None = None
    """The last time staff had it tried at once, as long as that tells anything."""
    doubt: Problem | None = None
    """What was found of the store: it refuses every card until staff have confirmed that."""
    papers: tuple[Paper, ...] = ()
    """Slips that are being printed, and those that did not come out."""
    doubts: tuple[Doubt, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    late: tuple[Late, ...] = ()
    """To be told to staff until they have seen it, on whatever page."""
    cards: tuple[Insertion, ...] = ()
    """The cards lying on readers now, in the order they came."""
    interrupted: Interrupted | None = None
    """The proof that broke off in this session, and why."""
    spent: frozenset[Insertion] = frozenset()
    """Lying cards that have had their session; they count again only when lifted and laid anew."""
    refused: tuple[Stray, ...] = ()
    """Lying cards that somebody brought and that were not accepted."""
    strays: frozenset[Insertion] = frozenset()
    """Lying cards that nobody brought, or that staff leave there: read at most once, and never spoken of to the patron."""
    stray_notice: Stray | None = None
    """What staff are told of one of them."""
    strays_told: frozenset[str] = frozenset()
    """Readers whose stray card staff have been told of."""
    language: Language = Language.JAPANESE
    screen: Screen = Screen.STAFF
    wrong_staff_code: bool = False
    ended: Ended | None = None
    """The session that was closed because nobody went on with it, or that somebody left before it was finished."""
    idle_ticket: Ticket = Ticket(0)
    idle_warning: bool = False
    """「続けますか」 is shown; the session closes when `idle_ticket`'s time is up."""
    more_time: MoreTime = field(default_factory=MoreTime)
    card_left: int = 0
    """How often the sound has called for the card that lies there; the patron may read of it before the first time. 3: staff are told too.

    2 as well once staff have seen it, until they are reminded.
    """
    card_left_ticket: Ticket = Ticket(0)
    former: frozenset[Insertion] = frozenset()
    """Of the cards left lying, those after whose session another has begun: their owners have gone, and only staff are told."""
    left_language: Language | None = None
    """Of whoever's card lies there and is not needed any more; None while there is none."""
    seen_today: frozenset[LinkToken] = frozenset()
    """Holders confirmed today (`confirm_holder = first-of-day`); forgotten at midnight and never written down."""
    proved_today: frozenset[LinkToken] = frozenset()

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        """The questions that are open: the flow's, and those that outlive one."""
        looks = tuple(Asked(LookAgain, doubt.asked) for doubt in self.doubts if doubt.asked)
        slips = tuple(Asked(PrintSlip, paper.ticket) for paper in self.papers if paper.trouble is None)
        return (*self.flow.waits_for, *looks, *slips)

    @property
    def reads_cards(self) -> bool:
        """Whether a card that is laid would be seen, or may be soon: the readers are only being looked for."""
        return self.reader in (ReaderCondition.READY, ReaderCondition.STARTING)

    @property
    def doubts_clock(self) -> bool:
        return not self.clock.admits_day(self.today)
