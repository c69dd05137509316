"""Check whether the program has crashed since staff last acknowledged it."""

from __future__ import annotations

from kiosk import crashes
from kiosk.config import Home
from kiosk.domain.calendar import JAPAN
from kiosk.domain.health import Finding


def check_crashes(home: Home) -> Finding:
    try:
        noted = crashes.noted(home)
    except (OSError, ValueError):
        return Finding("crashes.unread", {"file": str(home.crashes)})
    if not noted:
        return Finding("crashes.none")
    last = noted[-1]
    at = f"{last.at.astimezone(JAPAN):%Y-%m-%d %H:%M}"
    return Finding("crashes.noted", {"count": len(noted), "last": at, "incident": last.number, "why": last.why})
