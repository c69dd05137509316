"""What may happen to a ledger, as the model writes it down, and the words of its answers."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import Operation, Origin


class Made(NamedTuple):
    """A counter recorded an act of its staff."""

    counter: str
    operation: Operation


class Agreed(NamedTuple):
    """The server accepted: the operation is the next in the library's one order."""

    epoch: int
    operation: Operation


class Denied(NamedTuple):
    """The server refused."""

    uuid: UUID
    why: str


class BackedUp(NamedTuple):
    """A backup of the server was made."""


class Restored(NamedTuple):
    """One of the last two backups was put back: a new epoch begins, in which only the first `kept` operations still hold."""

    epoch: int
    kept: int
    oldest: bool = False
    """The older of the two: the newer one is gone with it."""


class Received(NamedTuple):
    """The feed, or a snapshot, has brought a counter up to here."""

    counter: str
    epoch: int
    place: int
    safe: int
    """Up to where a backup holds everything, as it heard at the same time."""
    rows: tuple[UUID, ...] = ()
    """The operations that the feed brought. A snapshot does not say whose operations are in it."""


class Began(NamedTuple):
    """A counter heard that the server is in a new epoch. Its links are still those of an earlier one."""

    counter: str
    epoch: int


class Warned(NamedTuple):
    """A counter was told of all stops up to a place, ahead of the feed."""

    counter: str
    epoch: int
    place: int


class ToldAccepted(NamedTuple):
    """An answer reached the counter that asked, in the epoch in which it was given."""

    counter: str
    uuid: UUID
    epoch: int
    place: int


class ToldRefused(NamedTuple):
    """The same, for a refusal."""

    counter: str
    uuid: UUID


class Seen(NamedTuple):
    """Staff have seen the refusal."""

    counter: str
    uuid: UUID


AtOneCounter = Made | Received | Began | Warned | ToldAccepted | ToldRefused | Seen
Happened = AtOneCounter | Agreed | Denied | BackedUp | Restored


class Pair(NamedTuple):
    """A card and a number that belong together, and the operation that said so first."""

    token: LinkToken
    number: LibraryCardNumber
    by: UUID


class Ending(NamedTuple):
    """At `place`, this operation ended a pair, or stopped a number that was in none."""

    place: int
    token: LinkToken | None
    number: LibraryCardNumber
    pair: UUID | None
    by: Origin


class State(NamedTuple):
    """What a counter keeps of an operation of its own: "pending", "accepted" (and where) or "refused"."""

    word: str
    place: int = 0
