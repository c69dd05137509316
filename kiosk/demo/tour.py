"""The guided tour: runs the script from Qt's event loop, through the user interface only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QTimer

from kiosk.demo.tour_driver import Guide, Wait, names_shown
from kiosk.demo.tray import Tray
from kiosk.text import plain, say
from kiosk.ui.displays import Displays
from kiosk.ui.quitting import quit_soon

LIMIT_MS = 30_000
"""Timeout of a step."""
LOOK_MS = 15


class Tour:
    """Runs the script from a polling timer, then quits the application. `result` is 0 if every step succeeded."""

    def __init__(self, displays: Displays, tray: Tray, folder: Path, script: Callable[[Guide], Iterator[Wait]]) -> None:
        self._guide, self._folder = Guide(displays, tray, folder), folder
        self._steps = chain(self._guide.fill_display(), script(self._guide))
        self._wait: Wait = lambda: True
        self._waited = 0
        self._timer = QTimer(interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.result = 1

    def begin(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        if not self._wait():
            self._waited += LOOK_MS
            if self._waited > LIMIT_MS:
                self._end(lost=True)
            return
        self._waited = 0
        # A step may run the event loop (a scan types key by key): do not re-enter it.
        self._timer.stop()
        try:
            following = next(self._steps, None)
        except BaseException:
            self._end(lost=True)
            raise
        if following is None:
            self._end(lost=False)
        else:
            self._wait = following
            self._timer.start()

    def _end(self, *, lost: bool) -> None:
        self._timer.stop()
        guide = self._guide
        if lost:
            seen = " / ".join(sorted({*names_shown(guide.staff), *names_shown(guide.patron)}))
            print(plain(say("demo.tour.lost", name=guide.wanted, seen=seen)), flush=True)
        else:
            print(plain(say("demo.tour.done", count=guide.pictures, folder=str(self._folder))), flush=True)
        self.result = int(lost)
        quit_soon("the tour is over")
