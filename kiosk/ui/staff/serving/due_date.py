"""When something is to be returned, in words."""

from __future__ import annotations

from datetime import date

from kiosk.domain.calendar import WEEKDAYS
from kiosk.domain.circulation import Due
from kiosk.text import say

_YEAR_SAID_FROM_DAYS = 300
"""Further off, a day without its year could be taken for another."""


def day_words(day: date, today: date) -> str:
    """12月9日(水)."""
    key = "staff.line.day-year" if abs((day - today).days) > _YEAR_SAID_FROM_DAYS else "staff.line.day"
    return say(key, year=day.year, month=day.month, day=day.day, weekday=WEEKDAYS[day.weekday()])


def due_words(due: Due | None, today: date) -> str:
    """The day; empty where none is known."""
    return "" if due is None or due.day is None else day_words(due.day, today)


def is_overdue(due: Due | None, today: date) -> bool:
    """Whether its day is over. That the library's system counts it as overdue is not said by that."""
    return due is not None and due.day is not None and due.day < today


def due_said(due: Due | None) -> str:
    """What the server sent where no day could be read from it, as its words."""
    if due is None or due.day is not None or not due.text.strip():
        return ""
    return say("staff.line.said-due", said=" ".join(due.text.split()))


def due_spoken(due: Due | None) -> str:
    """The same to be heard: without the weekday, and with a word where nothing is known."""
    if due is None or due.day is None:
        return say("staff.line.spoken-no-due")
    return say("staff.line.spoken-due", due=say("staff.line.spoken-day", month=due.day.month, day=due.day.day))
