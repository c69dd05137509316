"""What the library's system denies a patron, and why, in words for staff."""

from __future__ import annotations

from kiosk.domain.circulation import Stop
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.text import plain, say, stop_causes, stop_reasons


def denied(stops: frozenset[Stop]) -> str:
    """「貸出、予約」: the services that are denied; empty when none is."""
    services = (service for service, about in ITEM_SERVICES.items() if about.stopped_by(stops))
    return "、".join(plain(say(f"staff.patron.{service}")) for service in services)


def reasons(stops: frozenset[Stop]) -> str:
    return stop_reasons(" ".join(stops))


def causes(stops: frozenset[Stop]) -> str:
    """The same; empty where nothing is known but what is denied."""
    return stop_causes(" ".join(stops))


def stopped_words(stops: frozenset[Stop]) -> tuple[str, str]:
    """For a registration: what cannot be done now, and that the registration can; empty when nothing is denied."""
    services = denied(stops)
    if not services:
        return "", ""
    return say("staff.stopped.title", services=services, reasons=reasons(stops)), say("staff.stopped.text")
