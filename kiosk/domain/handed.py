"""What is known of a number that was handed over to another program."""

from __future__ import annotations

from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Handed:
    checked: bool = True
    """False: into a field that cannot be checked, and staff have to look."""
    clipboard_lost: bool = False
    """Whether some of what was on the clipboard could not be given back."""
