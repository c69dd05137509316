"""Teach the counter a field: somebody clicks into it, a trial number is typed, and what stays the same is kept.

Nothing that was seen is kept but the parts of `Field`; titles and names may tell of patrons. To look holds up no other program; to type
does on X11, so that a process with windows there types apart (`typing_process`).
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.elements import Accessibility, Element, Elements, Field, Habit, Unknown
from kiosk.library.handover.no_elements import NoElements
from kiosk.library.handover.seat import Desktop, ProgramWindow, Seat

_STEADY_SECONDS = 1.5
"""How long a field has to have the focus before it counts as chosen."""
_LOOK_SECONDS = 0.1
_SHOWN_SECONDS = 0.6
_POLL_SECONDS = 0.01
_MOVED_SECONDS = 0.15
"""After each key, longer than when handing over: no patron waits."""
_LEFT_SECONDS = 1.5
TYPING_SECONDS = 60.0
"""For the longest number."""
_LATE_SECONDS = 5.0
"""Beyond the time that people get, for what is being asked then."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a field does."""

    habit: Habit
    is_noticed: bool = True
    """Whether the program is known to have noticed the number: keys it does; a value set in a field that does nothing more only people can
    tell.
    """


@dataclass(frozen=True, slots=True)
class Taught:
    """The window as it was, and what was learnt of the field."""

    window: ProgramWindow
    field: Field
    is_noticed: bool = True
    """See `Learnt`."""


Tell: TypeAlias = Callable[[ProgramWindow, "Element | Unknown"], None]
"""What is in front, and what is seen of its focus."""


class GivenUp(Exception):
    """Nobody wants to know any more."""


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
    return Taught(window, Field(*_parts(element), learnt.habit), learnt.is_noticed)


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
            raise _unseen(elements.reason)
        # Who presses a button of our own window may have clicked by now.
        first = seat.front() if in_terminal else None
        click()
        return _chosen(seat, elements, seconds, first, tell, is_wanted)


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
        free = elements.is_free(element)
        if isinstance(free, Unknown):
            raise _unseen(free)
        if not free:
            raise Refused(Code.HANDOVER_FIELD_FILLED)
        trial = _Trial(seat, elements, window, element, is_wanted, as_scan_codes=way is WayIn.SCAN_CODES)
        by_value = way is WayIn.SET_VALUE
        habit = trial.by_value(digits) if by_value else trial.by_keys(digits)
        return Learnt(habit, is_noticed=not by_value or habit is not Habit.PLAIN)


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
            _go_on(is_wanted)
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
        _go_on(is_wanted)
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
        raise _unseen(last)
    raise Refused(Code.HANDOVER_FIELD_ELSEWHERE)


def _go_on(is_wanted: Callable[[], bool]) -> None:
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
    as_scan_codes: bool
    renders: bool = False
    formats: bool = False

    def by_keys(self, digits: str) -> Habit:
        for position, digit in enumerate(digits, 1):
            _go_on(self.is_wanted)
            self._follow(position - 1)
            with self.seat.held():
                if self.seat.front() != self.window or not self.seat.keys_free():
                    raise Refused(Code.HANDOVER_CHANGED, typed=position - 1)
                self.seat.press(digit, as_scan_code=self.as_scan_codes)
            shown = self._shown(digits[:position])
            self._pass(_MOVED_SECONDS)
            if shown is None and (position < len(digits) or self.elements.has_focus(self.element) is True):
                raise Refused(Code.HANDOVER_NOT_SHOWN, typed=position)
            self.formats |= shown is not None and shown != digits[:position]
        return self._habit(digits)

    def by_value(self, digits: str) -> Habit:
        """The program is asked to show them."""
        is_set = self.elements.set_text(self.element, digits)
        if is_set is not True and is_set is not Unknown.NO_ANSWER:
            raise _unseen(Unknown.FIXED)
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
    return _parts(one) == _parts(other)


def _parts(element: Element) -> tuple[str, str, str, str, str]:
    return element.role, element.name, element.identifier, element.tag, element.address


def _unseen(reason: Unknown) -> Refused:
    return Refused(Code.HANDOVER_FIELD_UNSEEN, reason=reason.value)
