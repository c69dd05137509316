"""The crashes that staff have not acknowledged: `crashes.txt` beside the store, written by the counter that was started again."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kiosk.config import Home
from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete
from kiosk.domain.keeping import Crash

_log = logging.getLogger(__name__)
_MOST = 100
"""More than anybody lets pass unacknowledged; the oldest go first."""


def noted(home: Home) -> list[Crash]:
    """Oldest first. Raises OSError, ValueError if somebody else has written the file."""
    try:
        lines = read_regular(home.crashes).decode().splitlines()
    except FileNotFoundError:
        return []
    return [Crash.parse(line) for line in lines]


def note(home: Home, crashes: Sequence[Crash]) -> None:
    """Note those that are not yet, there and in the log. A counter works without the note, and a file of somebody else is replaced."""
    try:
        known = noted(home)
    except (OSError, ValueError):
        known = []
    new = [crash for crash in crashes if crash not in known]
    if not new:
        return
    for crash in new:
        _log.error("incident %s: the program had ended unexpectedly at %s (%s)", crash.number, crash.at.isoformat(), crash.why)
    try:
        replace_file(home.crashes, "".join(f"{crash}\n" for crash in (*known, *new)[-_MOST:]).encode())
    except OSError as error:
        _log.warning("the note of it could not be written: %s", type(error).__name__)


def forget(home: Home) -> None:
    """Staff have seen them. What cannot be deleted is told again."""
    try:
        delete(home.crashes, missing_ok=True)
    except OSError as error:
        _log.warning("the note of crashes could not be deleted: %s", type(error).__name__)
