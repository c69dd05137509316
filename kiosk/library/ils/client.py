"""The library's own system, as the rest of the program uses it: patrons and their loans, lending, renewing, reserving."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import field, replace
from datetime import date, datetime

from kiosk.config import IlsSettings
from kiosk.domain.calendar import JAPAN
from kiosk.domain.circulation import Item, ItemAnswer, LoanList
from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Patron, Service
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.itemdesk import ItemDesk, usable
from kiosk.library.ils.items import item_in
from kiosk.library.ils.loans import loans_in
from kiosk.library.ils.matching import alike
from kiosk.library.ils.paging import Pages
from kiosk.library.ils.profile import profile_of
from kiosk.library.ils.requests import Listed, Requests
from kiosk.library.ils.server import Server, server_in
from kiosk.library.ils.verdict import judge_patron
from kiosk.library.sip2 import Message

_log = logging.getLogger(__name__)


_PAGES_SECONDS = 3.0
"""So long whoever laid a card waits for what is cut off from a long list of loans."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a patron comes out of the library's system: for `kiosk ils test`, where somebody sees whether the encoding is right."""

    name: str = field(repr=False)
    replaced: bool
    """Whether a character could not be read."""
    fields: tuple[str, ...]
    """The codes of the fields that came."""


class IlsClient:
    """One connection, one request in flight; belongs to one thread.

    No call takes longer than connecting and three answers may take by the settings; `serve` may take that twice, when an answer is lost,
    and a few seconds for looking twice. The limits can be given for tests, which cannot wait.
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
            connect_seconds=self._connect_seconds,
            answer_seconds=self._answer_seconds,
            monotonic=monotonic,
        )
        self._pages = Pages(self._connection, self._requests)
        self._items = ItemDesk(
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
        """As last found."""
        return self._connection.condition

    def patron(self, number: LibraryCardNumber) -> Patron:
        """The holder of a library card that may be used, with what is on loan.

        Raises Refused: library-card-unknown, library-card-expired (until, where known), library-card-stopped (stops, said),
        library-card-differs (answered=unnumbered where it has no number).
        Raises Unavailable: ils-unreachable, ils-login-refused, ils-not-trusted.
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
        """Whether there is a library card of this number, usable or not. Raises Unavailable."""
        try:
            judge_patron(self._look_up(number), number, self._profile, self._today(), self._settings.loan_limit)
        except Refused as refused:
            return refused.code is not Code.LIBRARY_CARD_UNKNOWN
        return True

    def serve(self, service: Service, number: LibraryCardNumber, item: Item, *, sure: bool = False) -> ItemAnswer:
        """Lend, renew or reserve: asked for once, ever. What became of it is in the answer; never raises KioskError.

        `sure`: staff have seen that this patron has no such hold, which the server does not tell for certain.
        """
        began = self._monotonic()
        answer = self._items.serve(service, number, item, self._until, sure=sure)
        _log.info("%s: %s (%s) in %.2f s", service, answer.outcome, answer.reason or "", self._monotonic() - began)
        return answer

    def loans(self, number: LibraryCardNumber) -> LoanList:
        """What is on loan, as far as the server tells. Raises Unavailable; Refused(library-card-differs)."""
        return self._pages.whole(loans_in(self._look_up(number)), number, Listed.LOANS, self._until())

    def look_again(self, service: Service, number: LibraryCardNumber, item: Item) -> ItemAnswer:
        """What became of a request whose answer was lost, as it stands now; nothing is asked for. Never raises KioskError.

        DONE: it was done. REFUSED, not-there-yet: as of now it was not. UNKNOWN, lost-answer: that cannot be told, or not yet again. May be
        asked as often as somebody wants to know, also when another patron is served; after an hour nothing is known of it any more.
        """
        return self._items.look_again(service, number, item, self._until())

    def item(self, item: str) -> Item:
        """Title and due date of an item, as far as they are told. Raises Unavailable."""
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
        """To be called now and then: says something when nothing was said for long, reconnects when it is time to."""
        self._items.tidy()
        try:
            self._connection.keep_alive(self._until())
        except KioskError:
            pass  # told by the condition
        return self.condition

    def reconnect(self) -> IlsCondition:
        """Now, whatever went wrong before: somebody has seen to it."""
        self._connection.try_anew()
        return self.keep_alive()

    def status(self) -> Server:
        """What the server says of itself. Raises Unavailable."""
        by = self._until()
        self._connection.ready(by)
        return server_in(self._connection.read(self._requests.status(), by))

    def sight(self, number: LibraryCardNumber) -> Sight:
        """The patron as the server tells them, whatever their standing. Raises Unavailable, Refused(library-card-unknown or -differs)."""
        reply = self._look_up(number)
        codes = tuple(dict.fromkeys(code for code, _ in reply.fields))
        return Sight((reply.first("AE") or "").strip(), reply.replaced, codes)

    def close(self) -> None:
        self._connection.drop()

    def _look_up(self, number: LibraryCardNumber) -> Message:
        """The 64, or the 24 of a server without 63, of just this number. Raises Unavailable, Refused."""
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
        """For all that one question takes."""
        return Deadline(self._connect_seconds + 3 * self._answer_seconds, self._monotonic)
