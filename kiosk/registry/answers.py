"""What the server's ledger is asked, and what it answers, before it is told to one counter (`domain/registry_wire.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.registry_wire import Answer, LedgerStatus
from kiosk.domain.wire import Operation, Position


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger at one position."""

    position: Position
    count: int
    """Links that stand there."""
    digest: str
    """Of these links (`LinkHash.seal`), in hexadecimal."""
    safe: Position
    """What every backup holds that may be restored; in the epoch that runs now."""
    epochs: Epochs
    floor: int
    """Stops and feed entries at or below it are erased, or will be."""
    key_generation: int
    awaits_stops: bool = False
    """A new epoch has begun, and counters may still have stops from before it to send."""

    def told(self, time: datetime, sequence: int = 0, *, retiring: bool = False) -> LedgerStatus:
        """As it is told to one counter. `time`: the server's clock. `sequence`, `retiring`: of that counter (`CounterRow`)."""
        whole = time.replace(microsecond=0)
        told = (self.position, self.count, self.digest, self.safe, self.epochs, self.floor, self.key_generation)
        return LedgerStatus(*told, time=whole, sequence=sequence, retiring=retiring)


@dataclass(frozen=True, slots=True)
class Batch:
    """One request: the operations that one counter sent."""

    operations: tuple[Operation, ...]
    secret: bytes | None = field(default=None, repr=False)
    """SHA-256 of the counter's secret, which the transaction asks for once more; None where whoever applies them is trusted."""


class CounterShutOut(Exception):
    """The secret with which operations came is not, or no more, that of a counter that may write. Nothing was applied."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The answers to one batch, in its order, and the ledger right after the transaction that holds them."""

    answers: Mapping[UUID, Answer]
    head: Head
    sequence: int
    """The highest sequence seen of this counter."""
    is_retiring: bool = False
    """Whether it is asked to leave."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What one transaction added to the feed."""

    entries: tuple[FeedEntry, ...]
    head: Head


@unique
class Why(StrEnum):
    """Why the feed has nothing for a position."""

    EPOCH_CHANGED = "epoch-changed"
    SNAPSHOT_NEEDED = "snapshot-needed"
    """It lies above the head or below the floor."""


@dataclass(frozen=True, slots=True)
class NoFeed:
    """The counter has to take a snapshot."""

    why: Why
    head: Head


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries that follow a position, without a gap; none if it is the head."""

    entries: tuple[FeedEntry, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Stops:
    """Stops in the order of their cursors. `next`: ask again `after` that cursor; None at the end."""

    stops: tuple[PlacedStop, ...]
    next: int | None
    head: Head


@dataclass(frozen=True, slots=True)
class Links:
    """Links in the order of their tokens, read at `head` or a little later: the feed from there on, applied so that the higher position
    wins, leads to the links that stand.
    """

    links: tuple[PlacedLink, ...]
    done: bool
    """Whether no link follows."""
    head: Head


@dataclass(frozen=True, slots=True)
class Contact:
    """What a counter says of itself with a request for the feed."""

    known: Position
    """A counter names an epoch only once it has sent all its stops in it."""
    pending: int = 0
    version: str = ""
    differs: bool = False
    """Its links are not those of the digest at the same position."""


@unique
class Finding(StrEnum):
    """What was changed behind the program."""

    LINKS = "links"
    FEED = "feed"
    STOPS = "stops"
    OPERATIONS = "operations"
    """What is remembered of them."""
    COUNTERS = "counters"
    HEAD = "head"
    """What it says of epochs, of what is safe, and of all rows."""
    TRAIL = "trail"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a full check. All is well if `findings` is empty."""

    position: Position
    links: int
    """Rows counted."""
    findings: tuple[Finding, ...]
    audit_row: int | None = None
    """The first row of the trail that is altered or missing."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was erased, in rows."""

    floor: int
    entries: int
    stops: int
    operations: int
