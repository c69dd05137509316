"""A refusal or failure, as a state holds it."""

from __future__ import annotations

from dataclasses import field

from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or failure: its code and the parameters of its message."""

    code: Code
    params: tuple[tuple[str, str | int], ...] = ()
    entered: str = field(default="", repr=False)
    """The rejected number as entered, left in its field to be compared and corrected. Empty if it must not stay."""
