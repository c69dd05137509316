"""Where the number goes: a window by its title and program, and the field in it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum, unique

from kiosk.library.handover.elements import Field
from kiosk.library.handover.seat import ProgramWindow


@unique
class Suffix(StrEnum):
    """The key pressed after the number."""

    NONE = "none"
    ENTER = "enter"
    TAB = "tab"


@dataclass(frozen=True, slots=True)
class Target:
    """The configured window. Raises ValueError for a blank title, which would match every window; for a key after a field that is left."""

    title: str
    """Substring of the title; case and character width are ignored (NFKC, casefold)."""
    program: str = ""
    """Full name of the program, with or without .exe; empty for any."""
    suffix: Suffix = Suffix.NONE
    field: Field | None = None
    """None: whichever has the focus in that window."""
    name: str = ""
    """For staff: where the number goes."""
    unchecked: bool = False
    """Whether the library knows of a field there that cannot be checked, and staff are to look themselves."""

    def __post_init__(self) -> None:
        if not _plain(self.title):
            raise ValueError("a target needs a title")
        if self.field is not None and self.field.habit.leaves and self.suffix is not Suffix.NONE:
            raise ValueError("the key after the number would go to whatever has the focus then")

    def fits(self, window: ProgramWindow) -> bool:
        """Whether the number may be typed into `window`; never for our own windows."""
        if window.ours or _plain(self.title) not in _plain(window.title):
            return False
        return not _plain(self.program) or _program(self.program) in map(_program, window.programs)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _program(name: str) -> str:
    return _plain(name).removesuffix(".exe")
