"""What the library's server and its counters say to each other, as values. `registry_json.py` has their encoding.

Nothing here is personal but tokens and library card numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.wire import Position

PATH = "/v1"
"""Of every request: the version of this protocol. Operations name their own version."""
MOST_OPERATIONS = 100
"""In one request."""
MOST_ENTRIES = 500
"""Of the feed, or stops, in one answer."""
MOST_LINKS = 5000
"""Of a snapshot, in one answer."""
LONGEST_WAIT = 25
"""Seconds for which a request for the feed may wait for news: routers drop connections that are silent for 30."""


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Where the server's ledger stands. Every answer to a counter carries it."""

    head: Position
    count: int
    digest: str
    """Of the links at `head` (`LinkHash.seal`), in hexadecimal."""
    safe: Position
    """What every backup holds that may be restored; in the epoch that runs now."""
    epochs: Epochs
    floor: int
    """Stops at or below this cursor may have been erased; the feed begins above it."""
    key_generation: int
    time: datetime
    """The server's clock: aware, UTC, whole seconds."""
    sequence: int
    """The highest sequence among the operations of the counter that asked; 0 if none."""
    retiring: bool
    """Whether that counter is to deliver what it holds, and then to leave."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not decided yet: it is sent again later. In a new epoch links wait until every counter has sent its stops."""


Answer = AcceptedAt | RefusedFor | Deferred


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a batch of operations."""

    answers: Mapping[UUID, Answer]
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class FeedPage:
    """The entries that follow the position asked for, in order; none if a wait ended without news."""

    entries: tuple[FeedEntry, ...]
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class StopsPage:
    """Stops in the order of their cursors. `next`: ask again with `after` that cursor; None after the last page."""

    stops: tuple[PlacedStop, ...]
    next: int | None
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Links in the order of their tokens, as they stood at `status.head`: later pages are read later."""

    links: tuple[PlacedLink, ...]
    done: bool
    """Whether it is the last page."""
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class FoundLinks:
    """The links of the tokens and of the number asked for, as they stand at `status.head`."""

    links: tuple[PlacedLink, ...]
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The site keys after the one that a counter said it has."""

    sealed: bytes = field(repr=False)
    """`ledger.sealed_keys`. Secret."""
    status: LedgerStatus


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a counter gets for its code."""

    counter: str
    """Its name in the ledger, for ever."""
    site_key: bytes = field(repr=False)
    """32 bytes. Secret."""
    key_generation: int
    status: LedgerStatus
