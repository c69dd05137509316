"""Monthly counts of acts (months in Japan), updated in the transaction of the act, beside its audit row.

Services have names of their own: "service:loan", "service:ndl-digital", "service:local" for the library's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.domain.calendar import JAPAN
from kiosk.domain.effects import Act
from kiosk.domain.model import Month, Service
from kiosk.ledger.audit import REGISTER, RELEASE
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import TallyRow


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The counts of one month. A replacement counts as a release and a registration, so registrations minus releases are the open links."""

    month: Month
    registrations: int = 0
    releases: int = 0
    uses: int = 0
    services: Mapping[str, int] = field(default_factory=dict)
    """Uses per service, keyed by `Service` value or "local", in that order; unused services are omitted."""
    dropped: int = 0
    """How many of the releases were made by a migration, which had to drop all links."""


_SERVICE = f"{Act.SERVICE}:"
_BY_TRAIL = f"""SELECT strftime('%Y-%m', at, '+9 hours'), CASE act WHEN '{Act.SERVICE}' THEN '{_SERVICE}' || reason ELSE act END, count(*)
    FROM audit WHERE result = 'done' AND act IN ('{REGISTER}', '{RELEASE}', '{Act.USE}', '{Act.SERVICE}') GROUP BY 1, 2"""  # noqa: S608
_KEPT = f"""SELECT month, act, count FROM tally
    WHERE act IN ('{REGISTER}', '{RELEASE}', '{Act.USE}') OR act LIKE '{_SERVICE}%' ORDER BY 1, 2"""  # noqa: S608
_NAMES = (*(service.value for service in Service), "local")


class Figures:
    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    def count(self, act: str, moment: datetime, *, reason: str | None = None) -> None:
        """Count one act. `reason` is that of the audit row: for a service, which one."""
        name = f"{_SERVICE}{reason}" if act == Act.SERVICE else act
        insert = TallyRow.insert(month=f"{moment.astimezone(JAPAN):%Y-%m}", act=name, count=1)
        target = (TallyRow.month, TallyRow.act)
        insert.on_conflict(conflict_target=target, update={TallyRow.count: TallyRow.count + 1}).execute(self._database)

    def agree(self) -> bool:
        """Whether the counts agree with the audit trail."""
        return bool(self._database.ask(f"{_BY_TRAIL} ORDER BY 1, 2").fetchall() == self._database.ask(_KEPT).fetchall())

    def recount(self) -> None:
        """Rebuild the counts from the audit trail."""
        self._database.ask("DELETE FROM tally")
        self._database.ask(f"INSERT INTO tally (month, act, count) {_BY_TRAIL}")

    def by_month(self, only: Month | None = None) -> list[MonthFigures]:
        """The counts by month, oldest first; months without acts are omitted."""
        query = TallyRow.select().order_by(TallyRow.month)
        if only:
            query = query.where(TallyRow.month == f"{only.year:04}-{only.month:02}")
        counts: dict[str, dict[str, int]] = {}
        for row in query.execute(self._database):
            counts.setdefault(row.month, {})[row.act] = row.count
        return [_figures(month, done) for month, done in counts.items()]


def _figures(month: str, done: Mapping[str, int]) -> MonthFigures:
    return MonthFigures(
        Month(int(month[:4]), int(month[5:])),
        done.get(REGISTER, 0),
        done.get(RELEASE, 0),
        done.get(Act.USE, 0),
        {name: done[_SERVICE + name] for name in _NAMES if _SERVICE + name in done},
    )
