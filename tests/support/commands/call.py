"""Result types of the fixture `kiosk` in tests/commands/conftest.py, which runs a command."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain.model import LibraryCardNumber

NUMBER = LibraryCardNumber("2104067853")


@dataclass(frozen=True)
class Called:
    """The result of a command: its exit code and output."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


class Terminal(io.StringIO):
    """Standard input that claims to be a terminal."""

    def isatty(self) -> bool:
        return True
