"""Everything the conductor reaches: card, store, the library's system, other windows, paper. Each is an interface; app.py fills them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.effects import RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.events import Event
from kiosk.domain.health import Finding
from kiosk.domain.model import (
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
from kiosk.domain.pin import Pin
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter


class LibrarySystem(Protocol):
    """What is asked of the library's system, on the library thread.

    All but `serve`, `look_again`, `keep_alive` and `reconnect` raise KioskError.
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
    def accept_doubt(self, found: Code) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything the conductor reaches; `post` brings an event home to the GUI thread from any thread."""

    card: CardCommands
    links: Links
    post: Callable[[Event], None]
    start_timer: Callable[[Ticket, float], None]
    play: Callable[[Sound], None]
    show_state: Callable[[Counter], None]
    look_at_store: Callable[[], Finding]
    """Counts anew, on the work thread, what the windows show. Never raises: what cannot be read is a finding as well."""
    library: LibrarySystem | None = None
    """None where no library system is connected: then every library card is taken unchecked, and the screens say so."""
    hand_over: Callable[[LibraryCardNumber], None] | None = None
    """Types the number into the window of another program. Raises KioskError."""
    print_slip: Callable[[Slip], None] | None = None
    """Raises KioskError."""
