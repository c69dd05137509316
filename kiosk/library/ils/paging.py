"""Fetch the rest of a truncated list page by page (BP, BQ)."""

from __future__ import annotations

from kiosk.domain.circulation import LoanList
from kiosk.domain.errors import Unavailable
from kiosk.domain.model import LibraryCardNumber
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.loans import all_pages, list_in
from kiosk.library.ils.matching import alike
from kiosk.library.ils.requests import Listed, Requests

_PAGES = "63 by pages"


class Pages:
    """Paging on one connection."""

    def __init__(self, connection: Connection, requests: Requests) -> None:
        self._connection, self._requests = connection, requests

    def whole(self, first: LoanList, number: LibraryCardNumber, listed: Listed, by: Deadline) -> LoanList:
        """Complete the list as far as the server provides pages before the deadline."""

        def page(start: int) -> LoanList | None:
            if by.left <= 0 or self._connection.denies(_PAGES):
                return None
            request = self._requests.patron(number.text, listed, start)
            try:
                reply = self._connection.read(request, by, optional=True, ability=_PAGES)
            except Unavailable:
                return None
            return list_in(reply, listed.count) if alike(number.text, reply.first("AA") or "") else None

        return all_pages(first, page)
