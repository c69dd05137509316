"""What the fixture `kiosk` of tests/commands/conftest.py gives: a call of the command line, and what it left."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain.model import LibraryCardNumber

NUMBER = LibraryCardNumber("2104067853")


@dataclass(frozen=True)
class Called:
    """What a command left: its exit code and all it said."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


class Terminal(io.StringIO):
    """Somebody at a keyboard."""

    def isatty(self) -> bool:
        return True
