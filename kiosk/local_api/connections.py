"""The open connections, and what becomes of one too many. Belongs to the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.local_api.errors import LocalApiError, LocalCode

Address = tuple[str, int]
"""Of the other end: no two open connections share it."""
_SOON = 1.0


class Connections:
    """So many at a time. Whoever is new displaces the oldest stranger, so that strangers shut nobody out."""

    def __init__(self, most: int, of_client: int) -> None:
        self._most, self._of_client = most, of_client
        self._strangers: OrderedDict[Address, asyncio.Transport] = OrderedDict()
        self._vouched: set[Address] = set()
        self._waiting: Counter[str] = Counter()

    def open(self, address: Address, transport: asyncio.Transport) -> None:
        if len(self._strangers) + len(self._vouched) >= self._most:
            _, oldest = self._strangers.popitem(last=False) if self._strangers else (address, transport)
            oldest.abort()
        self._strangers[address] = transport

    def close(self, address: Address) -> None:
        self._strangers.pop(address, None)
        self._vouched.discard(address)

    @contextmanager
    def of(self, client: str, address: Address | None) -> Iterator[None]:
        """Within it the connection is that of a client, and is displaced by nobody. Raises LocalApiError: it has as many as it may have."""
        if self._waiting[client] >= self._of_client:
            raise LocalApiError(LocalCode.TOO_MANY_REQUESTS, _SOON)
        self._waiting[client] += 1
        if address is not None and self._strangers.pop(address, None) is not None:
            self._vouched.add(address)
        try:
            yield
        finally:
            self._waiting[client] -= 1
