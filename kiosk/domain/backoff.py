"""When to ask again for what the library's system has failed to answer, though it answers everything else."""

from __future__ import annotations

_LONGEST_WAIT = 60.0


def seconds_after(failures: int) -> float:
    """Twice the time with each failure."""
    return min(2.0**failures, _LONGEST_WAIT)
