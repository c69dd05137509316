"""Queries about items, holds and requests in doubt. None of them changes anything."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.circulation import Item
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import LibraryCardNumber
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.holds import Holds, holds_in, holds_listed, may_wait
from kiosk.library.ils.items import item_in
from kiosk.library.ils.loans import count_in, list_in
from kiosk.library.ils.lost_answers import Resolution, hold_by_list, loan_by_list, loan_by_status, renewal_by_date
from kiosk.library.ils.matching import alike
from kiosk.library.ils.open_doubts import Before, Question
from kiosk.library.ils.paging import Pages
from kiosk.library.ils.requests import Listed, Requests
from kiosk.library.sip2 import Message

_EXTRA_SECONDS = 3.0
"""Time limit for optional details, such as a title."""
_FAILING_SECONDS = 30.0
"""Seconds without item queries after two consecutive failures."""


class Inquiry:
    def __init__(
        self,
        connection: Connection,
        requests: Requests,
        pages: Pages,
        *,
        answer_seconds: float,
        pause: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._connection, self._requests, self._pages = connection, requests, pages
        self._extra_seconds = min(answer_seconds, _EXTRA_SECONDS)
        self._pause, self._monotonic = pause, monotonic
        self._item_failures, self._items_from = 0, 0.0

    def begin(self) -> None:
        """Start with another patron; reset the failure count."""
        self._item_failures, self._items_from = 0, 0.0

    def described(self, item: Item, by: Deadline) -> Message | None:
        """The item's 18, or None if it is not quickly available."""
        if self._connection.denies("17") or self._monotonic() < self._items_from:
            return None
        try:
            reply = self._connection.read(self._requests.item(item.number), by.step(self._extra_seconds), optional=True)
        except Unavailable:
            self._item_failures += 1
            if self._item_failures >= 2:
                self._items_from = self._monotonic() + _FAILING_SECONDS
            return None
        self._item_failures = 0
        return reply

    def holds(self, number: LibraryCardNumber, item: str, by: Deadline) -> Holds | None:
        """The patron's holds, stopping once `item` is found; None from a server without 63. Raises Unavailable, Refused."""
        patron = self._patron(number, Listed.HOLDS, by)
        if patron is None:
            return None
        holds = self._listed(patron, number, Listed.HOLDS, by)
        if holds.has(item) or not may_wait(patron):
            return holds
        waiting = self._patron(number, Listed.WAITING_HOLDS, by)
        return holds if waiting is None else holds | self._listed(waiting, number, Listed.WAITING_HOLDS, by)

    def look_for_renewal(self, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
        if self._connection.denies("17"):
            return Resolution.UNCLEAR, item
        described = self._connection.read(self._requests.item(item.number), by)
        return renewal_by_date(described, before.due), item_in(described, item)

    def look_for_hold(self, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
        return self._hold(question, before, by), item

    def look_for_loan(self, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
        patron = self._patron(question.number, Listed.LOANS, by)
        finding = Resolution.UNCLEAR if patron is None else loan_by_list(item.number, patron)
        if finding is Resolution.NOT_DONE or (finding is Resolution.UNCLEAR and self._connection.denies("17")):
            return finding, item
        if finding is Resolution.DONE:
            shown = self.described(item, by)
            return finding, item if shown is None else item_in(shown, item)
        described = self._connection.read(self._requests.item(item.number), by)
        now = None if patron is None else count_in(patron, "charged_items_count")
        return loan_by_status(described, before.loans, now), item_in(described, item)

    def looked_twice(self, look: Callable[[], tuple[Resolution, Item]], settle: float, by: Deadline) -> tuple[Resolution, Item] | None:
        """Look, and look again after `settle` seconds if nothing was done yet; None if looking failed."""
        try:
            found = look()
            if found[0] is Resolution.NOT_DONE and settle and by.left > settle:
                self._pause(settle)
                found = look()
        except (Unavailable, Refused):
            return None
        return found

    def _hold(self, question: Question, before: Before, by: Deadline) -> Resolution:
        patron = self._patron(question.number, Listed.HOLDS, by)
        if patron is None:
            return Resolution.UNCLEAR
        holds = holds_in(patron)
        finding = hold_by_list(question.item, before.holds, holds)
        if finding is not Resolution.UNCLEAR or before.holds is None or not may_wait(patron):
            return finding
        waiting = self._patron(question.number, Listed.WAITING_HOLDS, by)
        return finding if waiting is None else hold_by_list(question.item, before.holds, holds | holds_in(waiting))

    def _listed(self, patron: Message, number: LibraryCardNumber, listed: Listed, by: Deadline) -> Holds:
        first = list_in(patron, listed.count)
        return holds_listed(self._pages.whole(first, number, listed, by.step(self._extra_seconds)), patron)

    def _patron(self, number: LibraryCardNumber, listed: Listed, by: Deadline) -> Message | None:
        """The 64; None from a server without 63. Raises Unavailable; Refused if the answer is about somebody else."""
        if self._connection.denies("63"):
            return None
        try:
            reply = self._connection.read(self._requests.patron(number.text, listed), by)
        except Unavailable:
            if self._connection.denies("63"):
                return None
            raise
        if not alike(number.text, reply.first("AA") or ""):
            raise Refused(Code.LIBRARY_CARD_DIFFERS)
        return reply
