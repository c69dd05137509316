"""The end of a session that was not simply finished."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from kiosk.domain.errors import Code
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import EndedBy, Language, Ticket


@unique
class LeftWork(StrEnum):
    """What the session had been doing, and how far it had come."""

    REGISTRATION = "registration"
    """Nothing was registered."""
    REGISTRATION_REFUSED = "registration-refused"
    """Nothing was registered, and will not be with this card or for this person."""
    REGISTERED = "registered"
    LINKED = "linked"
    """This card and number were already linked; nothing changed."""
    UNLINKING = "unlinking"
    """Nothing was unlinked."""
    UNLINKED = "unlinked"
    LENDING = "lending"
    """Nobody had been served yet."""
    REFUSED = "refused"
    """This card could not be served, and will not be if placed again."""
    SERVING = "serving"
    SERVING_BY_LIBRARY_CARD = "serving-by-library-card"
    """No My Number Card was used."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A closed session: shown to staff until they acknowledge it or other work begins, and to the patron briefly. Nothing identifies the
    patron.
    """

    work: LeftWork
    by: EndedBy
    at: datetime | None
    """When it was closed, aware; None if the time is not known."""
    language: Language
    """The language of that patron."""
    patron_timer: Ticket | None
    """Timer that clears the patron's window; None until the session is closed, 0 once nothing is shown there any more."""
    why: Code | None = None
    """Why nothing was done, if the session was refused."""
    typed: bool = False
    """A number stood in the field that had not been entered."""
