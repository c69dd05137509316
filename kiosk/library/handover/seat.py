"""What typing into another program's window needs of the desktop; `x11` and `windows` provide it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProgramWindow:
    """A snapshot of a window. Equal snapshots mean that nothing we check has changed."""

    handle: int
    title: str
    programs: tuple[str, ...]
    """Names of its program: of the executable file, on X11 also both parts of WM_CLASS."""
    ours: bool
    """Belongs to our own program."""
    processes: tuple[int, ...] = ()
    """Whose it is, as far as known."""

    @property
    def program(self) -> str:
        """The name that tells it from others; empty if none is known. On X11 some put the folder of a profile behind it."""
        return next((name for name in self.programs if " " not in name), "")


class Clipboard(Protocol):
    """The clipboard while a number is pasted. What was there is given back at the end, or told as lost."""

    @property
    def lost(self) -> int:
        """How many formats of what was there could not be given back."""

    def hold(self, text: str, window: ProgramWindow, *, primary: bool) -> None:
        """Save what is there, and put `text` there, marked as not to be kept; on X11 only the program of this window is told, and `primary`
        is for the primary selection as well. Raises Refused: handover-clipboard.
        """

    def is_held(self) -> bool:
        """Whether what is pasted now is that text."""

    def is_fetched(self) -> bool | None:
        """Whether the program has fetched it; None where nobody knows."""


class Seat(Protocol):
    """Windows and keyboard of the current desktop session."""

    def windows(self) -> Sequence[ProgramWindow]:
        """The windows of all programs, most recently used first, minimized ones last."""

    def front(self) -> ProgramWindow | None:
        """The active window."""

    def has_keyboard(self, window: ProgramWindow) -> bool:
        """Whether `window` has the keyboard focus."""

    def keys_free(self) -> bool:
        """Whether the keyboard is free: no key held, no modifier latched, no menu or lock screen grabbing it."""

    def bring_forward(self, window: ProgramWindow) -> None:
        """Request activation of the window. Returns at once."""

    def wait(self, seconds: float) -> None:
        """Block until any of the above may have changed, at most `seconds`."""

    def held(self) -> AbstractContextManager[None]:
        """Keep other programs from changing anything, where the platform can. To be held for a single key only."""

    def press(self, key: str, *, as_scan_code: bool = False) -> None:
        r"""Press and release the key for this ASCII letter, digit, "\\r", "\\t" or "\\x1b", or those named "f1" to "f12", "ctrl+v" and
        "shift+insert".

        `as_scan_code`: by its place on the keyboard, where a character could be sent without. Raises Unavailable: handover-impossible,
        before anything is pressed, if the keyboard has no such key.
        """

    def clipboard(self) -> AbstractContextManager[Clipboard]:
        """Open it. What was there is given back at the end. Raises Refused: handover-clipboard."""


class Desktop(Protocol):
    def seat(self, limit: float) -> AbstractContextManager[Seat]:
        """Open a session for at most `limit` seconds. Exceeding the limit, or any failure of the desktop, raises Unavailable:
        handover-impossible.
        """
