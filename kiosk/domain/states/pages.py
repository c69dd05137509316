"""The destinations of the rail and the patron's pages."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Section(StrEnum):
    """The destinations of the rail."""

    HOME = "home"
    REGISTRATION = "registration"
    UNLINKING = "unlinking"
    STATUS = "status"
    HELP = "help"
    FIELDS = "fields"
    """Not on the rail: opened from 状況."""


@unique
class PageName(StrEnum):
    """The patron's pages. Each value is the last part of its message keys."""

    HANDOVER = "handover"
    RETURNING = "returning"
    CARD_LEFT = "card-left"
    TIMED_OUT = "timed-out"
    """The result of abandoned work, shown briefly; asks for a card only if one can be read."""
    WAITING = "waiting"
    CLOSED = "closed"
    """No My Number Card can be read."""
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
    """No card should be placed: one could not be read, or one that staff know about is in the way."""
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
