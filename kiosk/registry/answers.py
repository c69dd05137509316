"""What the server's ledger is asked, and what it answers. Values; how they cross the wire is in `domain/registry_wire.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.wire import Operation, Position


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """The ledger at one position: what every answer carries, and from which a counter sees whether its links are the library's."""

    head: Position
    count: int
    """Links that stand at `head`."""
    digest: bytes
    """Of these links (`LinkHash.seal`)."""
    safe: Position
    """What every backup holds that may still be put back."""
    epochs: Epochs
    floor: int
    """Stops and feed entries at or below it are erased."""
    key_generation: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One request: operations that one counter sent, to be answered in this order."""

    counter: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class AcceptedHere:
    """The operation holds, at this cursor of the running epoch."""

    uuid: UUID
    cursor: int


@dataclass(frozen=True, slots=True)
class RefusedHere:
    """The operation was declined for good. `code` is one of `decide`'s, or operation-reused."""

    uuid: UUID
    code: Code


@dataclass(frozen=True, slots=True)
class DeferredHere:
    """Not decided yet: after a new epoch all counters send their stops first. Nothing is stored; the counter asks again."""

    uuid: UUID


Answer = AcceptedHere | RefusedHere | DeferredHere


@dataclass(frozen=True, slots=True)
class Applied:
    """The answers to one batch, in its order, and the ledger right after the transaction that holds them."""

    answers: tuple[Answer, ...]
    status: LedgerStatus
    sequence: int
    """The highest sequence seen of this counter."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What one transaction added to the feed."""

    entries: tuple[FeedEntry, ...]
    status: LedgerStatus


@unique
class Why(StrEnum):
    """Why the feed has nothing for a counter's position."""

    EPOCH_CHANGED = "epoch-changed"
    SNAPSHOT_NEEDED = "snapshot-needed"
    """Its cursor lies above the head or below the floor."""


@dataclass(frozen=True, slots=True)
class NoFeed:
    """The counter has to take a snapshot."""

    why: Why
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class FeedPage:
    """The entries that follow a position, without a gap; none if it is the head."""

    entries: tuple[FeedEntry, ...]
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class StopsPage:
    """Stops in the order of their cursors."""

    stops: tuple[PlacedStop, ...]
    next: int | None
    """Ask again `after` this cursor; None at the end."""
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Links in the order of their tokens. What came after `status.head` may or may not be in it: the feed from there on, applied so that the
    higher position wins, leads to the same links.
    """

    links: tuple[PlacedLink, ...]
    done: bool
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class Contact:
    """What a counter says of itself with a request for the feed."""

    known: Position
    """Names an epoch only once the counter has sent all its stops in it."""
    pending: int = 0
    version: str = ""
    differs: bool = False
    """Its links are not those of `LedgerStatus.digest` at the same position."""


@unique
class Finding(StrEnum):
    """What `verify` found changed behind the program."""

    LINKS = "links"
    FEED = "feed"
    STOPS = "stops"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a full check. All is well if `findings` is empty."""

    head: Position
    links: int
    """Rows counted."""
    findings: tuple[Finding, ...]
    audit_row: int | None = None
    """The first row of the trail that is altered or missing."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What `compact` erased."""

    floor: int
    entries: int
    stops: int
    operations: int
