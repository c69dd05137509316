"""The windows on a desktop that a target fits."""

from __future__ import annotations

from kiosk.library.handover import LIMIT, Desktop, ProgramWindow, Target


def fitting_windows(target: Target, desktop: Desktop) -> tuple[ProgramWindow, ...]:
    """The preferred one first. Raises Unavailable: handover-impossible."""
    with desktop.seat(LIMIT) as seat:
        return tuple(window for window in seat.windows() if target.fits(window))
