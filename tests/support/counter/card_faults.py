"""Faults during one command to a card, and a patron who continues all the same."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from kiosk.domain.errors import Code
from kiosk.domain.events import LastTryChosen, LeavePressed, LinkAgreed, ReplacementChosen
from kiosk.domain.model import LibraryCardNumber, ReplaceReason, UnlinkReason
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingMyNumberCard,
    ChoosingReplacement,
    ConfirmingLink,
    Counter,
    Flow,
    LastTryWarning,
    LendingRefused,
    Problem,
    Registered,
    RegistrationRefused,
)
from kiosk.smartcard.virtual.card import Fault, Trouble
from tests.support.cards.readers import World
from tests.support.counter.headless import HeadlessCounter, Trace, WatchedCard
from tests.support.wait import LIMIT


class Event(Enum):
    """What happens at the counter while the card has a command and has not answered."""

    LIFTED = auto()
    UNPLUGGED = auto()
    RESTARTED = auto()
    SILENT = auto()


WORDS = (
    *(0x6A82, 0x6A86, 0x6D00, 0x6E00, 0x6F00, 0x6700, 0x6982, 0x6985, 0x6986, 0x6983, 0x6984),
    *(0x63C0, 0x63C1, 0x63C2, 0x6300, 0x6100, 0x6110, 0x6C00, 0x6C10, 0x6281, 0x6282, 0x6B00, 0x9000),
)
SHORT = (b"", b"\x90")
Kind = Event | int | bytes
KINDS: tuple[Kind, ...] = (*Event, *WORDS, *SHORT)
"""Events at the counter, status words without data, answers without a status word."""


def name_of(kind: Kind) -> str:
    if isinstance(kind, Event):
        return kind.name.lower()
    return f"{kind:04X}" if isinstance(kind, int) else f"{len(kind)} bytes"


@dataclass
class Mishap:
    """One kind of fault at one command. `processed`: the card has executed the command; only its answer is lost or replaced."""

    kind: Kind
    processed: bool
    world: World
    _hands: list[threading.Thread] = field(default_factory=list)

    def fault(self) -> Fault:
        match self.kind:
            case Event.LIFTED:
                return Fault(trouble=Trouble.LIFTED, processed=self.processed)
            case Event.SILENT:
                return Fault(trouble=Trouble.SILENT, processed=self.processed)
            case Event.UNPLUGGED:
                return Fault(trouble=Trouble.SILENT, processed=self.processed, before=lambda: self._meanwhile(self.world.unplug))
            case Event.RESTARTED:
                return Fault(trouble=Trouble.SILENT, processed=self.processed, before=lambda: self._meanwhile(self._crash))
            case int(word):
                return Fault(answer=word.to_bytes(2, "big"), processed=self.processed)
            case bytes(answer):
                return Fault(answer=answer, processed=self.processed)

    def _crash(self) -> None:
        self.world.stop_service(crash=True)

    def _meanwhile(self, act: Callable[[], None]) -> None:
        """Act on another thread while the card is silent, which ends the command."""
        self._hands.append(threading.Thread(target=act, daemon=True))
        self._hands[-1].start()

    def mend(self, desk: HeadlessCounter) -> None:
        """Restore reader and service, with no card present."""
        for hands in self._hands:
            hands.join(LIMIT)
            assert not hands.is_alive()
        if self._hands:
            # It stays away until it is restored: whoever has not noticed yet would take what was there before for what is there again.
            desk.until(lambda counter: (counter.reader_before or counter.reader) != "ready")
            if self.kind is Event.UNPLUGGED:
                self.world.replug()
            else:
                self.world.start_service()
            desk.until(lambda counter: counter.reader == "ready" and bool(counter.cards))
        desk.lift_all()


STOPS = (AwaitingMyNumberCard, RegistrationRefused, Registered, AlreadyLinked, LendingRefused)
"""States in which a registration waits for a card or is over."""
WAITS = (ChoosingReplacement, ConfirmingLink, LastTryWarning, AskingPin)


def act(desk: HeadlessCounter, pins: Iterator[bytes]) -> bool:
    """Do what somebody would who just wants to get through, whatever is shown; False if there is nothing to do or to type."""
    match desk.flow:
        case ChoosingReplacement():
            desk.say(ReplacementChosen(ReplaceReason.CORRECTION))
        case ConfirmingLink():
            desk.say(LinkAgreed())
        case LastTryWarning():
            desk.say(LastTryChosen())
        case AskingPin():
            digits = next(pins, b"")
            if digits:
                desk.press_pin(digits)
            return bool(digits)
        case _:
            return False
    return True


def go_on(desk: HeadlessCounter, pins: Iterator[bytes], slot: int | None = None) -> Problem | None:
    """Continue to the end as a patron would. Returns how it ends; None is a completed registration.

    With a `slot`, the card there is removed when the screen asks for it; otherwise it may answer as late as it likes.
    """
    while True:
        desk.until(lambda counter: _waits_for_somebody(counter) or (slot is not None and _is_slow(counter)))
        match desk.flow:
            case AwaitingMyNumberCard(_, problem) | RegistrationRefused(_, problem) | LendingRefused(problem):
                return problem
            case Registered() | AlreadyLinked():
                return None
            case AskingPin(tries_left=left) if not act(desk, pins):
                return Problem(Code.PIN_WRONG, (("tries_left", left),))
            case AskingPin():
                pass
            case _ if not act(desk, pins) and slot is not None:
                desk.lift(slot)


def _waits_for_somebody(counter: Counter) -> bool:
    flow: Flow = counter.flow
    if isinstance(flow, AwaitingMyNumberCard):
        return flow.problem is not None
    return isinstance(flow, (*WAITS, *STOPS))


def _is_slow(counter: Counter) -> bool:
    return bool(getattr(counter.flow, "slow", False))


def begin_anew(desk: HeadlessCounter, number: str) -> None:
    """Go to the step that asks for a My Number Card, from anywhere; a registration already waiting for one continues."""
    desk.until_at(*STOPS)
    if not isinstance(desk.flow, AwaitingMyNumberCard):
        desk.say(LeavePressed())
        desk.begin_registration(number)


def register(desk: HeadlessCounter, card: WatchedCard, number: str) -> None:
    """A whole registration at a counter without cards."""
    begin_anew(desk, number)
    desk.lay_for_registration(card)
    assert go_on(desk, iter([card.pin])) is None, desk.flow


def check_presses(trace: Trace, pressed: list[bytes], *cards: WatchedCard) -> None:
    """ARCHITECTURE, Rules of the PIN: 1. Never a VERIFY without its own press, nor with other digits than were pressed."""
    presses = 0
    for what, _ in trace:
        presses += {"press": 1, "verify": -1}.get(what, 0)
        presses = min(presses, 1)
        assert presses >= 0, "a VERIFY that nobody pressed for"
    for card in cards:
        left = iter(pressed)
        assert all(any(sent == digits for digits in left) for sent in card.pins), "digits that nobody pressed"
        assert all(command[1] not in (0x24, 0x2C) for command in card.sent), "a command that changes the PIN"


def clear(desk: HeadlessCounter) -> None:
    """All cards are removed, the session is left, and no link remains."""
    for link in desk.repository.list_links(masked=False):
        desk.repository.close_link(uuid.uuid4(), LibraryCardNumber(link.number), UnlinkReason.CORRECTION)
    desk.end()
