"""`hand_over` and `learn` for a process with windows of its own, one number after another: the digits of two would be a third number.

Each runs in a child process where an X server has to be grabbed. Our windows use the same X server and sometimes wait for it while holding
the interpreter lock. A thread of this process that held a server grab could then never release it: the whole desktop would deadlock.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeAlias, TypeVar

from kiosk import child_process
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover import Key, ProgramWindow, Target, accessibility, desktop, hand_over, limit_of
from kiosk.library.handover.elements import Accessibility, Element, Field, Habit, Unknown
from kiosk.library.handover.learning import TYPING_SECONDS, GivenUp, Learnt, learn

_BEGIN_SECONDS = 5.0
"""Seconds added to the typing limit, for starting an interpreter on a slow machine."""
_turn = threading.Lock()
IsWanted: TypeAlias = Callable[[], bool]
T = TypeVar("T")
_log = logging.getLogger(__name__)


def hand_over_in_turn(digits: str, target: Target, is_wanted: IsWanted = lambda: True) -> int:
    """Call `hand_over` once nothing else is typed; raises the same errors, and GivenUp where it was not wanted any more.

    Refused: handover-changed with `typed` 0 means that a child did not finish: what was typed is unknown.
    """
    with _turn:
        if not is_wanted():
            raise GivenUp
        if sys.platform == "linux":
            return hand_over_apart(digits, target, is_wanted)
        else:
            # It is over within seconds.
            return hand_over(digits, target, desktop(), accessibility())


def learn_in_turn(
    digits: str, window: ProgramWindow, element: Element, accessible: Accessibility, *, way: WayIn, is_wanted: IsWanted
) -> Learnt:
    """Call `learn` once nothing else is typed; raises the same errors, and as `hand_over_in_turn`."""
    with _turn:
        if not is_wanted():
            raise GivenUp
        if sys.platform == "linux":
            return _learn_apart(digits, window, element, way=way, is_wanted=is_wanted)
        else:
            return learn(digits, window, element, desktop(), accessible, way=way, is_wanted=is_wanted)


def hand_over_apart(digits: str, target: Target, is_wanted: IsWanted = lambda: True) -> int:
    """Call `hand_over` in a child process; raises as `hand_over_in_turn` does."""
    began = time.monotonic()
    asked = {"digits": digits, "target": asdict(target), "own": os.getpid()}
    lost = _call(hand_over_here, asked, limit_of(digits, target), is_wanted)
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))
    return lost


def _learn_apart(digits: str, window: ProgramWindow, element: Element, *, way: WayIn, is_wanted: IsWanted) -> Learnt:
    asked = {"digits": digits, "window": asdict(window), "element": asdict(element), "way": way.value, "own": os.getpid()}
    learnt = _call(learn_here, asked, TYPING_SECONDS, is_wanted)
    return Learnt(Habit(learnt["habit"]), learnt["is_noticed"])


def _call(function: Callable[..., T], asked: dict[str, object], limit: float, is_wanted: IsWanted) -> T:
    try:
        return child_process.call(function, asked, limit + _BEGIN_SECONDS, is_wanted=is_wanted)
    except child_process.CalledOff as error:
        raise GivenUp from error
    except (child_process.Overdue, child_process.Died) as error:
        raise Refused(Code.HANDOVER_CHANGED, typed=0) from error
    except child_process.NotBegun as error:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error


def learn_here(digits: str, window: dict[str, Any], element: dict[str, Any], way: str, own: int) -> dict[str, Any]:
    """Runs in the child: see `learn`. `own`: the process whose windows count as ours."""
    accessible = accessibility()
    if accessible is None:
        raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_INTERFACE.value)
    seen = ProgramWindow(**(window | {name: tuple(window[name]) for name in ("programs", "processes")}))
    field = Element(**(element | {"handle": tuple(element["handle"])}))
    learnt = learn(digits, seen, field, desktop(own=own), accessible, way=WayIn(way))
    return {"habit": learnt.habit.value, "is_noticed": learnt.is_noticed}


def hand_over_here(digits: str, target: dict[str, Any], own: int) -> int:
    """Runs in the child: type the number. `target`: as `dataclasses.asdict` gives it; `own`: the process whose windows count as ours."""
    return hand_over(digits, _target(target), desktop(own=own), accessibility())


def _target(parts: dict[str, Any]) -> Target:
    field = parts["field"]
    told = {
        "suffix": Key(parts["suffix"]),
        "field": None if field is None else Field(**(field | {"habit": Habit(field["habit"])})),
        "prefix": Key(parts["prefix"]),
        "way": WayIn(parts["way"]),
    }
    return Target(**(parts | told))
