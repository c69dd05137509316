"""What is told of other programs where there is no accessibility bus, or one that does not answer: nothing."""

from __future__ import annotations

from kiosk.library.handover.elements import Element, Field, Unknown
from kiosk.library.handover.seat import ProgramWindow


class NoElements:
    """See `Elements`."""

    def __init__(self, reason: Unknown) -> None:
        self.reason = reason

    def focused(self, window: ProgramWindow) -> Unknown:
        return self.reason

    def has_focus(self, element: Element) -> Unknown:
        return self.reason

    def text(self, element: Element) -> Unknown:
        return self.reason

    def is_free(self, element: Element) -> Unknown:
        return self.reason

    def find(self, window: ProgramWindow, field: Field) -> Unknown:
        return self.reason

    def give_focus(self, element: Element) -> None:
        """There is none."""

    def set_text(self, element: Element, text: str) -> Unknown:
        return self.reason

    def wait(self, seconds: float) -> float:
        return seconds
