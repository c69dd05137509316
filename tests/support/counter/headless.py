"""A counter without windows: the real conductor, card thread, watch and store, with a queue instead of Qt's loop.

The test is the GUI thread: it sends what people do and takes answers of card, reader and store from the queue, with a timeout and without
sleeping. Timers are only recorded; the test fires them. Cards are in one of the worlds of `tests/support/cards/readers.py`.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

from kiosk.checks.stored_data import check_store
from kiosk.domain.events import (
    ApplicantChosen,
    CardPlaced,
    Event,
    LastTryChosen,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    NextPressed,
    PadConfirmed,
    PadTyped,
    RegistrationChosen,
    TimeUp,
)
from kiosk.domain.model import Applicant, IlsCondition, Insertion, LibraryCardNumber, LinkToken, Sound, Ticket
from kiosk.domain.pin import Pin
from kiosk.domain.states import (
    AskingPin,
    AwaitingMyNumberCard,
    ConfirmingLink,
    Counter,
    CounterFacts,
    CounterRules,
    Flow,
    LastTryWarning,
    Waiting,
)
from kiosk.effects import Conductor, LibrarySystem, Outside
from kiosk.smartcard import apdu
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.card_thread import SLOW_AFTER, CardThread
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.smartcard.virtual.card import Answer, VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.cards.readers import World
from tests.support.wait import LIMIT

TODAY = date(2026, 11, 23)
KEYS = Keys(bytes(range(32)), bytes(range(32, 64)))
Kind = TypeVar("Kind")
Trace = list[tuple[str, object]]
"""What happened, in order: "shown" with the state, "press" with the insertion, "verify" with the card's name."""


@dataclass
class WatchedCard(VirtualCard):
    """A card that records all commands, digits included, and logs each used try in `trace`."""

    sent: list[bytes] = field(default_factory=list, init=False, repr=False)
    trace: Trace = field(default_factory=list, init=False, repr=False)

    def answer(self, command: bytes) -> Answer:
        self.sent.append(bytes(command))
        if apdu.VERIFY == command[1] and len(command) > 5:
            self.trace.append(("verify", self.name))
        return super().answer(command)

    @property
    def pins(self) -> list[bytes]:
        """The data of every VERIFY that had any."""
        return [command[5:] for command in self.sent if command[1] == apdu.VERIFY and len(command) > 5]


def watched(card: VirtualCard, **changes: object) -> WatchedCard:
    """A fresh card with the same certificate and key."""
    return WatchedCard(**{one.name: getattr(card, one.name) for one in fields(card) if one.init} | changes)


@pytest.fixture(scope="module")
def deck() -> Deck:
    """Virtual cards of every kind, with an authority of their own."""
    return Deck(demo=False)


@pytest.fixture(scope="module")
def judge(deck: Deck) -> CardJudge:
    return judge_for(deck)


def judge_for(deck: Deck) -> CardJudge:
    return judge_by(deck.authority, KEYS.site)


def judge_by(authority: VirtualAuthority, site_key: bytes) -> CardJudge:
    return CardJudge([Authority(authority.der)], NoRevocation(), site_key, lambda: datetime.now(UTC))


def token_of(judge: CardJudge, card: VirtualCard) -> LinkToken:
    return judge.judge(card.certificate or b"", "JPKIAPICCTOKEN2").reading.token


class HeadlessCounter:
    """One counter with its two readers. Use as a context manager."""

    def __init__(
        self,
        world: World,
        judge: CardJudge,
        store: Path,
        rules: CounterRules | None = None,
        *,
        keys: Keys = KEYS,
        library: LibrarySystem | None = None,
        slow_after: float = SLOW_AFTER,
    ) -> None:
        self.world = world
        self.repository = Repository(store, keys, "窓口1", lambda: datetime.now(UTC))
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.shown: list[Counter] = []
        """Every state the windows would have shown."""
        self.heard: list[tuple[Counter, Event]] = []
        """Every event with the state in which it arrived."""
        self.timers: list[tuple[Ticket, float]] = []
        self.trace: Trace = []
        self._card = CardThread(world.readers, judge, self._queue.put, slow_after=slow_after)
        self._watch = CardWatch(world.monitor, self._queue.put)
        outside = Outside(
            card=self._card,
            links=self.repository,
            post=self._queue.put,
            start_timer=lambda ticket, seconds: self.timers.append((ticket, seconds)),
            play=self._play,
            show_state=self._show_state,
            look_at_store=lambda: check_store(self.repository),
            library=library,
        )
        ils = IlsCondition.NONE if library is None else IlsCondition.STARTING
        self.conductor = Conductor(Counter(rules or CounterRules(), TODAY, facts=CounterFacts("窓口1"), ils=ils), outside)

    def __enter__(self) -> HeadlessCounter:
        self._card.start()
        self._watch.start()
        self.until(lambda counter: counter.reader == "ready")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        ended = self._watch.stop(), self._card.stop()
        self.conductor.stop(limit=LIMIT)
        self.repository.close()
        assert error is not None or ended == (True, True)

    # --- what the counter does ------------------------------------------------------------------------------------------

    @property
    def counter(self) -> Counter:
        return self.conductor.counter

    @property
    def flow(self) -> Flow:
        return self.counter.flow

    def _show_state(self, counter: Counter) -> None:
        self.shown.append(counter)
        self.trace.append(("shown", counter.flow))

    def _play(self, sound: Sound) -> None:
        """Sounds are not played."""

    def until(self, fits: Callable[[Counter], bool], limit: float = LIMIT) -> Counter:
        """Process events until the counter satisfies `fits`. Fails the test on timeout."""
        end = time.monotonic() + limit
        while not fits(self.counter):
            try:
                event = self._queue.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"still {self.counter} after {[event for _, event in self.heard[-8:]]}") from None
            self._happen(event)
        return self.counter

    def until_at(self, *kinds: type[Kind]) -> Kind:
        """Process events until the flow is of one of these kinds."""
        self.until(lambda counter: isinstance(counter.flow, kinds))
        assert isinstance(self.flow, kinds)
        return self.flow

    def let_happen(self) -> None:
        """Process the events already queued, and no more."""
        while not self._queue.empty():
            self._happen(self._queue.get())

    def _happen(self, event: Event) -> None:
        self.heard.append((self.counter, event))
        self.conductor.happen(event)

    # --- what people do -------------------------------------------------------------------------------------------------

    def say(self, *events: Event) -> None:
        for event in events:
            self._happen(event)

    def press_pin(self, digits: bytes) -> None:
        """Type on the pad and press its confirm key once, as the pad does."""
        for count in range(1, len(digits) + 1):
            self.say(PadTyped(count))
        self.trace.append(("press", getattr(self.flow, "insertion", None)))
        self.heard.append((self.counter, PadConfirmed()))
        self.conductor.confirm_pin(Pin(bytearray(digits)))

    def lay(self, card: VirtualCard, slot: int = 0) -> Insertion:
        """Place a card and wait until the counter has noticed."""
        known = len(self.heard)
        if isinstance(card, WatchedCard):
            card.trace = self.trace
        self.world.lay(card, slot)
        name = self.world.names[slot]
        return self._hear(CardPlaced, lambda event: event.insertion.reader == name, known).insertion

    def lift(self, slot: int = 0) -> None:
        """Remove the card there and wait until the counter has noticed."""
        name = self.world.names[slot]
        self.world.lift(slot)
        self.until(lambda counter: all(insertion.reader != name for insertion in counter.cards))

    def lift_all(self) -> None:
        for slot, name in enumerate(self.world.names):
            if any(insertion.reader == name for insertion in self.counter.cards):
                self.lift(slot)

    def _hear(self, kind: type[CardPlaced], fits: Callable[[CardPlaced], bool], known: int) -> CardPlaced:
        def found() -> CardPlaced | None:
            return next((event for _, event in self.heard[known:] if isinstance(event, kind) and fits(event)), None)

        self.until(lambda counter: found() is not None)
        event = found()
        assert event is not None
        return event

    def fire(self, ticket: Ticket) -> None:
        """Let a timer expire."""
        self.say(TimeUp(ticket))

    def begin_library(self) -> None:
        """Connect to the library system, as the program does at its start."""
        self.conductor.keep_library_alive()
        self.until(lambda counter: counter.ils is IlsCondition.READY)

    # --- whole stretches of a registration ------------------------------------------------------------------------------

    def begin_registration(self, number: str) -> None:
        """Go from anywhere to the card step; the card may be there already."""
        self.say(RegistrationChosen(), ApplicantChosen(Applicant.SELF), NextPressed(), LibraryCardEntered(number))
        self.until(lambda counter: getattr(getattr(counter.flow, "draft", None), "patron", None) is not None)

    def agree(self) -> None:
        """Go from a card just placed to the open pad."""
        self.until_at(ConfirmingLink)
        self.say(LinkAgreed())
        if isinstance(self.until_at(AskingPin, LastTryWarning), LastTryWarning):
            self.say(LastTryChosen())

    def link_of(self, number: str) -> LinkToken | None:
        link = self.repository.find_by_number(LibraryCardNumber(number))
        return link.token if link else None

    def lay_for_registration(self, card: VirtualCard, slot: int = 0) -> None:
        self.until_at(AwaitingMyNumberCard)
        self.lay(card, slot)

    def end(self) -> None:
        """All cards are removed and the session is left, after waiting for pending answers."""
        self.lift_all()
        self.say(LeavePressed())
        while not isinstance(self.flow, Waiting):
            before = len(self.heard)
            self.until(lambda counter: len(self.heard) > before)  # noqa: B023 - asked before it changes
            self.say(LeavePressed())
        self.until(lambda counter: not counter.cards)
