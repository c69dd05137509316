"""Whether date and time can be right: a certificate's dates are checked at every tap."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

from kiosk.commands.doctor.finding import Finding

_LIMIT = 10.0
_JAPAN = timedelta(hours=9)
_FIRST_YEAR = 2026
"""No earlier program than this one has read a clock."""


def check_clock(now: datetime | None = None) -> Finding:
    """`now` is aware, in the computer's own time zone."""
    now = now or datetime.now().astimezone()
    facts: dict[str, str | int] = {"now": f"{now:%Y-%m-%d %H:%M}", "zone": str(now.tzname())}
    if not _FIRST_YEAR <= now.year < _FIRST_YEAR + 30:
        return Finding("clock.wrong", facts)
    if now.utcoffset() != _JAPAN:
        return Finding("clock.zone", facts)
    synchronised = _synchronised()
    if synchronised is None:
        return Finding("clock.unknown", facts)
    return Finding("clock.synchronised" if synchronised else "clock.unsynchronised", facts)


def _synchronised() -> bool | None:
    """Whether the system sets its clock by a time server; None where it does not tell."""
    windows = ["w32tm", "/query", "/status"]
    command = windows if sys.platform == "win32" else ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT)  # noqa: S603 - fixed commands
    except (OSError, subprocess.SubprocessError):
        return None
    if answer.returncode:
        return None
    if command is windows:
        # First line, in any language: "Leap Indicator: 3(not synchronized)".
        return "3(" not in answer.stdout.partition("\n")[0]
    return {"yes": True, "no": False}.get(answer.stdout.strip())
