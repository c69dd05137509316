"""What becomes of an operation: one pure function for a counter that is alone, for the library's server, and for what a counter shows
while its own operations are on their way.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that stands."""

    token: LinkToken
    number: LibraryCardNumber
    since: datetime
    """Aware, UTC."""
    counter: str
    operation: UUID
    """The operation that opened it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """That a link was closed, or a number stopped, at `cursor`: what was made before it must not revive the card."""

    cursor: int
    counter: str
    sequence: int
    """Of the operation that stopped it, in its counter's own sequence."""


@dataclass(frozen=True, slots=True)
class Epochs:
    """The epochs of the ledger. A restored backup, or anything else that loses accepted operations, begins a new one."""

    current: int = 0
    cuts: tuple[tuple[int, int], ...] = ()
    """For each earlier epoch: the last cursor of it that still holds."""

    def effective(self, known: Position) -> int:
        """The cursor up to which a counter really knew the ledger that holds now.

        In an earlier epoch it may have seen operations that were lost since, so it counts as knowing at most what was left at each cut.
        Of an epoch still to come, or of one whose cut is not known, nothing is known.
        """
        later = [cut for epoch, cut in self.cuts if epoch >= known.epoch]
        if known.epoch != self.current and known.epoch not in dict(self.cuts):
            return 0
        return min([known.cursor, *later])


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the ledger concerning one operation's token and number."""

    by_token: OpenLink | None = None
    by_number: OpenLink | None = None
    stops: tuple[Stop, ...] = ()
    """Of its token and of its number."""
    epochs: Epochs = Epochs()
    is_alone: bool = False
    """No other counter exists: a number without a link here has none anywhere."""
    floor: int = 0
    """Stops at or below this cursor may have been erased."""
    key_generation: int | None = None
    """Of the site key that runs now; None where every operation was made under it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link was opened."""

    link: OpenLink


@dataclass(frozen=True, slots=True)
class Closed:
    """A link was closed, which stops its token and its number. Not the whole link: who opened it, and when, is erased with it."""

    token: LinkToken
    number: LibraryCardNumber

    @classmethod
    def of(cls, link: OpenLink) -> Closed:
        return cls(link.token, link.number)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A number, and perhaps a card, were stopped beyond the links that were closed."""

    number: LibraryCardNumber
    token: LinkToken | None = None


Change = Opened | Closed | Stopped


@dataclass(frozen=True, slots=True)
class Accepted:
    """The operation holds; `changes` in order, empty if what it asks for stands already."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """The operation changes nothing. Not `errors.Refused`, which is raised."""

    code: Code
    """stopped-since, made-too-long-ago, site-key-changed, linked-elsewhere, number-linked-elsewhere, premises-changed or
    nothing-to-unlink.
    """


Decision = Accepted | Declined


def decide(standing: Standing, operation: Operation) -> Decision:
    """Decide about one operation. Total: every operation is accepted or declined, whatever stands."""
    if isinstance(operation, UnlinkOperation):
        return _unlink(standing, operation)
    if standing.key_generation not in (None, operation.origin.key_generation):
        return Declined(Code.SITE_KEY_CHANGED)
    if any(_came_after(stop, operation.origin, standing.epochs) for stop in standing.stops):
        return Declined(Code.STOPPED_SINCE)
    if standing.epochs.effective(operation.origin.known) < standing.floor:
        return Declined(Code.MADE_TOO_LONG_AGO)
    by_token, by_number = standing.by_token, standing.by_number
    if by_token is not None and by_token.number == operation.number:
        return Accepted(())
    if isinstance(operation, ReplaceOperation):
        return _replace(standing, operation)
    if by_token is not None or by_number is not None:
        return Declined(Code.LINKED_ELSEWHERE if by_token is not None else Code.NUMBER_LINKED_ELSEWHERE)
    return Accepted((_opened(operation),))


def _unlink(standing: Standing, operation: UnlinkOperation) -> Decision:
    # Whatever opened the links: a card reported lost stops, even if it was linked anew, or with another number, without the counter's
    # knowledge.
    by_token, by_number = standing.by_token, standing.by_number
    closed = [link for link in (by_number, None if by_token == by_number else by_token) if link is not None]
    if standing.is_alone and not closed:
        return Declined(Code.NOTHING_TO_UNLINK)
    is_whole = by_number is not None and operation.token in (None, *(link.token for link in closed))
    return Accepted((*map(Closed.of, closed), *(() if is_whole else (Stopped(operation.number, operation.token),))))


def _replace(standing: Standing, operation: ReplaceOperation) -> Decision:
    conflicting = [link for link in (standing.by_token, standing.by_number) if link is not None]
    # Neither another one nor one fewer: whoever closed one that was shown may have had a reason that staff do not know.
    if {link.operation for link in conflicting} != operation.replaces:
        return Declined(Code.PREMISES_CHANGED)
    return Accepted((*(Closed.of(link) for link in conflicting), _opened(operation)))


def _came_after(stop: Stop, origin: Origin, epochs: Epochs) -> bool:
    """Whether a stop invalidates what `origin` made. One counter may, offline, unlink a number and then link its new card."""
    if stop.counter == origin.counter and stop.sequence < origin.sequence:
        return False
    return stop.cursor > epochs.effective(origin.known)


def _opened(operation: LinkOperation | ReplaceOperation) -> Opened:
    origin = operation.origin
    return Opened(OpenLink(operation.token, operation.number, origin.made, origin.counter, origin.uuid))
