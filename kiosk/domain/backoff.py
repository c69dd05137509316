"""Back-off for requests the library system fails to answer although it answers everything else."""

from __future__ import annotations

_LONGEST_WAIT = 60.0


def seconds_after(failures: int) -> float:
    """Seconds to wait: exponential back-off, capped at `_LONGEST_WAIT`."""
    return min(2.0**failures, _LONGEST_WAIT)
