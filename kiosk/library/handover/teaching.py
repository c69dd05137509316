"""Teach the counter a field: somebody clicks into it, a trial number is typed, and what stays the same is kept.

Nothing that was seen is kept but the parts of `Field`; titles and names may tell of patrons. To look holds up no other program; to type
does on X11, so that a process with windows there types apart (`typing_process`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.checked_typing import unseen
from kiosk.library.handover.elements import Accessibility, Element, Elements, Field, Unknown
from kiosk.library.handover.learning import go_on, learn, parts
from kiosk.library.handover.no_elements import NoElements
from kiosk.library.handover.seat import Desktop, ProgramWindow, Seat

_STEADY_SECONDS = 1.5
"""How long a field has to have the focus before it counts as chosen."""
_LOOK_SECONDS = 0.1
_LATE_SECONDS = 5.0
"""Beyond the time that people get, for what is being asked then."""


@dataclass(frozen=True, slots=True)
class Taught:
    """The window as it was, and what was learnt of the field."""

    window: ProgramWindow
    field: Field
    is_noticed: bool = True
    """See `Learnt`."""


Tell: TypeAlias = Callable[[ProgramWindow, "Element | Unknown"], None]
"""What is in front, and what is seen of its focus."""


def teach(
    digits: str,
    desktop: Desktop,
    accessible: Accessibility,
    seconds: float,
    *,
    way: WayIn = WayIn.KEYS,
    click: Callable[[], None] = lambda: None,
) -> Taught:
    """`watch` and then `learn`."""
    window, element = watch(desktop, accessible, seconds, click=click)
    learnt = learn(digits, window, element, desktop, accessible, way=way)
    return Taught(window, Field(*parts(element), learnt.habit), learnt.is_noticed)


def watch(
    desktop: Desktop,
    accessible: Accessibility,
    seconds: float,
    tell: Tell = lambda window, element: None,
    *,
    click: Callable[[], None] = lambda: None,
    is_wanted: Callable[[], bool] = lambda: True,
    in_terminal: bool = True,
) -> tuple[ProgramWindow, Element]:
    """Wait at most `seconds` for somebody to click into a field of another program. `click` is called once that may be done, `tell` with
    each new thing that is seen meanwhile. `in_terminal`: what is in front at first is the terminal, and does not count.

    Raises Refused: handover-field-unseen (`reason`), when what was clicked into tells nothing; handover-field-elsewhere, when it is no
    field; Unavailable: handover-impossible; GivenUp, once it is not wanted any more.
    """
    with desktop.seat(seconds + _LATE_SECONDS) as seat, accessible.elements(seconds + _LATE_SECONDS) as elements:
        if isinstance(elements, NoElements):
            # Wherever somebody clicks.
            raise unseen(elements.reason)
        # Who presses a button of our own window may have clicked by now.
        first = seat.front() if in_terminal else None
        click()
        return _chosen(seat, elements, seconds, first, tell, is_wanted)


def chosen_window(
    desktop: Desktop,
    seconds: float,
    *,
    click: Callable[[], None] = lambda: None,
    is_wanted: Callable[[], bool] = lambda: True,
    in_terminal: bool = True,
) -> ProgramWindow:
    """Wait at most `seconds` for somebody to click into a window of another program. Raises Refused: handover-no-window; Unavailable:
    handover-impossible; GivenUp. `in_terminal`: see `watch`.
    """
    with desktop.seat(seconds + _LATE_SECONDS) as seat:
        first, steady, since = seat.front() if in_terminal else None, None, 0.0
        click()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            go_on(is_wanted)
            front = seat.front()
            if front is None or front.ours or front == first:
                steady = None
            elif front != steady:
                steady, since = front, time.monotonic()
            elif time.monotonic() - since >= _STEADY_SECONDS:
                return front
            seat.wait(_LOOK_SECONDS)
    raise Refused(Code.HANDOVER_NO_WINDOW)


def _chosen(
    seat: Seat, elements: Elements, seconds: float, first: ProgramWindow | None, tell: Tell, is_wanted: Callable[[], bool]
) -> tuple[ProgramWindow, Element]:
    last: Element | Unknown = Unknown.NO_FOCUS
    told: tuple[ProgramWindow, Element | Unknown] | None = None
    steady: tuple[ProgramWindow, Element] | None = None
    since, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        go_on(is_wanted)
        front = seat.front()
        if front is not None and not front.ours and front != first:
            first = None
            last = elements.focused(front)
            if isinstance(last, Element) and last.is_editable and not last.can_be_kept:
                last = Unknown.NAMELESS
            if told != (front, last):
                told = front, last
                tell(front, last)
            if not (isinstance(last, Element) and last.is_editable):
                steady = None
            elif steady != (front, last):
                steady, since = (front, last), time.monotonic()
            elif time.monotonic() - since >= _STEADY_SECONDS:
                return steady
        # Some ways to the controls have no events, and wait for less.
        next_look = time.monotonic() + _LOOK_SECONDS
        while (left := next_look - time.monotonic()) > 0:
            elements.wait(left)
    if isinstance(last, Unknown):
        raise unseen(last)
    raise Refused(Code.HANDOVER_FIELD_ELSEWHERE)
