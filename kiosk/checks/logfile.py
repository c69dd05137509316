"""Check that the log is being written; without one, failures cannot be diagnosed."""

from __future__ import annotations

from pathlib import Path

from kiosk import log
from kiosk.domain.health import Finding


def check_log(folder: Path) -> Finding:
    """Check this process's log and whether a log can be written in `folder`."""
    params: dict[str, str | int] = {"folder": str(folder)}
    return Finding("log.unwritten" if log.is_failing() or log.unwritable(folder) is not None else "log.written", params)
