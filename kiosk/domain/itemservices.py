"""The services that are done at this counter item by item, and what differs between them.

Of a new one: its member of `model.Service`, its row here and its row in `library/ils/changes.py`; its sentences end in its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.domain.circulation import Reason, Stop, stops_lending, stops_renewing, stops_reserving
from kiosk.domain.model import Service


@dataclass(frozen=True, slots=True)
class ItemService:
    stopped_by: Callable[[frozenset[Stop]], frozenset[Stop]]
    """Those of a patron's stops because of which it is not done."""
    twice: Reason | None
    """What is said of an item for which it was done already; None where that line is shown again."""


ITEM_SERVICES: Mapping[Service, ItemService] = {
    Service.LOAN: ItemService(stops_lending, Reason.ALREADY_LENT),
    Service.RENEWAL: ItemService(stops_renewing, None),
    Service.HOLD: ItemService(stops_reserving, Reason.ALREADY_RESERVED),
}
"""What the library's system does for us where one is connected, in the order in which it is shown; for all else it is given the number."""
