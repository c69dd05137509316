"""A piece of software that somebody else wrote, or we, and that an installer holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class InventoryError(Exception):
    """What an installer would hold is not what may be handed on, or nobody knows what it is. Says which, for whoever builds."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that something was installed from."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    version: str
    """Empty where nothing tells it."""
    licence: str
    """An expression of SPDX."""
    purl: str
    """Its package URL, without the version."""
    texts: tuple[Path, ...]
    """The files that hold its licence."""
    origin: Origin | None = None
    files: tuple[str, ...] = ()
    """Where it is below the layout, if it is no distribution."""
    of: str = ""
    """The component that brought it; empty: the program."""

    @property
    def reference(self) -> str:
        """Its own among all components."""
        return f"{self.purl}@{self.version}" + (f"#{self.of}" if self.of else "")
