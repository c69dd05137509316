"""Check the counters of the server: two under one name, one that stops more cards than counters do, links that differ, and long silence."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.health import Finding
from kiosk.registry.api.limits import DEFAULT
from kiosk.registry.opening import OpenedRegistry
from kiosk.registry.rows import stopping_counters

_DAY = timedelta(hours=24)
_LONG = timedelta(hours=24)
"""Then a counter stops serving My Number Cards by itself, unless it is configured otherwise."""


def check_counters(registry: OpenedRegistry, now: datetime) -> Finding:
    """Raises Unavailable."""
    active = [counter for counter in registry.counters.all() if counter.is_active]
    differing = [counter.name for counter in active if counter.heard is not None and counter.heard.differs]
    away = [counter.name for counter in active if counter.heard is not None and now - counter.heard.at > _LONG]
    silent = [counter.name for counter in active if counter.heard is None]
    epoch = registry.ledger.head().position.epoch
    unheard = [counter.name for counter in active if counter.heard is not None and counter.heard.known.epoch != epoch]
    params: dict[str, str | int] = {"count": len(active)}
    if (ahead := registry.ahead) is not None:
        return Finding("counters.ahead", {"name": ahead.counter, "epoch": ahead.position.epoch, "cursor": ahead.position.cursor})
    if doubled := [counter.name for counter in active if counter.doubled is not None]:
        return Finding("counters.doubled", params | {"names": "、".join(doubled)})
    if (stopping := _stopping(registry, now)) is not None:
        return stopping
    if differing:
        return Finding("counters.differ", params | {"names": "、".join(differing)})
    if away:
        return Finding("counters.away", params | {"names": "、".join(away)})
    if silent:
        return Finding("counters.silent", params | {"names": "、".join(silent)})
    if unheard:
        return Finding("counters.unheard", params | {"names": "、".join(unheard)})
    return Finding("counters.fine" if active else "counters.none", params)


def _stopping(registry: OpenedRegistry, now: datetime) -> Finding | None:
    """Perhaps somebody else has the secret of such a counter. One that was shut out is named too: what it stopped is stopped."""
    most, since = int(DEFAULT.stops.burst), int((now - _DAY).timestamp())
    found = registry.ledger.database.read(lambda database: stopping_counters(database, since, most))
    return (
        Finding("counters.stopping", {"most": most, "names": "、".join(f"{name}({count}件)" for name, count in found)}) if found else None
    )


def check_sheet(registry: OpenedRegistry) -> Finding:
    """Raises Unavailable."""
    return Finding("sheet.confirmed" if registry.is_sheet_confirmed else "sheet.unconfirmed")
