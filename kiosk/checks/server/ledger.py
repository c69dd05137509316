"""Check the server's database: reachable, whole, checked each night, and not set up to lose what was answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from kiosk.domain.calendar import JAPAN
from kiosk.domain.clock import check_clock, clock_bounds
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.ledger.audit import AuditTrail
from kiosk.registry.answers import Finding as Altered
from kiosk.registry.durability import commits_may_be_lost, product_of
from kiosk.registry.migrations import VERSION
from kiosk.registry.nightly import last_check
from kiosk.registry.opening import OpenedRegistry

T = TypeVar("T")
_LATE = timedelta(hours=36)


def unreachable(error: KioskError) -> Finding:
    """The finding for a ledger that does not open."""
    return Finding("ledger.wrong", {"code": error.code, **error.params})


def check_ledger(registry: OpenedRegistry) -> list[Finding]:
    """Compare all rows with what the head says, and verify the audit trail. Takes long. Raises Unavailable."""
    database = registry.ledger.database
    verified = registry.ledger.verify()
    position = verified.position
    where: dict[str, str | int] = {"place": database.place, "version": VERSION, "kind": product_of(database)}
    params: dict[str, str | int] = {"links": verified.links, "epoch": position.epoch, "cursor": position.cursor}
    altered = [found.value for found in verified.findings if found is not Altered.TRAIL]
    rows = Finding("rows.altered", params | {"altered": " ".join(altered)}) if altered else Finding("rows.whole", params)
    if verified.audit_row is not None:
        trail = Finding("trail.broken", {"row": verified.audit_row})
    else:
        trail = Finding("trail.whole", {"rows": _trail(registry, AuditTrail.head).rows})
    return [Finding("ledger.reachable", where), rows, trail]


def check_durability(registry: OpenedRegistry) -> Finding:
    """Raises Unavailable."""
    losing = commits_may_be_lost(registry.ledger.database)
    return Finding("commits.lost", {"settings": "、".join(losing)}) if losing else Finding("commits.safe")


def check_nightly(registry: OpenedRegistry, now: datetime) -> Finding:
    """Raises Unavailable."""
    last = last_check(registry.ledger)
    if last is None:
        return Finding("nightly.never")
    params: dict[str, str | int] = {"at": f"{last.begun.astimezone(JAPAN):%Y-%m-%d %H:%M}"}
    if last.found:
        return Finding("nightly.altered", params | {"altered": last.found})
    if now - last.begun > _LATE:
        return Finding("nightly.late", params)
    return Finding("nightly.done" if last.ended else "nightly.unfinished", params)


def check_server_clock(registry: OpenedRegistry, now: datetime) -> Finding:
    """Check the clock against the last rows of the trail. `now`: aware, in the computer's own zone. Raises Unavailable."""
    latest = _trail(registry, AuditTrail.latest)
    found = check_clock(now, clock_bounds(last_record=None if latest is None else datetime.fromisoformat(latest)))
    return Finding(f"server-{found.outcome}", found.params)


def _trail(registry: OpenedRegistry, ask: Callable[[AuditTrail], T]) -> T:
    return registry.ledger.database.read(lambda database: ask(AuditTrail(database)))
