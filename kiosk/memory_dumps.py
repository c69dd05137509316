"""Keep this process's memory off every disk: copies of a PIN that a library made cannot be wiped. Standard library only."""

from __future__ import annotations

import contextlib
import sys


def forbid_memory_dumps() -> None:
    """Forbid core dumps; on Windows, the heap in error reports. Each process asks for itself; on Linux its children inherit it."""
    if sys.platform == "win32":
        # Otherwise Windows Error Reporting may collect the heap when the process crashes or hangs, and send it. A report may still hold the
        # stacks of its threads: only an administrator can switch reports off.
        # https://learn.microsoft.com/en-us/windows/win32/api/werapi/nf-werapi-wersetflags
        no_heap = 1
        with contextlib.suppress(ImportError, AttributeError, OSError):
            import ctypes

            ctypes.windll.kernel32.WerSetFlags(no_heap)
    else:
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
