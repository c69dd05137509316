"""Runs the effects the state machines request, each on its own thread, and posts the results as events.

Threads: GUI (`Conductor.happen`: machine, projection, timers, sounds); card (all card I/O); work (the store); library (the library system,
whose timeouts must not delay saving a registration); hands (typing into other windows); paper (slips); question (one card, asked of the
library's server). Only `stop` blocks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from kiosk import child_process
from kiosk.domain.effects import (
    AcceptStore,
    AskRegistry,
    CloseLink,
    Effect,
    FindLinks,
    ForgetCrashes,
    ForgetRefusal,
    HandOver,
    LookAtStore,
    Play,
    PrintSlip,
    ReadCard,
    ReadTries,
    RecordAct,
    ReleaseCard,
    RetryLibrary,
    SaveLink,
    StartTimer,
    VerifyPin,
)
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.events import (
    CardFailed,
    CheckFound,
    Event,
    HandedOver,
    HandoverFailed,
    LinkClosed,
    LinkSaved,
    LinksFound,
    PadConfirmed,
    RegistryAnswered,
    SlipFailed,
    SlipPrinted,
    StoreFailed,
    UnsentUnlinkingsFound,
)
from kiosk.domain.field_effects import ForgetTarget, KeepTarget, ReadTargets, StopTeaching, TeachField, TryTarget
from kiosk.domain.health import Finding, bug_in
from kiosk.domain.machine import step
from kiosk.domain.model import AnyService, Insertion, LibraryCardNumber, LinkToken, Ticket
from kiosk.domain.pin import Pin
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter
from kiosk.effects.fields_thread import FieldsThread
from kiosk.effects.library_thread import LibraryThread
from kiosk.effects.ports import Outside
from kiosk.effects.worker import Worker


class Conductor:
    """Owner of the counter's state. Lives on the GUI thread."""

    def __init__(
        self,
        counter: Counter,
        outside: Outside,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        new_operation: Callable[[], UUID] = uuid4,
    ) -> None:
        self.counter, self._now, self._monotonic, self._new_operation = counter, now, monotonic, new_operation
        self._outside = outside
        self._pin: Pin | None = None
        self._looking = False
        names = "work", "hands", "paper", "question"
        self._work, self._hands, self._paper, self._question = (Worker(name, outside.post) for name in names)
        self._fields = FieldsThread(outside.fields, outside.post)
        self._library = LibraryThread(outside.library, outside.post)

    def happen(self, event: Event) -> None:
        """Step the machine with `event`, run the resulting effects, then update the windows.

        Effects go first. Each only enqueues, and its answer arrives through `post` as a separate event, so the windows show this state
        before any answer to it, while card and store are already working. And a bug in a window cannot suppress an effect whose answer the
        state is waiting for.
        """
        before = self.counter
        stamped = replace(before, now=self._now(), monotonic=self._monotonic(), next_operation=self._new_operation())
        self.counter, effects = step(stamped, event)
        for effect in effects:
            self._carry_out(effect)
        if self.counter != before:
            self._outside.show_state(self.counter)

    def confirm_pin(self, pin: Pin) -> None:
        """Handle the pad's confirm key. `pin` is used for the one VERIFY this press may lead to, and wiped otherwise."""
        self._pin = pin
        try:
            self.happen(PadConfirmed())
        finally:
            if self._pin is not None:
                self._pin.wipe()
                self._pin = None

    def _look_at_store(self) -> None:
        """Check the store on the work thread, and what it has yet to send. No second check is enqueued while one is pending."""
        if self._looking:
            return
        self._looking = True

        def look() -> Event:
            self._looking = False
            found = CheckFound(self._outside.look_at_store())
            # A store that cannot be read is the check's to report.
            with suppress(KioskError):
                self._outside.post(UnsentUnlinkingsFound(self._outside.links.unsent_unlinkings()))
            return found

        self._work.look(look, lambda incident: CheckFound(bug_in("store", incident.number)))

    def keep_library_alive(self) -> None:
        """Connect to the library system, keep the connection open, or reconnect. Call every few seconds."""
        self._library.keep_alive()

    def stop(self, limit: float) -> None:
        """Finish all queued store writes. Other queued work is dropped; calls in progress get `limit` seconds and are then killed.

        Two seconds are enough for a working printer to take a page and another window a number.
        """
        others = (self._library, self._hands, self._fields, self._paper, self._question)
        for other in others:
            other.drop()
        end = time.monotonic() + limit
        self._work.stop()
        for other in others:
            other.stop(max(0.0, end - time.monotonic()))
        child_process.end_calls()

    def _carry_out(self, effect: Effect) -> None:  # noqa: C901
        card = self._outside.card
        match effect:
            case ReadCard(ticket, insertion):
                card.read(ticket, insertion)
            case ReadTries(ticket, insertion):
                card.tries(ticket, insertion)
            case VerifyPin(ticket, insertion):
                self._verify(ticket, insertion)
            case ReleaseCard(insertion):
                card.release(insertion)
            case FindLinks(ticket, tokens, number):
                self._store(ticket, lambda: self._found(ticket, tokens, number))
            case AskRegistry(ticket, token):
                self._ask_registry(ticket, token)
            case SaveLink():
                self._store(effect.ticket, self._saving(effect))
            case CloseLink():
                self._store(effect.ticket, self._closing(effect))
            case RetryLibrary():
                self._library.retry()
            case HandOver(ticket, number, service):
                self._hand_over(ticket, number, service)
            case ReadTargets() | TeachField() | KeepTarget() | TryTarget() | ForgetTarget() | StopTeaching():
                self._fields.ask(effect)
            case PrintSlip(ticket, slip):
                self._print(ticket, slip)
            case RecordAct() | ForgetRefusal():
                self._note(effect)
            case ForgetCrashes():
                self._work.look(self._outside.forget_crashes, lambda incident: None)
            case LookAtStore():
                self._look_at_store()
            case AcceptStore(found):
                self._accept_store(found)
            case StartTimer(ticket, seconds):
                self._outside.start_timer(ticket, seconds)
            case Play(sound):
                self._outside.play(sound)
            case _:
                self._library.ask(effect)

    def _verify(self, ticket: Ticket, insertion: Insertion) -> None:
        """Hand the PIN to the card thread, which owns it from then on. Without a PIN (nobody pressed confirm) nothing reaches the card."""
        pin, self._pin = self._pin, None
        if pin is None:
            self._outside.post(CardFailed(ticket, insertion, Code.CARD_REMOVED))
        else:
            self._outside.card.verify(ticket, insertion, pin)

    def _saving(self, effect: SaveLink) -> Callable[[], Event]:
        def save() -> Event:
            pending = self._outside.links.save_link(
                effect.operation,
                effect.token,
                effect.number,
                revocation=effect.revocation,
                by_guardian=effect.by_guardian,
                replaces=effect.replaces,
                shown=effect.shown,
            )
            self._wake_sync()
            return LinkSaved(effect.ticket, effect.operation, pending)

        return save

    def _found(self, ticket: Ticket, tokens: Sequence[LinkToken], number: LibraryCardNumber | None) -> Event:
        links = self._outside.links
        by_card, by_number = links.links_for(tokens, number)
        return LinksFound(ticket, by_card, by_number, links.is_enrolled(), () if by_card else links.ended(tokens))

    def _closing(self, effect: CloseLink) -> Callable[[], Event]:
        def close() -> Event:
            pending = self._outside.links.close_link(effect.operation, effect.number, effect.reason)
            self._wake_sync()
            return LinkClosed(effect.ticket, effect.operation, pending)

        return close

    def _wake_sync(self) -> None:
        if self._outside.registry is not None:
            self._outside.registry.wake()

    def _ask_registry(self, ticket: Ticket, token: LinkToken) -> None:
        """On a thread of its own: neither the store nor the library's system waits for a server that may not answer."""
        registry = self._outside.registry

        def ask() -> Event:
            return RegistryAnswered(ticket, None if registry is None else registry.find(token), registry is not None)

        self._question.do(ask, lambda error: RegistryAnswered(ticket, None, answered=False))

    def _hand_over(self, ticket: Ticket, number: LibraryCardNumber, service: AnyService | None) -> None:
        hand_over = self._outside.hand_over

        def type_number() -> Event:
            if hand_over is None:
                return HandoverFailed(ticket, Code.HANDOVER_IMPOSSIBLE)
            return HandedOver(ticket, hand_over(number, service))

        self._hands.do(type_number, lambda error: HandoverFailed(ticket, error.code, tuple(error.params.items())))

    def _print(self, ticket: Ticket, slip: Slip) -> None:
        print_slip = self._outside.print_slip

        def put() -> Event:
            if print_slip is None:
                return SlipFailed(ticket, Code.SLIP_FAILED)
            print_slip(slip)
            return SlipPrinted(ticket)

        self._paper.do(put, lambda error: SlipFailed(ticket, error.code))

    def _store(self, ticket: Ticket, work: Callable[[], Event]) -> None:
        self._work.do(work, lambda error: StoreFailed(ticket, error.code))

    def _accept_store(self, found: Code) -> None:
        def accept() -> Event:
            self._outside.links.accept_doubt(found)
            return CheckFound(self._outside.look_at_store())

        self._work.do(accept, _not_written)

    def _note(self, effect: RecordAct | ForgetRefusal) -> None:
        """Record an act, or forget a refusal. If that fails the patron is still served; the windows show the failure until something is
        written again.
        """
        links = self._outside.links

        def write() -> Event:
            if isinstance(effect, RecordAct):
                links.record(effect)
            else:
                links.forget_refusal(effect.operation)
            return CheckFound(Finding("records.fine"))

        self._work.do(write, _not_written)


def _not_written(error: KioskError) -> Event:
    return CheckFound(Finding("records.wrong", {"code": error.code, **error.params}))
