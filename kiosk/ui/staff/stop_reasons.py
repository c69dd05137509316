"""What the library system denies a patron, and why, in words for staff."""

from __future__ import annotations

from kiosk.domain.circulation import Stop
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.service_texts import ServiceText
from kiosk.text import plain, say, stop_causes, stop_reasons


def denied(stops: frozenset[Stop]) -> str:
    """Return the denied services, e.g. 「貸出、予約」; "" if none."""
    services = (service for service, about in ITEM_SERVICES.items() if about.stopped_by(stops))
    return "、".join(plain(say(ServiceText.NAME.of(service))) for service in services)


def reasons(stops: frozenset[Stop]) -> str:
    return stop_reasons(" ".join(stops))


def causes(stops: frozenset[Stop]) -> str:
    """Return the known causes; "" if only the denial itself is known."""
    return stop_causes(" ".join(stops))


def stopped_words(stops: frozenset[Stop]) -> tuple[str, str]:
    """Return, for a registration, what is denied now and that registering is possible; ("", "") if nothing is denied."""
    services = denied(stops)
    if not services:
        return "", ""
    return say("staff.stopped.title", services=services, reasons=reasons(stops)), say("staff.stopped.text")
