"""Context of every answer: state, dialect and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.demo.ils.dialect import Dialect
from kiosk.demo.ils.model import Borrower, Stop
from kiosk.demo.ils.rules import Circulation
from kiosk.library.sip2 import Message, sip_date

INSTITUTION = "CHUO"
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asker:
    """The patron of a request. `number` is the current one, or the one requested if unknown."""

    number: str
    borrower: Borrower | None
    name: str

    @property
    def patron(self) -> str:
        """The number for the rules; "" if unknown."""
        return self.borrower.number if self.borrower else ""


@dataclass(frozen=True, slots=True)
class ServerContext:
    """What handlers of requests need: the library's data, the dialect and the time."""

    library: Circulation
    dialect: Dialect
    now: Callable[[], datetime]

    @property
    def today(self) -> date:
        return self.now().date()

    @property
    def stamp(self) -> str:
        return sip_date(self.now())

    def asker(self, request: Message) -> Asker:
        asked = request.first("AA") or ""
        borrower = self.library.borrower(asked)
        if borrower is None:
            return Asker(asked, None, "")
        return Asker(borrower.number, borrower, self.dialect.name_of(borrower))

    def stops(self, borrower: Borrower) -> frozenset[Stop]:
        return self.library.stops(borrower.number, self.today)
