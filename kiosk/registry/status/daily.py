"""How many operations the ledger took and refused, by day and by counter: counts alone, and only for days of which something is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from peewee import Database, PostgresqlDatabase

from kiosk.domain.calendar import JAPAN, day_in_japan
from kiosk.ledger.database import ask

DAYS = 30
"""The last is today."""
_SECONDS = 86_400
_OFFSET = int(JAPAN.utcoffset(None).total_seconds())
_COUNTED = """SELECT counter, (at + ?) / ? AS day, count(*), count(code) FROM operation WHERE at >= ? GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Count:
    accepted: int = 0
    refused: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.accepted + other.accepted, self.refused + other.refused)


@dataclass(frozen=True, slots=True)
class Daily:
    counted: datetime
    """When."""
    days: dict[date, Count | None]
    """In order; None: nothing is kept of that day, or of one before it."""
    refused: Mapping[str, int]
    """Of these days, by counter, where there were any."""


def count_daily(database: Database, now: datetime) -> Daily:
    """Reads every operation that is remembered: not for each page. Within a transaction. `now`: aware."""
    if isinstance(database, PostgresqlDatabase):
        # For queries of few rows the server does without.
        ask(database, "SET LOCAL enable_seqscan = on")
    today = day_in_japan(now)
    first = today - timedelta(days=DAYS - 1)
    begin = int(datetime(first.year, first.month, first.day, tzinfo=JAPAN).timestamp())
    rows = ask(database, _COUNTED, (_OFFSET, _SECONDS, begin)).fetchall()
    (oldest,) = ask(database, "SELECT min(at) FROM operation").fetchone()
    known = today + timedelta(days=1) if oldest is None else day_in_japan(datetime.fromtimestamp(int(oldest), JAPAN))
    wanted = [first + timedelta(days=number) for number in range(DAYS)]
    days: dict[date, Count | None] = {day: Count() if day >= known else None for day in wanted}
    refused: dict[str, int] = {}
    for counter, number, every, declined in rows:
        day = date(1970, 1, 1) + timedelta(days=int(number))
        if day in days:  # else a clock was ahead
            days[day] = (days[day] or Count()) + Count(int(every) - int(declined), int(declined))
        if declined:
            refused[str(counter)] = refused.get(str(counter), 0) + int(declined)
    return Daily(now, days, refused)
