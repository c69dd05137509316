"""The sentences that exist once for each service: the only place that puts a service's name into a key."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum, unique
from typing import Self

from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service


def _every_service(service: Service) -> bool:
    return True


def _by_item(service: Service) -> bool:
    return service in ITEM_SERVICES


def _shown_as_done_before(service: Service) -> bool:
    return service in ITEM_SERVICES and ITEM_SERVICES[service].twice is not None


def _named_on_slips(service: Service) -> bool:
    """The first is what a slip is about unless it says otherwise."""
    return service in ITEM_SERVICES and service is not Service.LOAN


@unique
class ServiceText(StrEnum):
    """A sentence by the pattern of its key, and which services it exists for."""

    exists_for: Callable[[Service], bool]
    _value_: str

    def __new__(cls, pattern: str, *services: Callable[[Service], bool]) -> Self:
        member = str.__new__(cls, pattern)
        member._value_ = pattern
        (member.exists_for,) = services
        return member

    def of(self, service: Service) -> str:
        """The key of this sentence for a service it exists for."""
        return self.format(service=service)

    NAME = "staff.patron.{service}", _every_service
    NAME_IN_COMMANDS = "command.service.{service}", _every_service
    # the page of items
    HEADING = "staff.items.{service}", _by_item
    ENTER = "staff.items.enter-{service}", _by_item
    EMPTY = "staff.items.empty-{service}", _by_item
    COUNT_DONE = "staff.items.done-{service}", _by_item
    COUNT_BEFORE = "staff.items.before-{service}", _shown_as_done_before
    COUNT_REFUSED = "staff.items.refused-{service}", _by_item
    COUNT_UNDONE = "staff.undone.{service}", _by_item
    # the line of an item
    DONE = "staff.line.done-{service}", _by_item
    OPEN = "staff.line.open-{service}", _by_item
    REFUSED = "staff.line.refused-{service}", _by_item
    REFUSED_TO_PATRON = "staff.line.refused-patron-{service}", _by_item
    WHY_REFUSED = "staff.item.refused-{service}", _by_item
    WHY_UNKNOWN = "staff.item.unknown-{service}", _by_item
    WHY_NOT_DONE = "staff.item.not-done-{service}", _by_item
    WHY_NOT_DONE_NEXT = "staff.item.not-done-{service}-next", _by_item
    # an answer that was lost, after the session
    BEING_LOOKED_AT = "staff.banner.unclear-{service}", _by_item
    FOUND_UNKNOWN = "staff.banner.unknown-{service}", _by_item
    FOUND_NOT_DONE = "staff.banner.not-done-{service}", _by_item
    FOUND_DONE = "staff.banner.late-{service}", _by_item
    FOUND_DONE_NEXT = "staff.banner.late-{service}-next", _by_item
    ON_SLIP = "slip.{service}", _named_on_slips


def keys_of(service: Service) -> list[str]:
    """Every key that the program may ask for about a service."""
    return [text.of(service) for text in ServiceText if text.exists_for(service)]
