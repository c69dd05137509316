"""Check that the system clock is synchronized by a time server."""

from __future__ import annotations

import subprocess
import sys

from kiosk.domain.health import Finding

_LIMIT = 10.0


def check_time_server() -> Finding:
    synchronised = _synchronised()
    if synchronised is None:
        return Finding("time-server.unknown")
    return Finding("time-server.synchronised" if synchronised else "time-server.unsynchronised")


def _synchronised() -> bool | None:
    """Whether it is synchronized; None if the system does not report it."""
    windows = ["w32tm", "/query", "/status"]
    command = windows if sys.platform == "win32" else ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_LIMIT)  # noqa: S603 - fixed commands
    except (OSError, subprocess.SubprocessError):
        return None
    if answer.returncode:
        return None
    if command is windows:
        # First line, in any language: "Leap Indicator: 3(not synchronized)".
        return "3(" not in answer.stdout.partition("\n")[0]
    return {"yes": True, "no": False}.get(answer.stdout.strip())
