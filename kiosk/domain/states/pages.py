"""The rail's sections, and the page that belongs to no flow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Section(StrEnum):
    """Where the rail leads."""

    HOME = "home"
    REGISTRATION = "registration"
    UNLINKING = "unlinking"
    STATUS = "status"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Our own code failed; staff are asked, the session is wiped."""

    incident: str
