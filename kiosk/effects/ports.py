"""The conductor's ports: card, store, library system, other windows, printer. `kiosk.app` supplies the adapters."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.effects import RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.events import Event
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.domain.handed import Handed
from kiosk.domain.health import Finding
from kiosk.domain.model import (
    AnyService,
    IlsCondition,
    Insertion,
    LibraryCardNumber,
    Link,
    LinkToken,
    Patron,
    ReplaceReason,
    Revocation,
    Service,
    Sound,
    Ticket,
    UnlinkReason,
)
from kiosk.domain.operations import UnsentUnlinking
from kiosk.domain.pin import Pin
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter


class LibrarySystem(Protocol):
    """The library system, as called on the library thread.

    `patron`, `knows`, `loans` and `item` may raise KioskError.
    """

    @property
    def condition(self) -> IlsCondition: ...
    def patron(self, number: LibraryCardNumber) -> Patron: ...
    def knows(self, number: LibraryCardNumber) -> bool: ...
    def serve(self, service: Service, number: LibraryCardNumber, item: Item, *, sure: bool = False) -> ItemAnswer: ...
    def look_again(self, service: Service, number: LibraryCardNumber, item: Item) -> ItemAnswer: ...
    def loans(self, number: LibraryCardNumber) -> LoanList: ...
    def item(self, item: str) -> Item: ...
    def keep_alive(self) -> IlsCondition: ...
    def reconnect(self) -> IlsCondition: ...
    def close(self) -> None: ...


class CardCommands(Protocol):
    """Commands to the card thread; every call only enqueues."""

    def read(self, ticket: Ticket, insertion: Insertion) -> None: ...
    def tries(self, ticket: Ticket, insertion: Insertion) -> None: ...
    def verify(self, ticket: Ticket, insertion: Insertion, pin: Pin) -> None: ...
    def release(self, insertion: Insertion) -> None: ...


class Links(Protocol):
    """The store, as called on the work thread. Every method may raise KioskError."""

    def ended(self, tokens: Sequence[LinkToken]) -> tuple[LinkToken, ...]: ...

    def links_for(self, tokens: Sequence[LinkToken], number: LibraryCardNumber | None) -> tuple[tuple[Link, ...], Link | None]: ...
    def is_enrolled(self) -> bool: ...
    def unsent_unlinkings(self) -> tuple[UnsentUnlinking, ...]: ...
    def save_link(
        self,
        operation: uuid.UUID,
        token: LinkToken,
        number: LibraryCardNumber,
        *,
        revocation: Revocation,
        by_guardian: bool,
        replaces: ReplaceReason | None,
        shown: tuple[uuid.UUID, ...],
    ) -> bool: ...
    def close_link(self, operation: uuid.UUID, number: LibraryCardNumber, reason: UnlinkReason) -> bool: ...
    def forget_refusal(self, operation: uuid.UUID) -> None: ...
    def record(self, act: RecordAct) -> None: ...
    def accept_doubt(self, found: Code) -> None: ...


class Registry(Protocol):
    """The library's server, which a thread of its own keeps this counter in step with."""

    def wake(self) -> None:
        """Something was done here that it does not know. Returns at once; from any thread."""

    def find(self, token: LinkToken) -> Link | None:
        """The link that it has for a card; None if none. For one thread. Takes seconds at most; raises KioskError without an answer."""


class FieldTeacher(Protocol):
    """Fields of other programs, as called on a thread of their own. Every method may raise KioskError."""

    def targets(self) -> tuple[FieldTarget, ...]:
        """Those of the configuration, as it is now."""

    def teach(
        self,
        way: WayIn,
        *,
        unchecked: bool,
        seen: Callable[[SeenField], None],
        typing: Callable[[str], None],
        is_wanted: Callable[[], bool],
    ) -> TaughtField | None:
        """Wait for a click, telling what is `seen`, and then of the number that is being typed. None once it is not wanted any more."""

    def keep(self, target: FieldTarget) -> None: ...
    def forget(self, name: str) -> None: ...

    def try_out(self, name: str, *, is_wanted: Callable[[], bool]) -> bool | None:
        """Type a trial number there. Whether it was read back; None once it is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Outside:
    """All ports of one conductor. `post` delivers an event to the GUI thread and may be called from any thread."""

    card: CardCommands
    links: Links
    post: Callable[[Event], None]
    start_timer: Callable[[Ticket, float], None]
    play: Callable[[Sound], None]
    show_state: Callable[[Counter], None]
    look_at_store: Callable[[], Finding]
    """Recomputes, on the work thread, the store figures the windows show. Never raises: a failure to read is returned as a Finding."""
    registry: Registry | None = None
    """None on a counter that is alone."""
    forget_crashes: Callable[[], None] = lambda: None
    """Called on the work thread. Never raises."""
    library: LibrarySystem | None = None
    """None if no library system is configured: every library card is then accepted unchecked, and the screens show that."""
    hand_over: Callable[[LibraryCardNumber, AnyService | None], Handed] | None = None
    """Types the number into another program's window. Raises KioskError."""
    fields: FieldTeacher | None = None
    """None where no configuration can be written."""
    print_slip: Callable[[Slip], None] | None = None
    """Raises KioskError."""
