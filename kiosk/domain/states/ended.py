"""How a session ended that was not simply finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from kiosk.domain.model import EndedBy, Language, Ticket


@unique
class LeftWork(StrEnum):
    """As far as it had come."""

    REGISTRATION = "registration"
    """Nothing was registered."""
    REGISTERED = "registered"
    LINKED = "linked"
    """This very pair was linked before; nothing was changed."""
    UNLINKING = "unlinking"
    """Nothing was unlinked."""
    UNLINKED = "unlinked"
    LENDING = "lending"
    """Nobody was served yet."""
    REFUSED = "refused"
    """This card could not be served, and cannot be if it is laid again."""
    SERVING = "serving"
    SERVING_BY_LIBRARY_CARD = "serving-by-library-card"
    """No My Number Card was laid."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Told to staff until the next work begins or they have seen it, and to the patron for a short time. Nothing of whose it was."""

    work: LeftWork
    by: EndedBy
    at: datetime | None
    """When it was closed, aware; None where nobody knows the time."""
    language: Language
    """Of the patron who was here."""
    patron_timer: Ticket | None
    """Of the timer that ends what the patron's window says of it; None until it is closed, 0 when nothing more is said of it there."""
