"""The services done at this counter item by item. What distinguishes one is declared with it, in `model.Service`."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.domain.model import Service
from kiosk.domain.servicefacts import Afterwards, ItemService

ITEM_SERVICES: Mapping[Service, ItemService] = {service: service.by_item for service in Service if service.by_item is not None}
"""Services the library system performs for us if one is connected, in display order; for all others the number is handed over."""


def is_loan(service: Service) -> bool:
    """Whether an item is on loan to the patron when `service` has been done for it. Raises KeyError for services not done item by item."""
    return ITEM_SERVICES[service].afterwards is Afterwards.ON_LOAN


def has_queue(service: Service) -> bool:
    """Whether an item has a place in a queue when `service` has been done for it. Raises KeyError as `is_loan`."""
    return ITEM_SERVICES[service].afterwards is Afterwards.QUEUED
