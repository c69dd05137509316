"""Carries out what the machines ask for, each on its own thread, and brings the answers back as events.

GUI thread: `Conductor.happen` (machine, projection, timers, sounds). Card thread: everything said to a card. Work thread (one):
store and library system, on the patron's behalf. Nothing here waits for an answer.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from kiosk.domain.effects import (
    CloseLink,
    Effect,
    FindLinks,
    LookUpPatron,
    Play,
    ReadCard,
    ReadTries,
    RecordAct,
    ReleaseCard,
    SaveLink,
    StartTimer,
    VerifyPin,
)
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.events import (
    Broke,
    CardFailed,
    Event,
    LinkClosed,
    LinkSaved,
    LinksFound,
    PadConfirmed,
    PatronFound,
    PatronRefused,
    StoreFailed,
)
from kiosk.domain.machine import step
from kiosk.domain.model import (
    Insertion,
    LibraryCardNumber,
    Link,
    LinkToken,
    Patron,
    Pin,
    ReplaceReason,
    Revocation,
    Sound,
    Ticket,
    UnlinkReason,
)
from kiosk.domain.states import Counter, CounterFacts
from kiosk.log import record_incident

log = logging.getLogger("kiosk.effects")

PatronLookUp = Callable[[LibraryCardNumber], Patron]
"""The door to the library system: raises KioskError; called on the work thread."""


class CardCommands(Protocol):
    """What is said to the card thread; every call only enqueues."""

    def read(self, ticket: Ticket, insertion: Insertion) -> None: ...
    def tries(self, ticket: Ticket, insertion: Insertion) -> None: ...
    def verify(self, ticket: Ticket, insertion: Insertion, pin: Pin) -> None: ...
    def release(self, insertion: Insertion) -> None: ...


class Links(Protocol):
    """What is asked of the store, on the work thread. Every method raises KioskError."""

    def links_for(self, token: LinkToken | None, number: LibraryCardNumber | None) -> tuple[Link | None, Link | None]: ...
    def save_link(
        self,
        operation: uuid.UUID,
        token: LinkToken,
        number: LibraryCardNumber,
        *,
        revocation: Revocation,
        by_guardian: bool,
        replaces: ReplaceReason | None,
    ) -> bool: ...
    def close_link(self, operation: uuid.UUID, number: LibraryCardNumber, reason: UnlinkReason) -> bool: ...
    def record(self, act: RecordAct) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything the conductor reaches; `post` brings an event home to the GUI thread from any thread."""

    card: CardCommands
    links: Links
    post: Callable[[Event | CounterFacts], None]
    start_timer: Callable[[Ticket, float], None]
    play: Callable[[Sound], None]
    project: Callable[[Counter, CounterFacts], None]
    read_facts: Callable[[CounterFacts], CounterFacts]
    """Counts anew, on the work thread, what the windows show around the flow."""
    patrons: PatronLookUp | None = None
    """None where no library system is connected: then every library card is taken unchecked, and the screens say so."""


class Conductor:
    """Owns the counter's state. Lives on the GUI thread."""

    def __init__(self, counter: Counter, facts: CounterFacts, outside: Outside) -> None:
        self.counter = counter
        self.facts = facts
        self._outside = outside
        self._pin: Pin | None = None
        self._work = ThreadPoolExecutor(max_workers=1, thread_name_prefix="work")

    def happen(self, event: Event | CounterFacts) -> None:
        """Let one event happen: the machine decides, the windows show it, then the effects are carried out."""
        if isinstance(event, CounterFacts):
            self.facts = event
            self._outside.project(self.counter, self.facts)
            return
        before = self.counter
        self.counter, effects = step(before, event)
        for effect in effects:
            self._carry_out(effect)
        if self.counter != before:
            self._outside.project(self.counter, self.facts)

    def confirm_pin(self, pin: Pin) -> None:
        """The pad's confirm key was pressed: let it happen, with `pin` for the one VERIFY that may follow, and for no other."""
        self._pin = pin
        try:
            self.happen(PadConfirmed())
        finally:
            if self._pin is not None:
                self._pin.wipe()
                self._pin = None

    def refresh_facts(self) -> None:
        """Count anew, on the work thread."""
        facts = self.facts
        self._on_work_thread(lambda: self._outside.read_facts(facts), lambda code: None)

    def stop(self) -> None:
        """Let the work under way end; take no more."""
        self._work.shutdown(wait=True, cancel_futures=False)

    def _carry_out(self, effect: Effect) -> None:
        card, links = self._outside.card, self._outside.links
        match effect:
            case ReadCard(ticket, insertion):
                card.read(ticket, insertion)
            case ReadTries(ticket, insertion):
                card.tries(ticket, insertion)
            case VerifyPin(ticket, insertion):
                self._verify(ticket, insertion)
            case ReleaseCard(insertion):
                card.release(insertion)
            case FindLinks(ticket, token, number):
                self._store(ticket, lambda: LinksFound(ticket, *links.links_for(token, number)))
            case SaveLink():
                self._store(effect.ticket, self._saving(effect))
                self.refresh_facts()
            case CloseLink():
                self._store(effect.ticket, self._closing(effect))
                self.refresh_facts()
            case LookUpPatron(ticket, number):
                self._look_up(ticket, number)
            case RecordAct():
                self._on_work_thread(lambda: links.record(effect), self._unrecorded)
            case StartTimer(ticket, seconds):
                self._outside.start_timer(ticket, seconds)
            case Play(sound):
                self._outside.play(sound)

    def _verify(self, ticket: Ticket, insertion: Insertion) -> None:
        """Hand the PIN over; it is the card thread's from here on. Without one (nobody pressed) nothing reaches the card."""
        pin, self._pin = self._pin, None
        if pin is None:
            self._outside.post(CardFailed(ticket, insertion, Code.CARD_REMOVED))
        else:
            self._outside.card.verify(ticket, insertion, pin)

    def _saving(self, effect: SaveLink) -> Callable[[], Event]:
        operation = uuid.uuid4()

        def save() -> Event:
            pending = self._outside.links.save_link(
                operation,
                effect.token,
                effect.number,
                revocation=effect.revocation,
                by_guardian=effect.by_guardian,
                replaces=effect.replaces,
            )
            return LinkSaved(effect.ticket, pending)

        return save

    def _closing(self, effect: CloseLink) -> Callable[[], Event]:
        operation = uuid.uuid4()
        return lambda: LinkClosed(effect.ticket, self._outside.links.close_link(operation, effect.number, effect.reason))

    def _look_up(self, ticket: Ticket, number: LibraryCardNumber) -> None:
        patrons = self._outside.patrons
        if patrons is None:
            self._outside.post(PatronFound(ticket, Patron(number)))
        else:
            self._on_work_thread(lambda: PatronFound(ticket, patrons(number)), lambda code: PatronRefused(ticket, code))

    def _store(self, ticket: Ticket, work: Callable[[], Event]) -> None:
        self._on_work_thread(work, lambda code: StoreFailed(ticket, code))

    def _unrecorded(self, code: Code) -> None:
        """A tap that cannot be written down is served all the same; the status page says that the store is in trouble."""
        if code not in self.facts.warnings:
            self._outside.post(replace(self.facts, warnings=(code, *self.facts.warnings)))

    def _on_work_thread(self, work: Callable[[], Event | CounterFacts | None], failed: Callable[[Code], Event | None]) -> None:
        def run() -> None:
            try:
                answer = work()
            except KioskError as error:
                log.warning("work refused: %s", error.code)
                answer = failed(error.code)
            except Exception as error:
                answer = Broke(record_incident(error))
            if answer is not None:
                self._outside.post(answer)

        self._work.submit(run)
