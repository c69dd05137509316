"""Where the rail leads, and what the patron sees."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Section(StrEnum):
    """Where the rail leads."""

    HOME = "home"
    REGISTRATION = "registration"
    UNLINKING = "unlinking"
    STATUS = "status"
    HELP = "help"


@unique
class PageName(StrEnum):
    """The patron's pages, under the last words of their sentences' keys."""

    HANDOVER = "handover"
    RETURNING = "returning"
    CARD_LEFT = "card-left"
    TIMED_OUT = "timed-out"
    """What became of what nobody went on with, for a short time; a card is asked for only where one can be taken."""
    WAITING = "waiting"
    CLOSED = "closed"
    """No My Number Card can be taken."""
    READING = "reading"
    SLOW = "slow"
    BEHIND = "behind"
    CHECKING = "checking"
    SERVED = "served"
    REFUSED = "refused"
    BROKEN = "broken"
    STAFF = "staff"
    RECORD = "record"
    GUARDIAN = "guardian"
    LIBRARY_CARD = "library-card"
    PLACE = "place"
    PLACE_AGAIN = "place-again"
    AWAY = "away"
    """Nothing is to be laid: it could not be read, or a card that staff know of lies where it would be."""
    CONFIRM = "confirm"
    READING_TRIES = "reading-tries"
    LAST_TRY = "last"
    PIN = "pin"
    CHECKING_PIN = "checking-pin"
    SAVING = "saving"
    DONE = "done"
    ALREADY = "already"
    ENDED = "ended"
    """Staff have done what they were asked for."""
