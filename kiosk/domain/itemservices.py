"""The services done at this counter item by item, and their differences.

A new one needs a member of `model.Service`, a row here and a row in `library/ils/changes.py`; its message keys end in its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.domain.circulation import Reason, Stop, stops_lending, stops_renewing, stops_reserving
from kiosk.domain.model import Service


@dataclass(frozen=True, slots=True)
class ItemService:
    """What distinguishes one service done item by item."""

    stopped_by: Callable[[frozenset[Stop]], frozenset[Stop]]
    """Selects those of a patron's stops that prevent it."""
    on_loan: bool
    """Whether the item is on loan to the patron afterwards, and so has a due date. One that is not may have a place in a queue."""
    twice: Reason | None
    """The reason shown for an item it was already done for; None if its line is shown again instead."""


ITEM_SERVICES: Mapping[Service, ItemService] = {
    Service.LOAN: ItemService(stops_lending, True, Reason.ALREADY_LENT),
    Service.RENEWAL: ItemService(stops_renewing, True, None),
    Service.HOLD: ItemService(stops_reserving, False, Reason.ALREADY_RESERVED),
}
"""Services the library system performs for us if one is connected, in display order; for all others the number is handed over."""


def is_loan(service: Service) -> bool:
    """Whether an item is on loan to the patron when `service` has been done for it. Raises KeyError for services not done item by item."""
    return ITEM_SERVICES[service].on_loan
