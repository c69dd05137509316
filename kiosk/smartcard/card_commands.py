"""Commands of the card thread, each about the card of one insertion."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.pin import Pin


@dataclass(frozen=True, slots=True)
class Read:
    """Read and judge the card."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class Tries:
    """Read how many PIN tries are left."""

    ticket: Ticket
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class Verify:
    """Verify the PIN, then have the card sign."""

    ticket: Ticket
    insertion: Insertion
    pin: Pin


@dataclass(frozen=True, slots=True)
class Release:
    """End the session with the card and power it down."""

    insertion: Insertion


Asked = Read | Tries | Verify
"""What is answered by an event."""
Command = Asked | Release


def forget(command: Command | None) -> None:
    """Wipe the PIN of a command that is done with or dropped."""
    if isinstance(command, Verify):
        command.pin.wipe()
