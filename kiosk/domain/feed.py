"""What the library's server tells its counters: facts about the links, in the order in which operations were accepted."""

from __future__ import annotations

from uuid import UUID

from kiosk.domain.decide import Change, Epochs, OpenLink, Stop
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, LinkToken


class OrderParted(ValueError):
    """Where an operation was accepted, as its counter was told, stands another one: the server has lost what it once said."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One accepted operation: who made it and what it changed. Facts, so that no counter has to decide it again."""

    cursor: int
    operation: UUID
    counter: str
    sequence: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link, and the cursor at which it was opened."""

    link: OpenLink
    cursor: int


@dataclass(frozen=True, slots=True)
class PlacedStop:
    """A stop of a token and a number, or of a number alone."""

    stop: Stop
    token: LinkToken | None
    number: LibraryCardNumber


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ledger as it stands at one position."""

    epochs: Epochs
    cursor: int
    links: tuple[PlacedLink, ...]
    stops: tuple[PlacedStop, ...] = ()
