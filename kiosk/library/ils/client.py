"""The interface to the library's system: patrons and their loans, lending, renewing, placing holds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from kiosk.config import IlsSettings
from kiosk.domain.calendar import JAPAN
from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Patron, Service
from kiosk.library.ils.acs_status import Server, server_in
from kiosk.library.ils.changes import NEEDED
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.items import item_in
from kiosk.library.ils.loans import loans_in
from kiosk.library.ils.matching import alike
from kiosk.library.ils.paging import Pages
from kiosk.library.ils.patron_status import judge_patron
from kiosk.library.ils.profile import profile_of
from kiosk.library.ils.requests import Listed, Requests
from kiosk.library.ils.transactions import ItemTransactions, usable
from kiosk.library.sip2 import Message

_log = logging.getLogger(__name__)


_PAGES_SECONDS = 3.0
"""Seconds a patron look-up waits for further pages of a long list of loans."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a patron's record arrives, for `kiosk ils test`, where staff check the encoding."""

    name: str = field(repr=False)
    replaced: bool
    """Whether a character could not be decoded."""
    fields: tuple[str, ...]
    """The codes of the fields received."""


class IlsClient:
    """One connection with one request in flight. Not thread-safe.

    A call takes at most connecting plus three answers by the settings; `serve` up to twice that when an answer is lost, plus a few seconds
    for looking twice. Tests pass their own limits.
    """

    def __init__(
        self,
        settings: IlsSettings,
        today: Callable[[], date],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(JAPAN),
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,  # noqa: TID251 - the one who paces itself
        connect_seconds: float | None = None,
        answer_seconds: float | None = None,
        settle_seconds: float = 1.0,
    ) -> None:
        self._settings, self._today, self._monotonic = settings, today, monotonic
        self._connect_seconds = settings.connect_seconds if connect_seconds is None else connect_seconds
        self._answer_seconds = settings.answer_seconds if answer_seconds is None else answer_seconds
        self._profile = profile_of(settings)
        self._requests = Requests(settings, self._profile, now)
        self._connection = Connection(
            settings,
            self._profile,
            self._requests,
            needed=NEEDED,
            connect_seconds=self._connect_seconds,
            answer_seconds=self._answer_seconds,
            monotonic=monotonic,
        )
        self._pages = Pages(self._connection, self._requests)
        self._items = ItemTransactions(
            self._connection,
            self._requests,
            self._pages,
            self._profile,
            answer_seconds=self._answer_seconds,
            settle_seconds=settle_seconds,
            pause=pause,
            monotonic=monotonic,
        )

    @property
    def condition(self) -> IlsCondition:
        """The last known condition."""
        return self._connection.condition

    def patron(self, number: LibraryCardNumber) -> Patron:
        """Look up a patron whose card is usable, with current loans.

        Raises Refused: library-card-unknown, library-card-expired (`until`, if known), library-card-stopped (`stops`, `said`),
        library-card-differs (`answered`=unnumbered if the answer has no number). Raises Unavailable: ils-unreachable, ils-login-refused,
        ils-not-trusted.
        """
        reply = self._look_up(number)
        patron = judge_patron(reply, number, self._profile, self._today(), self._settings.loan_limit)
        on_loan = self._pages.whole(patron.standing.on_loan, number, Listed.LOANS, Deadline(_PAGES_SECONDS, self._monotonic))
        standing = replace(patron.standing, on_loan=on_loan)
        if on_loan.disputed is not None:
            standing = replace(standing, loans=None, loans_left=None)
        patron = replace(patron, standing=standing)
        self._items.begin(patron)
        return patron

    def knows(self, number: LibraryCardNumber) -> bool:
        """Whether a library card of this number exists, usable or not. Raises Unavailable."""
        try:
            judge_patron(self._look_up(number), number, self._profile, self._today(), self._settings.loan_limit)
        except Refused as refused:
            return refused.code is not Code.LIBRARY_CARD_UNKNOWN
        return True

    def serve(self, service: Service, number: LibraryCardNumber, item: Item, *, sure: bool = False) -> ItemAnswer:
        """Lend, renew or place a hold. The request is sent at most once; the answer holds the outcome. Never raises KioskError.

        `sure`: staff have verified that this patron has no such hold, where the server's list leaves that open.
        """
        began = self._monotonic()
        answer = self._items.serve(service, number, item, self._until, sure=sure)
        _log.info("%s: %s (%s) in %.2f s", service, answer.outcome, answer.reason or "", self._monotonic() - began)
        return answer

    def loans(self, number: LibraryCardNumber) -> LoanList:
        """The patron's loans, as complete as the server lists them. Raises Unavailable; Refused(library-card-differs)."""
        return self._pages.whole(loans_in(self._look_up(number)), number, Listed.LOANS, self._until())

    def look_again(self, service: Service, number: LibraryCardNumber, item: Item) -> ItemAnswer:
        """Check whether a request whose answer was lost was carried out, without sending it again. Never raises KioskError.

        DONE: it was. REFUSED, not-there-yet: not as of now. UNKNOWN, lost-answer: undecidable, or not checkable now. May be repeated, also
        while another patron is served; after an hour the state before the request is forgotten.
        """
        return self._items.look_again(service, number, item, self._until())

    def item(self, item: str) -> Item:
        """Title and due date of an item, if the server reports them. Raises Unavailable."""
        if not usable(item):
            return Item(item)
        by = self._until()
        self._connection.ready(by)
        if self._connection.denies("17"):
            return Item(item)
        try:
            return item_in(self._connection.read(self._requests.item(item), by), Item(item))
        except Unavailable:
            if not self._connection.denies("17"):
                raise
            return Item(item)

    def keep_alive(self) -> IlsCondition:
        """Send a heartbeat when idle, reconnect when due; called periodically."""
        self._items.tidy()
        try:
            self._connection.keep_alive(self._until())
        except KioskError:
            pass  # reported by `condition`
        return self.condition

    def reconnect(self) -> IlsCondition:
        """Reconnect at once, ignoring back-off: somebody has fixed the cause."""
        self._connection.try_anew()
        return self.keep_alive()

    def status(self) -> Server:
        """The server's status (98). Raises Unavailable."""
        by = self._until()
        self._connection.ready(by)
        return server_in(self._connection.read(self._requests.status(), by))

    def sight(self, number: LibraryCardNumber) -> Sight:
        """The patron's record as received, whatever their standing. Raises Unavailable, Refused (library-card-unknown,
        library-card-differs).
        """
        reply = self._look_up(number)
        codes = tuple(dict.fromkeys(code for code, _ in reply.fields))
        return Sight((reply.first("AE") or "").strip(), reply.replaced, codes)

    def close(self) -> None:
        self._connection.drop()

    def _look_up(self, number: LibraryCardNumber) -> Message:
        """Get the 64 of exactly this number, or the 24 of a server without 63. Raises Unavailable, Refused."""
        if not usable(number.text):
            raise Refused(Code.LIBRARY_CARD_UNKNOWN)
        by = self._until()
        self._connection.ready(by)
        reply = None
        if not self._connection.denies("63"):
            try:
                reply = self._connection.read(self._requests.patron(number.text), by)
            except Unavailable:
                if not self._connection.denies("63"):
                    raise
        if reply is None:
            reply = self._connection.read(self._requests.patron_status(number.text), by)
        answered = reply.first("AA") or ""
        if not alike(number.text, answered) and (answered.strip() or (reply.first("AE") or "").strip()):
            raise Refused(Code.LIBRARY_CARD_DIFFERS, **({} if answered.strip() else {"answered": "unnumbered"}))
        return reply

    def _until(self) -> Deadline:
        """The deadline for one whole operation."""
        return Deadline(self._connect_seconds + 3 * self._answer_seconds, self._monotonic)
