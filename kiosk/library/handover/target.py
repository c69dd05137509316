"""Where the number goes: a window by its title and program, and the field in it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum, unique

from kiosk.domain.field_targets import WayIn
from kiosk.library.handover.elements import Field, Habit
from kiosk.library.handover.seat import ProgramWindow


@unique
class Key(StrEnum):
    """A key pressed before or after the number."""

    NONE = "none"
    ENTER = "enter"
    TAB = "tab"
    ESCAPE = "escape"
    F1 = "f1"
    F2 = "f2"
    F3 = "f3"
    F4 = "f4"
    F5 = "f5"
    F6 = "f6"
    F7 = "f7"
    F8 = "f8"
    F9 = "f9"
    F10 = "f10"
    F11 = "f11"
    F12 = "f12"

    @property
    def pressed(self) -> tuple[str, ...]:
        """As `Seat.press` takes it; none for NONE."""
        return () if self is Key.NONE else (_CHARACTERS.get(self.value, self.value),)


_CHARACTERS = {"enter": "\r", "tab": "\t", "escape": "\x1b"}


@dataclass(frozen=True, slots=True)
class Target:
    """The configured window. Raises ValueError for a blank title, which would match every window; for a key after a field that is left; for
    a value that has no field.
    """

    title: str
    """Substring of the title; case and character width are ignored (NFKC, casefold)."""
    program: str = ""
    """Full name of the program, with or without .exe; empty for any."""
    suffix: Key = Key.NONE
    """Pressed after the number, if the field shows it."""
    field: Field | None = None
    """None: whichever has the focus in that window."""
    name: str = ""
    """For staff: where the number goes."""
    unchecked: bool = False
    """Whether the library knows of a field there that cannot be checked, and staff are to look themselves."""
    prefix: Key = Key.NONE
    """Pressed before the number, in the window: what calls up the page with the field. Not counted among the keys typed."""
    way: WayIn = WayIn.KEYS
    pause: float = 0
    """Seconds after each character."""

    def __post_init__(self) -> None:
        if not _plain(self.title):
            raise ValueError("a target needs a title")
        if self.field is not None and self.field.habit.leaves and self.suffix is not Key.NONE:
            raise ValueError("the key after the number would go to whatever has the focus then")
        if self.field is None and self.way is WayIn.SET_VALUE:
            raise ValueError("only a field has a value")

    @property
    def is_read_back(self) -> bool:
        """Whether all of the number is known to have arrived: what a form shows that has sent itself is another page's."""
        return self.field is not None and self.field.habit is not Habit.SUBMITS

    def fits(self, window: ProgramWindow) -> bool:
        """Whether the number may be typed into `window`; never for our own windows."""
        if window.ours or _plain(self.title) not in _plain(window.title):
            return False
        return not _plain(self.program) or _program(self.program) in map(_program, window.programs)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _program(name: str) -> str:
    return _plain(name).removesuffix(".exe")
