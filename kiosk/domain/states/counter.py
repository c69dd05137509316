"""The whole counter: its current flow and everything that outlives one flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from kiosk.domain.clock import ClockBounds
from kiosk.domain.effects import LookAgain, PrintSlip
from kiosk.domain.field_targets import FieldTarget
from kiosk.domain.health import Finding, unseen
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import (
    IlsCondition,
    Insertion,
    Language,
    LinkToken,
    LocalService,
    ReaderCondition,
    RefusedOperation,
    RegistryCondition,
    Ticket,
)
from kiosk.domain.rules import BarcodeRule, StartStop
from kiosk.domain.slip import SlipKind
from kiosk.domain.states.asked import Asked
from kiosk.domain.states.ended import Ended
from kiosk.domain.states.fields import Fields
from kiosk.domain.states.lending import LendingFlow, Waiting
from kiosk.domain.states.outliving import Doubt, Late, MoreTime, Paper, Stray, Tried, Unclear
from kiosk.domain.states.outoforder import OutOfOrder
from kiosk.domain.states.pages import Section
from kiosk.domain.states.problem import Problem
from kiosk.domain.states.proof import Interrupted, Proof
from kiosk.domain.states.registration import RegistrationFlow
from kiosk.domain.states.serving import ServingFlow
from kiosk.domain.states.unlinking import UnlinkingFlow

if TYPE_CHECKING:
    from uuid import UUID

    from kiosk.domain.operations import UnsentUnlinking

Flow = LendingFlow | ServingFlow | RegistrationFlow | Proof | UnlinkingFlow | OutOfOrder


@unique
class When(StrEnum):
    """How often a step of lending is required."""

    NEVER = "never"
    FIRST_OF_DAY = "first-of-day"
    ALWAYS = "always"


@unique
class HandoverWhen(StrEnum):
    """When the library card number is typed into another program's window."""

    OFF = "off"
    ON_TAP = "on-tap"
    """As soon as the patron is shown."""
    ON_CHOICE = "on-choice"
    """When a service handled by another program is chosen."""


@dataclass(frozen=True, slots=True)
class CounterRules:
    """The library's decisions about its counter, as configured; `resources/config.toml` explains each."""

    barcode: BarcodeRule = field(default_factory=BarcodeRule)
    confirm_holder: When = When.ALWAYS
    lending_pin: When = When.NEVER
    end_on_lift: bool = False
    local_services: tuple[LocalService, ...] = ()
    handover: HandoverWhen = HandoverWhen.OFF
    handover_window: bool = False
    """There is a window for the services that have no field of their own."""
    handover_targets: tuple[FieldTarget, ...] = ()
    """Those in force. The configuration may have others by now."""
    local_api: bool = False
    """Programs on this computer may ask for the number."""
    items_start_stop: StartStop = StartStop.STRIP
    prints_slips: bool = False
    slip_printer: str = ""
    """As named in the configuration; empty for the system's default printer."""
    slip: SlipKind = SlipKind.NONE
    """What is printed at the end of a patron's session unless staff choose otherwise."""
    single_display: bool = False
    staff_code: str = field(default="", repr=False)
    idle_seconds: float = 60
    library_card_seconds: float = 900
    """Replaces `idle_seconds` while a registration waits for a library card, which may be being issued at that moment."""
    warning_seconds: float = 30
    done_seconds: float = 8
    card_left_seconds: float = 5
    wait_seconds: float = 10
    """How long a card waits behind one that does not respond."""


@unique
class Screen(StrEnum):
    """Who holds the single display. Always STAFF with two displays."""

    STAFF = "staff"
    OFFERED = "offered"
    """Shows 「ここからは、ご自身で操作してください」 until the display has been turned to the patron."""
    PATRON = "patron"
    RETURNING = "returning"
    """Shows 「職員に画面をお返しください」."""


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """What the windows show around the flow: facts about the program, not about any session."""

    counter_name: str = ""
    revocation_checked: bool = False
    """False: `revocation = none`, shown on the staff home page (公的個人認証法38条の4)."""
    stale_lists_accepted: bool = False
    """`crl_max_age = unlimited`: revocation lists of any age are trusted. Shown wherever `none` would be."""
    findings: tuple[Finding, ...] = ()
    """The latest findings, at most one for each check in WATCHED."""
    restarted: bool = False
    """The program crashed a moment ago. Whether the session of a card that lies there was over, nobody knows: it is not read until placed
    again.
    """
    demo: bool = False
    practice: bool = False
    """A demo for staff to practise. Both windows show it, since it looks like a working counter."""

    def finding(self, check: str) -> Finding:
        """The finding of this check, or an `unseen` one if it has not run yet."""
        return next((finding for finding in self.findings if finding.check == check), unseen(check))


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: its current flow and everything that outlives one flow."""

    rules: CounterRules
    today: date
    clock: ClockBounds = field(default_factory=ClockBounds)
    """If `today` lies outside these bounds, the clock is wrong."""
    now: datetime | None = field(default=None, compare=False)
    """Time of the current event, aware; None if unknown. Does not change anything shown by itself."""
    monotonic: float = field(default=0, compare=False)
    """The same in seconds on a monotonic clock."""
    next_operation: UUID | None = field(default=None, compare=False)
    """Names the operation on links that the current event may lead to; drawn anew for each."""
    facts: CounterFacts = field(default_factory=CounterFacts)
    found_at: Mapping[str, float] = field(default_factory=dict, compare=False)
    """By check: the value of `monotonic` when its finding was made."""
    flow: Flow = field(default_factory=Waiting)
    beside: Section | None = None
    """状況, 使い方 or 番号を入れる欄 covers the page of the flow, which continues underneath."""
    fields: Fields | None = None
    """番号を入れる欄, while it is what lies beside."""
    leaving_for: Section | None = None
    """The part of the rail staff pressed while work was unfinished; they are being asked whether to leave."""
    last_ticket: Ticket = Ticket(0)
    reader: ReaderCondition = ReaderCondition.STARTING
    reader_names: tuple[str, ...] = ()
    reader_wanted: str = ""
    """The reader the configuration names, and those that come into question now."""
    reader_incident: str = ""
    """The bug that keeps the readers from being watched, where one does."""
    reader_before: ReaderCondition | None = None
    """The last known reader condition while the PC/SC service does not respond."""
    ils: IlsCondition = IlsCondition.NONE
    tried: Tried | None = None
    """The last manual retry, while its result is still worth showing."""
    registry: RegistryCondition = RegistryCondition.NONE
    registry_since: datetime | None = None
    """When the register last answered, or shut this counter out; None if not known."""
    registry_loading: tuple[int, int] | None = None
    """Of the links that are arriving from the register: how many have, and about how many there are; None if none are."""
    registry_clock: int = 0
    """Whole seconds by which the register's clock is ahead of this computer's; 0 where they agree, or it is not known."""
    registry_retiring: bool = False
    """This counter is to deliver what it holds, and then to leave the register."""
    restart_needed: bool = False
    """The counter was enrolled, or given another server, beside this program."""
    registry_differed: datetime | None = None
    """When the links here were found not to be the register's, and fetched anew, until staff have seen it."""
    unsent_unlinkings: tuple[UnsentUnlinking, ...] = ()
    """What is stopped at this counter alone until the register has answered, oldest first."""
    refused_operations: tuple[RefusedOperation, ...] = ()
    """What was done here and refused by the register: shown to staff until they have seen it."""
    doubt: Problem | None = None
    """A problem found in the store: every card is refused until staff have acknowledged it."""
    papers: tuple[Paper, ...] = ()
    """Slips being printed, and those that failed."""
    doubts: tuple[Doubt, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    late: tuple[Late, ...] = ()
    """Shown to staff on every page until they have acknowledged it."""
    cards: tuple[Insertion, ...] = ()
    """Cards now on readers, in order of arrival."""
    interrupted: Interrupted | None = None
    """The proof interrupted in this session, and why."""
    spent: frozenset[Insertion] = frozenset()
    """Cards still present whose session is over; ignored until removed and placed again."""
    refused: tuple[Stray, ...] = ()
    """Cards still present that somebody placed and that were not accepted."""
    strays: frozenset[Insertion] = frozenset()
    """Cards present that nobody placed, or that staff leave there: read at most once, never mentioned to the patron."""
    stray_notice: Stray | None = None
    """The notice about one of them, for staff."""
    strays_told: frozenset[str] = frozenset()
    """Readers whose stray card staff have already been told about."""
    language: Language = Language.JAPANESE
    screen: Screen = Screen.STAFF
    wrong_staff_code: bool = False
    ended: Ended | None = None
    """The session that timed out, or that somebody left unfinished."""
    idle_ticket: Ticket = Ticket(0)
    idle_warning: bool = False
    """「続けますか」 is shown; the session closes when the timer `idle_ticket` expires."""
    more_time: MoreTime = field(default_factory=MoreTime)
    card_left: int = 0
    """How often the sound has played for the card left behind; the patron may be told before the first. At 3 staff are told too; once they
    have acknowledged it, it returns to 2 until they are reminded.
    """
    card_left_ticket: Ticket = Ticket(0)
    former: frozenset[Insertion] = frozenset()
    """Cards left behind by patrons whose session was followed by another: their owners have gone, so only staff are told."""
    left_language: Language | None = None
    """Language of the owner of a card that is no longer needed but still present; None if there is none."""
    seen_today: frozenset[LinkToken] = frozenset()
    """Holders confirmed today (`confirm_holder = first-of-day`); forgotten at midnight and never written to disk."""
    proved_today: frozenset[LinkToken] = frozenset()

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        """All open questions: the flow's own, and those that outlive a flow."""
        looks = tuple(Asked(LookAgain, doubt.asked) for doubt in self.doubts if doubt.asked)
        slips = tuple(Asked(PrintSlip, paper.ticket) for paper in self.papers if paper.trouble is None)
        fields = () if self.fields is None else self.fields.waits_for
        return (*self.flow.waits_for, *looks, *slips, *fields)

    @property
    def reads_cards(self) -> bool:
        """Whether a card placed now would be read, or soon may be because the readers are still being detected."""
        return self.reader in (ReaderCondition.READY, ReaderCondition.STARTING)

    @property
    def doubts_clock(self) -> bool:
        return not self.clock.admits_day(self.today)
