"""The window that gets the number: which one, in front, and with the keyboard."""

from __future__ import annotations

import time
from collections.abc import Sequence

from kiosk.domain.errors import Code, Refused
from kiosk.library.handover.elements import Element, Elements, Field, Unknown
from kiosk.library.handover.seat import ProgramWindow, Seat
from kiosk.library.handover.target import Target


def reached(seat: Seat, target: Target, elements: Elements | None, end: float) -> ProgramWindow:
    """Wait until the target window is active and focused and the keyboard is free."""
    asked = False
    while True:
        front = seat.front()
        # A key still held (the Enter that pressed our button) would auto-repeat in the window brought forward.
        free = seat.keys_free()
        if front is not None and target.fits(front):
            if free and seat.has_keyboard(front):
                return front
        elif not asked:
            if front is not None and not front.ours:
                raise Refused(Code.HANDOVER_NO_WINDOW)
            fitting = _chosen([window for window in seat.windows() if target.fits(window)], target.field, elements)
            if free:
                seat.bring_forward(fitting)
                asked = True
        left = end - time.monotonic()
        if left <= 0:
            raise Refused(Code.HANDOVER_NO_WINDOW if free else Code.HANDOVER_KEYS_HELD)
        seat.wait(left)


def _chosen(fitting: Sequence[ProgramWindow], field: Field | None, elements: Elements | None) -> ProgramWindow:
    """The window used last; of several the one that has the field."""
    if not fitting:
        raise Refused(Code.HANDOVER_NO_WINDOW)
    if field is None or elements is None or len(fitting) == 1:
        return fitting[0]
    found = [elements.find(window, field) for window in fitting]
    if Unknown.NO_ANSWER in found:
        raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_ANSWER.value)
    having = [window for window, element in zip(fitting, found, strict=True) if isinstance(element, Element)]
    if len(having) != 1:
        raise Refused(Code.HANDOVER_SEVERAL_WINDOWS)
    return having[0]


def still(seat: Seat, window: ProgramWindow) -> None:
    """Raises Refused: handover-no-window, where it does not have the keyboard any more."""
    if seat.front() != window or not seat.has_keyboard(window):
        raise Refused(Code.HANDOVER_NO_WINDOW)
