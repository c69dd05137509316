"""`hand_over` in a process of its own, begun for one number. Where an X server has to be held, nothing else will do.

Our windows speak to the same X server, and sometimes wait for it with the interpreter's lock in their hand. If a thread of this process
held the server meanwhile it could never go on to let it go: the whole desktop would stand still for ever.
"""

from __future__ import annotations

import logging
import os
import time

from kiosk import apart
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.library.handover import LIMIT, Suffix, Target, desktop, hand_over

_BEGIN_SECONDS = 5.0
"""Beside what typing may take: for an interpreter to start on a slow machine."""
_log = logging.getLogger(__name__)


def hand_over_apart(digits: str, target: Target) -> None:
    """As `hand_over` on the desktop of this process, and with the same errors.

    Refused: handover-changed with `typed` 0 means that the other process has not come to an end: nobody knows what was typed.
    """
    began = time.monotonic()
    asked = {"digits": digits, "title": target.title, "program": target.program, "suffix": target.suffix, "own": os.getpid()}
    try:
        apart.call(hand_over_here, asked, LIMIT + _BEGIN_SECONDS)
    except (apart.Overdue, apart.Died) as error:
        raise Refused(Code.HANDOVER_CHANGED, typed=0) from error
    except apart.NotBegun as error:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))


def hand_over_here(digits: str, title: str, program: str, suffix: str, own: int) -> None:
    """In the other process: type it, `own` being the process whose windows are ours."""
    hand_over(digits, Target(title, program, Suffix(suffix)), desktop(own=own))
