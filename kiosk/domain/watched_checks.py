"""The checks that a running counter repeats."""

from __future__ import annotations

import math
from collections.abc import Mapping

_MINUTE, _HOUR = 60.0, 3600.0
WATCHED: Mapping[str, float] = {
    "service": 30.0,
    "reader": 30.0,
    # `kiosk links unlink` writes in it, too, and staff read in the window what has not been sent.
    "store": 10.0,
    # Not polled: each recorded act reports its own result.
    "records": math.inf,
    "trust": _MINUTE,
    "clock": _MINUTE,
    "displays": _MINUTE,
    "revocation": _MINUTE,
    "printing": 5 * _MINUTE,
    # Told by the thread that knows it; looked at only while it is off.
    "local-api": _MINUTE,
    "handover": _MINUTE,
    # No other counter writes the note meanwhile.
    "crashes": 10 * _MINUTE,
    "log": 10 * _MINUTE,
    "files": 10 * _MINUTE,
    "space": _MINUTE,
    "disk": _HOUR,
    "recovery": _MINUTE,
}
"""Checks a running counter repeats, with their intervals in seconds, in display order."""
_GRACE = 45.0
"""Seconds a check may be late."""


def best_before(check: str) -> float:
    """Seconds after which a finding is stale."""
    return WATCHED[check] * 2 + _GRACE
