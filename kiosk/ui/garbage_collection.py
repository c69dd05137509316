"""Collecting garbage on the GUI thread alone.

Python collects on whichever thread happens to allocate. Windows and their parts refer to each other and are garbage of that kind. When
another thread collects them, PySide destroys them there, which crashes; or it takes their connections apart with Qt's lock in its hand
and waits for the interpreter's, while the GUI thread, destroying other widgets, holds that one and waits for Qt's: nothing moves again.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 250
"""How often it is seen to. What is garbage is small: everything that is there at the start stays to the end."""
_LIMITS = 700, 2, 2
"""Of Python's three generations. A page is old when it is left: with Python's own limits the pages of a hundred patrons would be taken
away at once, which the windows stand still for; with these, those of two or three."""


class GarbageCollector(QObject):
    """From `start` to `stop`, both on the GUI thread, no other thread collects."""

    def __init__(self) -> None:
        super().__init__()
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(collect_due)
        self._was_enabled = False

    def start(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._looking.start()

    def stop(self) -> None:
        """To be called when no other thread of the program is left."""
        self._looking.stop()
        if self._was_enabled:
            gc.enable()


def collect_due() -> None:
    """Collect the oldest generation whose limit is passed."""
    due = [generation for generation, (count, limit) in enumerate(zip(gc.get_count(), _LIMITS, strict=True)) if count > limit]
    if due:
        gc.collect(due[-1])
