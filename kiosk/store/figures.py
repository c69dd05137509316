"""What was done how often, by month in Japan. Counted in the transaction of the act, beside its audit row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.calendar import JAPAN
from kiosk.domain.effects import Act
from kiosk.domain.model import Month
from kiosk.store.audit import REGISTER, RELEASE
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import TallyRow


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A replacement counts as a release and a registration, so registrations less releases are the open links."""

    month: Month
    registrations: int = 0
    releases: int = 0
    uses: int = 0


class Figures:
    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def count(self, act: str, moment: datetime) -> None:
        insert = TallyRow.insert(month=f"{moment.astimezone(JAPAN):%Y-%m}", act=act, count=1)
        target = (TallyRow.month, TallyRow.act)
        insert.on_conflict(conflict_target=target, update={TallyRow.count: TallyRow.count + 1}).execute(self._database)

    def by_month(self, only: Month | None = None) -> list[MonthFigures]:
        """The oldest first; months in which nothing was done are left out."""
        query = TallyRow.select().order_by(TallyRow.month)
        if only:
            query = query.where(TallyRow.month == f"{only.year:04}-{only.month:02}")
        counts: dict[str, dict[str, int]] = {}
        for row in query.execute(self._database):
            counts.setdefault(row.month, {})[row.act] = row.count
        return [
            MonthFigures(Month(int(month[:4]), int(month[5:])), done.get(REGISTER, 0), done.get(RELEASE, 0), done.get(Act.USE, 0))
            for month, done in counts.items()
        ]
