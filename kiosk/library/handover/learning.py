"""Type a trial number into a field, and learn what the field does with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.checked_typing import still_free, unseen
from kiosk.library.handover.elements import Accessibility, Element, Elements, Habit, Unknown
from kiosk.library.handover.seat import Clipboard, Desktop, ProgramWindow, Seat

_SHOWN_SECONDS = 0.6
_POLL_SECONDS = 0.01
_MOVED_SECONDS = 0.15
"""After each key, longer than when handing over: no patron waits."""
_LEFT_SECONDS = 1.5
TYPING_SECONDS = 60.0
"""For the longest number."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a field does."""

    habit: Habit
    is_noticed: bool = True
    """Whether the program is known to have noticed the number: keys it does; a value set in a field that does nothing more only people can
    tell.
    """


class GivenUp(Exception):
    """Nobody wants to know any more."""


def learn(
    digits: str,
    window: ProgramWindow,
    element: Element,
    desktop: Desktop,
    accessible: Accessibility,
    *,
    way: WayIn = WayIn.KEYS,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Learnt:
    """Type `digits` into this field, which has the focus, and learn what it does. `way`: as they will get in. They are left for people to
    delete.

    Raises Refused: handover-field-unseen (`reason`), -elsewhere, -filled; handover-changed with `typed`, when the focus went elsewhere
    before the last digit; handover-not-shown with `typed`; Unavailable: handover-impossible; GivenUp, once it is not wanted any more.
    """
    with desktop.seat(TYPING_SECONDS) as seat, accessible.elements(TYPING_SECONDS) as elements:
        now = elements.focused(window)
        if seat.front() != window or now != element:
            raise Refused(Code.HANDOVER_FIELD_ELSEWHERE)
        still_free(elements, element)
        trial = _Trial(seat, elements, window, element, is_wanted, way)
        if way.pasting_key:
            with seat.clipboard() as clipboard:
                return Learnt(trial.by_pasting(digits, clipboard))
        by_value = way is WayIn.SET_VALUE
        habit = trial.by_value(digits) if by_value else trial.by_keys(digits)
        return Learnt(habit, is_noticed=not by_value or habit is not Habit.PLAIN)


def go_on(is_wanted: Callable[[], bool]) -> None:
    """Raises GivenUp, once it is not wanted any more."""
    if not is_wanted():
        raise GivenUp


@dataclass(slots=True)
class _Trial:
    """A number being typed into a field that is not known yet."""

    seat: Seat
    elements: Elements
    window: ProgramWindow
    element: Element
    is_wanted: Callable[[], bool]
    way: WayIn
    renders: bool = False
    formats: bool = False

    def by_keys(self, digits: str) -> Habit:
        for position, digit in enumerate(digits, 1):
            go_on(self.is_wanted)
            self._follow(position - 1)
            with self.seat.held():
                self._ready(position - 1)
                self.seat.press(digit, as_scan_code=self.way is WayIn.SCAN_CODES)
            shown = self._shown(digits[:position])
            self._pass(_MOVED_SECONDS)
            if shown is None and (position < len(digits) or self.elements.has_focus(self.element) is True):
                raise Refused(Code.HANDOVER_NOT_SHOWN, typed=position)
            self.formats |= shown is not None and shown != digits[:position]
        return self._habit(digits)

    def by_pasting(self, digits: str, clipboard: Clipboard) -> Habit:
        clipboard.hold(digits, self.window, primary=self.way is WayIn.PASTE_INSERT)
        self._follow(0)
        still_free(self.elements, self.element)
        with self.seat.held():
            self._ready(0)
            if not clipboard.is_held():
                raise Refused(Code.HANDOVER_CLIPBOARD)
            self.seat.press(self.way.pasting_key)
        shown = self._shown(digits)
        if shown is None and self.elements.has_focus(self.element) is True:
            raise Refused(Code.HANDOVER_NOT_SHOWN, typed=len(digits))
        self.formats = shown is not None and shown != digits
        return self._habit(digits)

    def _ready(self, typed: int) -> None:
        if self.seat.front() != self.window or not self.seat.keys_free():
            raise Refused(Code.HANDOVER_CHANGED, typed=typed)

    def by_value(self, digits: str) -> Habit:
        """The program is asked to show them."""
        is_set = self.elements.set_text(self.element, digits)
        if is_set is not True and is_set is not Unknown.NO_ANSWER:
            raise unseen(Unknown.FIXED)
        shown = self._shown(digits)
        if shown is None and (is_set is not True or self.elements.has_focus(self.element) is True):
            raise Refused(Code.HANDOVER_NOT_SHOWN, typed=len(digits))
        self.formats = shown is not None and shown != digits
        return self._habit(digits)

    def _follow(self, typed: int) -> None:
        """Go on in the same field, or in the one that a page has put in its place."""
        if self.elements.has_focus(self.element) is True:
            return
        now = self.elements.focused(self.window)
        if not (isinstance(now, Element) and _is_alike(now, self.element)):
            raise Refused(Code.HANDOVER_CHANGED, typed=typed)
        self.renders = self.renders or typed > 0
        self.element = now

    def _habit(self, digits: str) -> Habit:
        """What it has done, once the last digit is typed."""
        if self.elements.has_focus(self.element) is not True:
            # A page that is left stays until the next one comes.
            self._pass(_LEFT_SECONDS)
            now = self.elements.focused(self.window)
            if not (isinstance(now, Element) and _is_alike(now, self.element)):
                return Habit.JUMPS if self._text(self.element, digits) else Habit.SUBMITS
            if not self._text(now, digits):
                return Habit.SUBMITS
            self.renders = True
        if self.renders:
            return Habit.RENDERS
        return Habit.FORMATS if self.formats else Habit.PLAIN

    def _shown(self, digits: str) -> str | None:
        """What the field shows, once that is these digits; None if it never does."""
        left = _SHOWN_SECONDS
        while left > 0:
            if text := self._text(self.element, digits):
                return text
            now = self.elements.focused(self.window)
            if isinstance(now, Element) and _is_alike(now, self.element) and (text := self._text(now, digits)):
                return text
            left -= self.elements.wait(_POLL_SECONDS)
        return None

    def _text(self, element: Element, digits: str) -> str | None:
        """Its text, if that is these digits, however written."""
        text = self.elements.text(element)
        if isinstance(text, str) and "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))) == digits:
            return text
        return None

    def _pass(self, seconds: float) -> None:
        while seconds > 0:
            seconds -= self.elements.wait(seconds)


def _is_alike(one: Element, other: Element) -> bool:
    """Whether both are the same field, perhaps rendered again."""
    return parts(one) == parts(other)


def parts(element: Element) -> tuple[str, str, str, str, str]:
    """What stays the same when it is rendered again."""
    return element.role, element.name, element.identifier, element.tag, element.address
