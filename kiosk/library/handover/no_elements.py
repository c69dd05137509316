"""What is told of other programs where there is no accessibility bus: nothing."""

from __future__ import annotations

from kiosk.library.handover.elements import Element, Field, Unknown
from kiosk.library.handover.seat import ProgramWindow


class NoElements:
    """See `Elements`."""

    def focused(self, window: ProgramWindow) -> Unknown:
        return Unknown.NO_INTERFACE

    def has_focus(self, element: Element) -> Unknown:
        return Unknown.NO_INTERFACE

    def text(self, element: Element) -> Unknown:
        return Unknown.NO_INTERFACE

    def is_free(self, element: Element) -> Unknown:
        return Unknown.NO_INTERFACE

    def find(self, window: ProgramWindow, field: Field) -> Unknown:
        return Unknown.NO_INTERFACE

    def give_focus(self, element: Element) -> None:
        """There is none."""

    def wait(self, seconds: float) -> float:
        return seconds
