"""The commands of the command line, one module each. Only the one asked for is imported: the counter's first page waits for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from kiosk.commands.parser import Commands

NAMES = (
    *("run", "keep", "practice", "demo", "doctor", "tap", "ils", "handover", "trust", "links", "audit", "stats"),
    *("recovery", "virtual-card", "config", "setup", "enrol", "erase", "local-api", "serve", "registry"),
)
"""In the order of the help."""


class Command(Protocol):
    """The module of a command."""

    def add(self, commands: Commands) -> None:
        """Add it, and those below it, to the parser."""


def command(name: str) -> Command:
    return cast(Command, import_module(f"kiosk.commands.{name.replace('-', '_')}"))
