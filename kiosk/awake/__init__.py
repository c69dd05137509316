"""Holds off screen saver and sleep while the counter runs: a dark patron display looks broken, and a card is not seen by a computer asleep.

Each of the ways is tried, since no desktop offers all of them, and none is needed for the counter to work. What is held lasts as long as
its thread or connection: a counter that crashes lets go of it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from threading import Event

from kiosk.thread_timeout import meanwhile

_log = logging.getLogger(__name__)
_STOP_SECONDS = 2.0

Way = tuple[str, Callable[[], AbstractContextManager[None]]]
"""Its name for the log, and what holds them off in it."""

if sys.platform == "win32":
    # https://learn.microsoft.com/windows/win32/power/system-sleep-criteria
    from kiosk.awake.windows_power import display_required, no_screen_saver

    WAYS: Sequence[Way] = (("power", display_required), ("screen saver", no_screen_saver))
else:
    from kiosk.awake.desktop_bus import idle_inhibited, screen_saver_inhibited
    from kiosk.awake.x11_saver import saver_suspended

    WAYS = (("desktop", screen_saver_inhibited), ("logind", idle_inhibited), ("X", saver_suspended))


def kept_awake(ways: Sequence[Way] = WAYS) -> AbstractContextManager[None]:
    """Meanwhile hold them off. Nobody waits for it to begin: a bus may not answer for seconds."""
    return meanwhile(lambda ended: _hold(ways, ended), _STOP_SECONDS, "awake")


def _hold(ways: Sequence[Way], ended: Event) -> None:
    with ExitStack() as held:
        for name, way in ways:
            try:
                held.enter_context(way())
            except Exception as error:  # of jeepney, python-xlib or pywin32, each with kinds of its own
                _log.info("%s does not hold off screen saver and sleep: %s", name, type(error).__name__)
            else:
                _log.info("%s holds off screen saver and sleep", name)
        ended.wait()
