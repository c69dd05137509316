"""Why something was refused or went wrong, as a state holds it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.errors import Code


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or mishap: its code and what its sentence needs."""

    code: Code
    params: tuple[tuple[str, str | int], ...] = ()
    entered: str = field(default="", repr=False)
    """The number that was refused, as it was entered: it stays in its field to be compared and corrected. Empty where none may stay."""
