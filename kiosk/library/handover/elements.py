"""What another program tells of the control that has its keyboard focus, by the platform's accessibility interface.

What could not be learnt is `Unknown`, never "no": a program that does not answer may have moved its focus meanwhile.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, StrEnum, unique
from typing import Protocol

from kiosk.library.handover.seat import ProgramWindow

_IN_CONFIG = re.compile(r"[^\x00-\x1f\x7f]{0,300}")


@unique
class Unknown(Enum):
    """Why a question has no answer."""

    NO_INTERFACE = "no-interface"
    """This computer has no accessibility bus, or nobody may use it."""
    SILENT_PROGRAM = "silent-program"
    """The program tells nothing of its controls: a browser started without accessibility, a terminal."""
    NO_FOCUS = "no-focus"
    """Nothing in the window says that it has the focus."""
    AMBIGUOUS = "ambiguous"
    """Several controls say so, none within another."""
    NO_ANSWER = "no-answer"
    """It took too long, or the program broke the call off."""
    GONE = "gone"
    """The control is there no more: a page that was rendered again, a closed dialog."""
    MASKED = "masked"
    """A field for passwords: its text is not told."""
    FIXED = "fixed"
    """The program does not let others set its text."""
    NAMELESS = "nameless"
    """It cannot be taught: it has neither label nor id, or what it has cannot stand in the configuration."""


@dataclass(frozen=True, slots=True)
class Element:
    """A control of another program. Names, like titles, may tell of patrons: shown to staff, never logged or kept but by teaching."""

    handle: tuple[str, str]
    """Of the interface, for as long as the control lives; a control rendered again has another one."""
    role: str
    """As the interface names it: entry, text, password text, …"""
    name: str
    """The label."""
    identifier: str
    """The id the program's author gave it: of HTML, Qt or GTK. May be empty."""
    tag: str
    """Of HTML; empty elsewhere."""
    address: str
    """Of the innermost document, without query and fragment; empty outside of browsers."""
    is_editable: bool

    @property
    def can_be_kept(self) -> bool:
        """Whether a configuration can tell it from others."""
        parts = (self.name, self.identifier, self.tag, self.address)
        return bool(self.name or self.identifier) and all(map(_IN_CONFIG.fullmatch, parts))


@unique
class Habit(StrEnum):
    """What a field does while a number is typed into it, as found by teaching."""

    PLAIN = "plain"
    """It shows what was typed, and keeps the focus."""
    FORMATS = "formats"
    """It adds blanks or hyphens."""
    RENDERS = "renders"
    """Another field like it is put in its place, by a page that renders itself again; it may format as well."""
    JUMPS = "jumps"
    """It gives the focus to another field after the last digit."""
    SUBMITS = "submits"
    """It sends itself after the last digit; what it shows then is another page."""

    @property
    def leaves(self) -> bool:
        """Whether another field has the focus after the last digit."""
        return self in (Habit.JUMPS, Habit.SUBMITS)


@dataclass(frozen=True, slots=True)
class Field:
    """The control that gets the number, by what stays the same from day to day. Raises ValueError for one that any control fits."""

    role: str
    name: str = ""
    identifier: str = ""
    tag: str = ""
    address: str = ""
    habit: Habit = Habit.PLAIN

    def __post_init__(self) -> None:
        if not self.role or not (self.name or self.identifier):
            raise ValueError("a field needs a role, and a name or an identifier")

    def fits(self, element: Element) -> bool:
        """Whether this is the control; every part has to be the same, what is empty included: two tabs of one title differ by address."""
        ours = (self.role, self.name, self.identifier, self.tag, self.address)
        return element.is_editable and ours == (element.role, element.name, element.identifier, element.tag, element.address)


class Elements(Protocol):
    """The controls of the windows of other programs. Every call ends within a fraction of a second, or is Unknown.NO_ANSWER."""

    def focused(self, window: ProgramWindow) -> Element | Unknown:
        """The control of this window that has the keyboard focus."""

    def has_focus(self, element: Element) -> bool | Unknown:
        """Whether it has the focus still, by asking it and by the events since `focused`: each may know what the other does not yet."""

    def text(self, element: Element) -> str | Unknown:
        """What it shows."""

    def is_free(self, element: Element) -> bool | Unknown:
        """Whether typing leaves nothing of what it shows: it is empty, or all is selected."""

    def find(self, window: ProgramWindow, field: Field) -> Element | Unknown:
        """The control of the window that fits, focused or not; AMBIGUOUS where several do."""

    def give_focus(self, element: Element) -> None:
        """Ask the program to move its focus there. Returns at once; some programs do nothing."""

    def set_text(self, element: Element, text: str) -> bool | Unknown:
        """Have the program show it there in place of what is. Whether it says that it did."""

    def wait(self, seconds: float) -> float:
        """Wait until something may be told, at most that long. Returns the seconds that went by."""


class Accessibility(Protocol):
    """The way to the elements on this platform."""

    def switched_on(self) -> AbstractContextManager[None]:
        """Meanwhile programs tell of their controls, where they have to be asked to."""

    def elements(self, limit: float) -> AbstractContextManager[Elements]:
        """Open it for at most `limit` seconds. Whatever is wrong with it is told by what is asked of it."""
