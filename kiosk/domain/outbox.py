"""Which of a counter's own operations may be sent to the library's server now, and what becomes of them by its reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from enum import Enum, auto, unique
from types import MappingProxyType
from uuid import UUID

from kiosk.domain.decide import Accepted, Closed, Decision, Epochs, decide
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import OwnOperation, Pending, is_unapplied
from kiosk.domain.overlay import Links, Overlay, standing_of
from kiosk.domain.registry_wire import MOST_OPERATIONS
from kiosk.domain.wire import Operation, Position, UnlinkOperation

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 600.0
"""Seconds for which an operation that the server cannot answer waits before it is sent again."""

# --- what may be sent -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An operation that has not arrived in the links yet, and every token and number whose link it changes as far as is known here."""

    own: OwnOperation
    touches: frozenset[LinkToken | LibraryCardNumber]

    @property
    def uuid(self) -> UUID:
        return self.own.operation.origin.uuid

    @property
    def is_pending(self) -> bool:
        return isinstance(self.own.state, Pending)


def outgoing(operations: Iterable[OwnOperation], links: Links, reached: Position, epochs: Epochs) -> list[Outgoing]:
    """Fold `decide` over the operations not applied yet, in the order in which they were made: a replacement or an unlinking also touches
    the tokens and numbers of the links it closes.
    """
    overlay, found = Overlay(), []
    for own in operations:
        if is_unapplied(own.state, reached):
            decision = decide(standing_of(own.operation, links, overlay, epochs), own.operation)
            overlay.take(decision)
            found.append(Outgoing(own, _touched(own.operation, decision)))
    return found


def _touched(operation: Operation, decision: Decision) -> frozenset[LinkToken | LibraryCardNumber]:
    changes = decision.changes if isinstance(decision, Accepted) else ()
    closed = [what for change in changes if isinstance(change, Closed) for what in (change.token, change.number)]
    return frozenset({operation.number, *closed} | ({operation.token} if operation.token is not None else set()))


def next_batch(waiting: Sequence[Outgoing], patience: Patience, now: float, *, only_unlinkings: bool = False) -> tuple[Operation, ...]:
    """The operations to send now, in order. One waits behind earlier ones that share a token or a number with it, and behind nothing else.

    `now`: seconds on a monotonic clock. `only_unlinkings`: in a new epoch those of all counters go first, and overtake what was made before
    them: what they stop must not be linked again meanwhile.
    """
    batch: list[Operation] = []
    in_front: set[LinkToken | LibraryCardNumber] = set()
    for each in waiting:
        if not each.is_pending or (only_unlinkings and not isinstance(each.own.operation, UnlinkOperation)):
            continue
        if in_front.isdisjoint(each.touches) and patience.is_due(each.uuid, now):
            batch.append(each.own.operation)
            if len(batch) == patience.size:
                break
        # Behind one in the same batch as well: the server may answer one and put off the other.
        in_front |= each.touches
    return tuple(batch)


# --- what becomes of them ---------------------------------------------------------------------------------------------------


@unique
class Fate(Enum):
    """What becomes of the operations of a request."""

    ANSWERED = auto()
    """Each has its own answer."""
    KEPT = auto()
    """All are sent again: nothing was said about any of them."""
    HALVED = auto()
    """One of them may be what the server cannot take: half of them are sent, and one alone waits longer each time."""
    ONE_REFUSED = auto()
    """The one that is named leaves the queue and is shown to staff; the others are sent again."""
    SHUT_OUT = auto()
    """Nothing is sent any more, and everything is kept."""
    ERASED = auto()
    """This counter was revoked by name: its store and keys are erased."""
    OTHER_EPOCH = auto()
    """All are sent again once the new epoch has begun here, unlinkings first."""


ANY, NONSENSE = "", "nonsense"
"""No error was named; the answer could not be read."""
FATES: Mapping[tuple[int, str], Fate] = {
    (200, ANY): Fate.ANSWERED,
    # Perhaps the answer to one of them is of a kind that this program does not know yet.
    (200, NONSENSE): Fate.HALVED,
    (400, "unreadable"): Fate.HALVED,
    (401, "secret-unknown"): Fate.SHUT_OUT,
    (403, "counter-revoked"): Fate.ERASED,
    (403, "counter-retired"): Fate.SHUT_OUT,
    (404, "unknown-route"): Fate.KEPT,
    (405, "wrong-method"): Fate.KEPT,
    (408, "too-slow"): Fate.KEPT,
    (409, "epoch-changed"): Fate.OTHER_EPOCH,
    (409, "snapshot-needed"): Fate.KEPT,
    (409, "order-parted"): Fate.KEPT,
    (409, "key-generation-unknown"): Fate.KEPT,
    (409, "not-retiring"): Fate.KEPT,
    (413, "too-large"): Fate.HALVED,
    (422, "operation-newer"): Fate.ONE_REFUSED,
    (422, "operation-unreadable"): Fate.ONE_REFUSED,
    (422, "operation-of-another-counter"): Fate.ONE_REFUSED,
    (429, "too-many-requests"): Fate.KEPT,
    (500, "incident"): Fate.HALVED,
    (500, "ledger-damaged"): Fate.HALVED,
    (503, "database-unavailable"): Fate.KEPT,
}
"""What the library's server says, by status and error."""
OF_OTHERS: Mapping[int, Fate] = {1: Fate.KEPT, 2: Fate.KEPT, 3: Fate.KEPT, 4: Fate.KEPT, 5: Fate.HALVED}
"""What it never says, by the hundred of the status: a proxy's page, another program behind the same name, a bug. Nothing in such a reply
is about this counter or one of its operations.
"""
OVERLOADED = frozenset({429, 502, 503, 504})
"""Whoever says it has not looked at the operations."""


def fate(status: int, error: str = ANY) -> Fate:
    """What becomes of the operations of a request that was answered so, whatever the answer. Total."""
    known = FATES.get((status, error))
    if known is not None:
        return known
    return Fate.KEPT if status in OVERLOADED else OF_OTHERS.get(status // 100, Fate.KEPT)


# --- how often they are tried -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tried:
    failures: int
    due: float


@dataclass(frozen=True, slots=True)
class Patience:
    """What earlier replies mean for the next batch. Forgotten with the program: a restart tries everything once."""

    size: int = MOST_OPERATIONS
    """Of the next batch, at most."""
    tried: Mapping[UUID, _Tried] = field(default_factory=lambda: MappingProxyType({}))

    def is_due(self, operation: UUID, now: float) -> bool:
        tried = self.tried.get(operation)
        return tried is None or tried.due <= now

    def next_due(self, now: float) -> float | None:
        """When the first operation that waits for its time may be sent again; None if none does."""
        return min((tried.due for tried in self.tried.values() if tried.due > now), default=None)

    def answered(self, operations: Iterable[UUID], put_off: Iterable[UUID], now: float, draw: float) -> Patience:
        """The server could take this batch. It has `put_off` some of them: they are sent again soon. `draw`: between 0 and 1, at random."""
        done = set(operations)
        left = {uuid: tried for uuid, tried in self.tried.items() if uuid not in done}
        return replace(self, size=min(2 * self.size, MOST_OPERATIONS), tried=left)._waiting(put_off, now, draw)

    def choked(self, operations: Sequence[UUID], now: float, draw: float) -> Patience:
        """The server could not take this batch."""
        if len(operations) > 1:
            return replace(self, size=len(operations) // 2)
        return replace(self, size=min(2 * self.size, MOST_OPERATIONS))._waiting(operations, now, draw)

    def _waiting(self, operations: Iterable[UUID], now: float, draw: float) -> Patience:
        later = dict(self.tried)
        for uuid in operations:
            failures = later[uuid].failures + 1 if uuid in later else 1
            later[uuid] = _Tried(failures, now + jittered(min(_FIRST_PAUSE * 2.0 ** (failures - 1), _LONGEST_PAUSE), draw))
        return replace(self, tried=MappingProxyType(later))


def jittered(seconds: float, draw: float) -> float:
    """Between half of it and all of it, so that counters that lost the server together do not come back together."""
    return seconds * (0.5 + draw / 2)
