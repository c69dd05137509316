"""What distinguishes a service done here item by item: declared with it, once, and read as `service.by_item`."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto, unique

from kiosk.domain.circulation import Reason, Stop
from kiosk.domain.lazy_dataclass import dataclass


@unique
class Afterwards(Enum):
    """What the item is to the patron once the service is done, and so what its line shows."""

    ON_LOAN = auto()
    """Its due date."""
    QUEUED = auto()
    """A place in the queue."""
    AS_BEFORE = auto()
    """Only that it is done."""


def _none_of(stops: frozenset[Stop]) -> frozenset[Stop]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class ItemService:
    afterwards: Afterwards
    stopped_by: Callable[[frozenset[Stop]], frozenset[Stop]] = _none_of
    """Selects those of a patron's stops that prevent it."""
    twice: Reason | None = None
    """The reason shown for an item it was already done for; None if its line is shown again instead."""
