"""Check that the system clock is synchronized by a time server."""

from __future__ import annotations

import sys

from kiosk.domain.health import Finding
from kiosk.system_program import ask

_LIMIT = 10.0


def check_time_server() -> Finding:
    synchronised = _synchronised()
    if synchronised is None:
        return Finding("time-server.unknown")
    return Finding("time-server.synchronised" if synchronised else "time-server.unsynchronised")


def _synchronised() -> bool | None:
    """Whether it is synchronized; None if the system does not report it."""
    if sys.platform == "win32":
        told = ask("w32tm.exe", "/query", "/status", limit=_LIMIT)
        # First line, in any language: "Leap Indicator: 3(not synchronized)".
        return None if told is None else "3(" not in told.partition("\n")[0]
    told = ask("timedatectl", "show", "--property=NTPSynchronized", "--value", limit=_LIMIT)
    return {"yes": True, "no": False}.get((told or "").strip())
