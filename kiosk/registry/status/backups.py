"""What the status page says of backups, from the folder of the timetable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.registry.backup.failure import load_failure
from kiosk.registry.backup.folder import backups_in
from kiosk.registry.backup.keeper import BackupPlan


@dataclass(frozen=True, slots=True)
class Backups:
    looked: datetime
    """When."""
    is_read: bool
    """False: the folder could not be read, and of what lies in it nothing is known."""
    every_hours: int
    """0: never by itself."""
    newest: datetime | None = None
    count: int = 0
    unusable: int = 0
    failing_since: datetime | None = None
    is_overdue: bool = False


def look_at_backups(plan: BackupPlan, site_key: bytes, library: str, begun: datetime, now: datetime) -> Backups:
    """`begun`: when the ledger was, before which no backup was due. May take long: the folder may lie on a share that hangs."""
    failure, every = load_failure(plan.failure), plan.timetable.every_hours
    since = None if failure is None else failure.since
    try:
        found = backups_in(plan.folder, site_key, library)
    except OSError:
        return Backups(now, False, every, failing_since=since)
    # One that is dated ahead was made by a wrong clock.
    dated = found.as_of(now)
    newest = None if dated.newest is None else dated.newest.manifest.made
    overdue = plan.timetable.is_overdue(newest or begun, now)
    return Backups(now, True, every, newest, len(found.backups), len(found.unusable), since, overdue)
