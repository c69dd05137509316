"""Typing into one field, which is asked before and after: is it the one, is it free, does it show what was typed?

Events of a moved focus come late (up to 30 ms were measured in Chromium), and none at all from some programs; a state asked for is always
true of the moment before. So a field known to keep the focus gets all digits at once, between two questions; any other gets one at a time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.domain.errors import Code, Refused
from kiosk.library.handover.elements import Element, Elements, Field, Habit, Unknown
from kiosk.library.handover.seat import ProgramWindow

_SHOWN_SECONDS = 0.6
"""How long a field may take to show a key; 160 ms at most were measured."""
_EVENT_SECONDS = 0.04
"""Between two keys: longer than an event of a moved focus takes."""
_POLL_SECONDS = 0.003
_FOCUS_SECONDS = 0.5
Press = Callable[[Sequence[str]], None]
"""Presses these keys with nothing between them, in the window that was found; raises Refused or Unavailable."""
Put = Callable[[Elements, Element, str], bool]
"""Has the program show a text in this field; False: it has not answered, and may have done so. Raises Refused."""


@dataclass(frozen=True, slots=True)
class FieldTyping:
    """One number, typed into one field of the window in front."""

    elements: Elements
    window: ProgramWindow
    field: Field
    press: Press
    pause: float = 0
    """Seconds after each character, at least."""
    put: Put | None = None
    """None: it is typed."""

    def reached(self) -> Element:
        """The field, with the focus and free. Nothing is typed.

        Raises Refused: handover-field-unseen (`reason`: an Unknown), handover-field-elsewhere, handover-field-filled.
        """
        found = self.elements.focused(self.window)
        if not (isinstance(found, Element) and self.field.fits(found)):
            found = self._brought(found)
        still_free(self.elements, found)
        return found

    def type(self, digits: str, element: Element) -> Element:
        """Returns the field as it is afterwards, for `finish`.

        Raises Refused: handover-changed when something else got the focus; handover-not-shown when the field shows something else.
        """
        if self.put is not None:
            return self._put(self.put, element, digits)
        if self.field.habit is Habit.PLAIN and not self.pause:
            self._at(element)
            self.press(digits)
            self._showing(element, digits)
            self._at(element)
            return element
        for position, digit in enumerate(digits, 1):
            element = self._still(element)
            self.press((digit,))
            # What a form shows that has sent itself is another page's.
            slow = 0.0
            if not (self.field.habit is Habit.SUBMITS and position == len(digits)):
                element, slow = self._showing(element, digits[:position])
            # A program that shows late also tells late of a moved focus.
            self._wait(max(_EVENT_SECONDS, 2 * slow, self.pause))
        return element

    def finish(self, suffix: Sequence[str], element: Element) -> None:
        """Press the key after the number, if the field has the focus still."""
        if suffix:
            element = self._still(element)
            self.press(suffix)

    def _put(self, put: Put, element: Element, digits: str) -> Element:
        self._at(element)
        is_put = put(self.elements, element, digits)
        # What a form shows that has sent itself is another page's.
        return element if is_put and self.field.habit is Habit.SUBMITS else self._showing(element, digits)[0]

    def _brought(self, found: Element | Unknown) -> Element:
        """Give the field the focus, where the program follows."""
        field = self.elements.find(self.window, self.field)
        if isinstance(field, Unknown):
            if isinstance(found, Unknown):
                raise unseen(found)
            raise unseen(field) if field is Unknown.NO_ANSWER else Refused(Code.HANDOVER_FIELD_ELSEWHERE)
        self.elements.give_focus(field)
        left = _FOCUS_SECONDS
        while left > 0:
            now = self.elements.focused(self.window)
            if isinstance(now, Element) and now.handle == field.handle:
                return now
            left -= self.elements.wait(_POLL_SECONDS)
        raise Refused(Code.HANDOVER_FIELD_ELSEWHERE)

    def _still(self, element: Element) -> Element:
        """The field with the focus: this one, or what has taken its place where that is known of it."""
        if self.field.habit is Habit.RENDERS and self.elements.has_focus(element) is not True:
            element = self._alike() or element
        self._at(element)
        return element

    def _alike(self) -> Element | None:
        """The field as it is now, with the focus."""
        found = self.elements.focused(self.window)
        return found if isinstance(found, Element) and self.field.fits(found) else None

    def _at(self, element: Element) -> None:
        if self.elements.has_focus(element) is not True:
            raise Refused(Code.HANDOVER_CHANGED)

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            seconds -= self.elements.wait(seconds)

    def _showing(self, element: Element, digits: str) -> tuple[Element, float]:
        """The field that shows them, once it does, and how many seconds that took. Raises Refused: handover-not-shown."""
        left = _SHOWN_SECONDS
        while left > 0:
            if self._shows(element, digits):
                return element, _SHOWN_SECONDS - left
            if self.field.habit is Habit.RENDERS and (other := self._alike()) and self._shows(other, digits):
                return other, _SHOWN_SECONDS - left
            left -= self.elements.wait(_POLL_SECONDS)
        raise Refused(Code.HANDOVER_NOT_SHOWN)

    def _shows(self, element: Element, digits: str) -> bool:
        text = self.elements.text(element)
        return isinstance(text, str) and self._read(text) == digits

    def _read(self, text: str) -> str:
        if self.field.habit not in (Habit.FORMATS, Habit.RENDERS):
            return text
        return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isalnum())


def still_free(elements: Elements, element: Element) -> None:
    """Raises Refused: handover-field-unseen (`reason`), or handover-field-filled, where the number would stand beside something else."""
    free = elements.is_free(element)
    if isinstance(free, Unknown):
        raise unseen(free)
    if not free:
        raise Refused(Code.HANDOVER_FIELD_FILLED)


def unseen(reason: Unknown) -> Refused:
    """What to raise where nothing is told of a field."""
    return Refused(Code.HANDOVER_FIELD_UNSEEN, reason=reason.value)
