"""Garbage collection on the GUI thread only.

Python collects on whichever thread allocates. Widgets form reference cycles, so the collector destroys them; on another thread PySide then
either crashes, or disconnects signals holding Qt's lock while waiting for the GIL, which the GUI thread holds while it destroys other
widgets and waits for Qt's lock: a deadlock.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 250
"""Polling interval. There is little garbage: everything that exists at start-up lives until exit."""
_LIMITS = 700, 2, 2
"""Thresholds of Python's three generations. A page has reached the oldest by the time it is closed: with Python's defaults the pages of a
hundred patrons would be freed at once, freezing the windows; with these, those of two or three.
"""


class GarbageCollector(QObject):
    """Restricts collection to the GUI thread from `start` to `stop`; call both there."""

    def __init__(self) -> None:
        super().__init__()
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(collect_due)
        self._was_enabled = False

    def start(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def look(self) -> None:
        """Begin to collect. Until then there is nothing but what stays, and looking through it would delay the first page."""
        self._looking.start()

    def stop(self) -> None:
        """Restore automatic collection. Call once no other thread of the program is left."""
        self._looking.stop()
        if self._was_enabled:
            gc.enable()


def collect_due() -> None:
    """Collect the oldest generation over its threshold."""
    due = [generation for generation, (count, limit) in enumerate(zip(gc.get_count(), _LIMITS, strict=True)) if count > limit]
    if due:
        gc.collect(due[-1])
