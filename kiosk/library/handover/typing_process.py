"""Run `hand_over` and `learn` in a child process, one per number; required where an X server has to be grabbed.

Our windows use the same X server and sometimes wait for it while holding the interpreter lock. A thread of this process that held a server
grab could then never release it: the whole desktop would deadlock.
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict
from typing import Any

from kiosk import child_process
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.library.handover import Key, ProgramWindow, Target, WayIn, accessibility, desktop, hand_over, limit_of
from kiosk.library.handover.elements import Element, Field, Habit, Unknown
from kiosk.library.handover.teaching import TYPING_SECONDS, Learnt, learn

_BEGIN_SECONDS = 5.0
"""Seconds added to the typing limit, for starting an interpreter on a slow machine."""
_log = logging.getLogger(__name__)


def hand_over_apart(digits: str, target: Target) -> None:
    """Call `hand_over` in a child process; raises the same errors.

    Refused: handover-changed with `typed` 0 means that the child did not finish: what was typed is unknown.
    """
    began = time.monotonic()
    asked = {"digits": digits, "target": asdict(target), "own": os.getpid()}
    try:
        child_process.call(hand_over_here, asked, limit_of(digits, target) + _BEGIN_SECONDS)
    except (child_process.Overdue, child_process.Died) as error:
        raise Refused(Code.HANDOVER_CHANGED, typed=0) from error
    except child_process.NotBegun as error:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))


def learn_apart(digits: str, window: ProgramWindow, element: Element, *, by_value: bool) -> Learnt:
    """Call `learn` in a child process; raises the same errors, and as `hand_over_apart` where it did not finish."""
    asked = {"digits": digits, "window": asdict(window), "element": asdict(element), "by_value": by_value, "own": os.getpid()}
    try:
        learnt = child_process.call(learn_here, asked, TYPING_SECONDS + _BEGIN_SECONDS)
    except (child_process.Overdue, child_process.Died) as error:
        raise Refused(Code.HANDOVER_CHANGED, typed=0) from error
    except child_process.NotBegun as error:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error
    return Learnt(Habit(learnt["habit"]), learnt["is_noticed"])


def learn_here(digits: str, window: dict[str, Any], element: dict[str, Any], by_value: bool, own: int) -> dict[str, Any]:
    """Runs in the child: see `learn`. `own`: the process whose windows count as ours."""
    accessible = accessibility()
    if accessible is None:
        raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_INTERFACE.value)
    seen = ProgramWindow(**(window | {name: tuple(window[name]) for name in ("programs", "processes")}))
    field = Element(**(element | {"handle": tuple(element["handle"])}))
    learnt = learn(digits, seen, field, desktop(own=own), accessible, by_value=by_value)
    return {"habit": learnt.habit.value, "is_noticed": learnt.is_noticed}


def hand_over_here(digits: str, target: dict[str, Any], own: int) -> None:
    """Runs in the child: type the number. `target`: as `dataclasses.asdict` gives it; `own`: the process whose windows count as ours."""
    hand_over(digits, _target(target), desktop(own=own), accessibility())


def _target(parts: dict[str, Any]) -> Target:
    field = parts["field"]
    told = {
        "suffix": Key(parts["suffix"]),
        "field": None if field is None else Field(**(field | {"habit": Habit(field["habit"])})),
        "prefix": Key(parts["prefix"]),
        "way": WayIn(parts["way"]),
    }
    return Target(**(parts | told))
