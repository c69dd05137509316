"""Queries about items, holds and requests in doubt. None of them changes anything."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.circulation import Item
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import LibraryCardNumber
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.holds import Holds, holds_listed, may_wait
from kiosk.library.ils.loans import list_in
from kiosk.library.ils.lost_answers import Resolution
from kiosk.library.ils.matching import alike
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

    @property
    def knows_no_items(self) -> bool:
        """Whether the server does not support queries about items."""
        return self._connection.denies("17")

    def item(self, item: Item, by: Deadline) -> Message:
        """The item's 18. Raises Unavailable."""
        return self._connection.read(self._requests.item(item.number), by)

    def described(self, item: Item, by: Deadline) -> Message | None:
        """The item's 18, or None if it is not quickly available."""
        if self.knows_no_items or self._monotonic() < self._items_from:
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

    def patron(self, number: LibraryCardNumber, listed: Listed, by: Deadline) -> Message | None:
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

    def holds(self, number: LibraryCardNumber, item: str, by: Deadline) -> Holds | None:
        """The patron's holds, stopping once `item` is found; None from a server without 63. Raises Unavailable, Refused."""
        patron = self.patron(number, Listed.HOLDS, by)
        if patron is None:
            return None
        holds = self._listed(patron, number, Listed.HOLDS, by)
        if holds.has(item) or not may_wait(patron):
            return holds
        waiting = self.patron(number, Listed.WAITING_HOLDS, by)
        return holds if waiting is None else holds | self._listed(waiting, number, Listed.WAITING_HOLDS, by)

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

    def _listed(self, patron: Message, number: LibraryCardNumber, listed: Listed, by: Deadline) -> Holds:
        first = list_in(patron, listed.count)
        return holds_listed(self._pages.whole(first, number, listed, by.step(self._extra_seconds)), patron)
