"""Whether the log of this very process is written. A counter without one cannot be helped when something has gone wrong."""

from __future__ import annotations

from pathlib import Path

from kiosk import log
from kiosk.domain.health import Finding


def check_log(folder: Path) -> Finding:
    """Writes a line, asks what became of it, and whether the counter's own log can go on."""
    params: dict[str, str | int] = {"folder": str(folder)}
    return Finding("log.unwritten" if log.is_failing() or log.unwritable(folder) is not None else "log.written", params)
