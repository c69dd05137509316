"""Check the backups of the server: made by timetable, recent, and readable with this key."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.calendar import JAPAN
from kiosk.domain.health import Finding
from kiosk.registry.backup.failure import load_failure
from kiosk.registry.backup.folder import backups_in
from kiosk.registry.backup.keeper import plan_of
from kiosk.registry.opening import OpenedRegistry


def check_backups(registry: OpenedRegistry, now: datetime) -> Finding:
    """Look at the folder of the timetable. `now` is aware."""
    plan = plan_of(registry.home, registry.settings)
    params: dict[str, str | int] = {"folder": str(plan.folder)}
    try:
        found = backups_in(plan.folder, registry.site_key.key, registry.ledger.library)
    except OSError:
        return Finding("backups.unread", params)
    failure = load_failure(plan.failure)
    if failure is not None:
        since = f"{failure.since.astimezone(JAPAN):%Y-%m-%d %H:%M}"
        told = {name: value for name, value in (("place", failure.place), ("reason", failure.reason)) if value}
        return Finding("backups.failing", {**params, "since": since, "code": failure.code, **told})
    if ahead := found.ahead(now):
        return Finding("backups.ahead", params | {"files": "\n".join(kept.path.name for kept in ahead)})
    newest = found.newest
    if newest is None:
        return Finding("backups.none" if plan.timetable.every_hours else "backups.off", params)
    made = newest.manifest.made
    params |= {"at": f"{made.astimezone(JAPAN):%Y-%m-%d %H:%M}", "count": len(found.backups)}
    if plan.timetable.every_hours == 0:
        return Finding("backups.by-hand", params)
    if found.unusable:
        return Finding("backups.unusable", params | {"files": "\n".join(path.name for path in found.unusable)})
    return Finding("backups.old" if plan.timetable.is_overdue(made, now) else "backups.recent", params)
