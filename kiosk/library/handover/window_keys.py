"""The keys that go to one window: pressed, or pasted from the clipboard, with the window looked at before and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.checked_typing import still_free
from kiosk.library.handover.elements import Element, Elements, Unknown
from kiosk.library.handover.reaching import reached, still
from kiosk.library.handover.seat import Clipboard, ProgramWindow, Seat
from kiosk.library.handover.target import Target

_PREFIX_SECONDS = 0.7
"""How long a program may take to show the field that the key before the number calls up; without a field it gets as much."""
_LOOK_SECONDS = 0.02
_FETCHED_SECONDS = 1.0
"""How long a window without a field may take to fetch what it pastes."""
_PASTED_SECONDS = 0.1


@dataclass(slots=True)
class Count:
    """How many keys were pressed that belong to the number."""

    keys: int = 0


@dataclass(frozen=True, slots=True)
class WindowKeys:
    """The keys that go to one window."""

    seat: Seat
    window: ProgramWindow
    target: Target
    typed: Count
    clipboard: Clipboard | None
    """Where the number is pasted."""

    def after_prefix(self, elements: Elements | None) -> WindowKeys:
        """Press the key before the number, which is none of its characters; what it calls up is often a page of another title, and as often
        one that looks the same: the field that has the focus already may be about to go.
        """
        before = self._called_up(elements)
        with self.seat.held():
            self._ready()
            self._press_now(*self.target.prefix.pressed)
        end = time.monotonic() + _PREFIX_SECONDS
        while (left := end - time.monotonic()) > 0 and self._called_up(elements) in (None, before):
            self.seat.wait(min(left, _LOOK_SECONDS))
        return replace(self, window=reached(self.seat, self.target, elements, end + _LOOK_SECONDS))

    def _called_up(self, elements: Elements | None) -> tuple[ProgramWindow, Element, str] | None:
        """The field where it is, and what it shows; None if it has no focus."""
        front, field = self.seat.front(), self.target.field
        if front is None or elements is None or field is None or not self.target.fits(front):
            return None
        found = elements.focused(front)
        if not (isinstance(found, Element) and field.fits(found)):
            return None
        text = elements.text(found)
        return (front, found, text) if isinstance(text, str) else None

    def fill(self, digits: str) -> None:
        """The window, whatever has the focus there."""
        if self.clipboard is None:
            self._press_each((*digits, *self.target.suffix.pressed))
            return
        self._paste(self.clipboard, digits, lambda: None)
        if not self._has_arrived(self.clipboard):
            raise Refused(Code.HANDOVER_NOT_SHOWN)
        self._press_each(self.target.suffix.pressed)

    def _press_each(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.press((key,))
            self._pass(self.target.pause)

    def paste_into(self, elements: Elements, element: Element, text: str) -> bool:
        """Paste it there. Raises Refused, where the field is not as it was: to take the clipboard takes time, and some programs end their
        selection when they lose the primary one.
        """

        def as_before() -> None:
            if elements.has_focus(element) is not True:
                raise Refused(Code.HANDOVER_FIELD_ELSEWHERE)
            still_free(elements, element)

        if self.clipboard is not None:
            self._paste(self.clipboard, text, as_before)
        return True

    def _paste(self, clipboard: Clipboard, text: str, check: Callable[[], None]) -> None:
        clipboard.hold(text, self.window, primary=self.target.way is WayIn.PASTE_INSERT)
        check()
        with self.seat.held():
            self._ready()
            if not clipboard.is_held():
                raise Refused(Code.HANDOVER_CLIPBOARD)
            self._press_now(self.target.way.pasting_key)
            self.typed.keys = len(text)
            still(self.seat, self.window)

    def _has_arrived(self, clipboard: Clipboard) -> bool:
        """Wait until the program has fetched what it is to paste, or nobody can know."""
        end = time.monotonic() + _FETCHED_SECONDS
        while time.monotonic() < end and not clipboard.is_fetched():
            self._pass(_LOOK_SECONDS)
        if clipboard.is_fetched():
            # A key that comes at once might be faster than what is on its way.
            self._pass(_PASTED_SECONDS)
        return clipboard.is_fetched() is not False

    def put(self, elements: Elements, element: Element, text: str) -> bool:
        """Have the program show it there, without keys; False if it has not answered. Raises Refused: handover-field-unseen, where it does
        not do that.
        """
        still(self.seat, self.window)
        is_set = elements.set_text(element, text)
        if is_set is not True and is_set is not Unknown.NO_ANSWER:
            raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.FIXED.value)
        self.typed.keys = len(text)
        return is_set is True

    def press(self, keys: Sequence[str]) -> None:
        """With nothing between them, where the platform can."""
        with self.seat.held():
            self._ready()
            for key in keys:
                self._press_now(key)
                self.typed.keys += 1
            still(self.seat, self.window)

    def _ready(self) -> None:
        still(self.seat, self.window)
        if not self.seat.keys_free():
            raise Refused(Code.HANDOVER_KEYS_HELD)

    def _press_now(self, key: str) -> None:
        self.seat.press(key, as_scan_code=self.target.way is WayIn.SCAN_CODES)

    def _pass(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.seat.wait(left)
