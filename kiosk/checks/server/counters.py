"""Check the counters of the server: two under one name, links that differ from the library's, and who has not been heard for long."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.health import Finding
from kiosk.registry.opening import OpenedRegistry

_LONG = timedelta(hours=24)
"""Then a counter stops serving My Number Cards by itself, unless it is configured otherwise."""


def check_counters(registry: OpenedRegistry, now: datetime) -> Finding:
    """Raises Unavailable."""
    active = [counter for counter in registry.counters.all() if counter.is_active]
    differing = [counter.name for counter in active if counter.heard is not None and counter.heard.differs]
    away = [counter.name for counter in active if counter.heard is None or now - counter.heard.at > _LONG]
    params: dict[str, str | int] = {"count": len(active)}
    if (ahead := registry.ahead) is not None:
        return Finding("counters.ahead", {"name": ahead.counter, "epoch": ahead.position.epoch, "cursor": ahead.position.cursor})
    if doubled := [counter.name for counter in active if counter.doubled is not None]:
        return Finding("counters.doubled", params | {"names": "、".join(doubled)})
    if differing:
        return Finding("counters.differ", params | {"names": "、".join(differing)})
    if away:
        return Finding("counters.away", params | {"names": "、".join(away)})
    return Finding("counters.fine" if active else "counters.none", params)


def check_sheet(registry: OpenedRegistry) -> Finding:
    """Raises Unavailable."""
    return Finding("sheet.confirmed" if registry.is_sheet_confirmed else "sheet.unconfirmed")
