"""Why something was refused or went wrong, as a state holds it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import Code


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or mishap: its code and what its sentence needs."""

    code: Code
    params: tuple[tuple[str, str | int], ...] = ()
