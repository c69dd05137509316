"""What is under way at this moment: so many requests of one asker, and so many bytes of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from kiosk.registry.api.errors import ApiCode, ApiError

_SOON = 1.0
"""Seconds after which to ask again."""


class Load:
    """Belongs to the event loop."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._requests: Counter[Hashable] = Counter()

    @contextmanager
    def one_more(self, asker: Hashable, most: int, size: int) -> Iterator[None]:
        """Within it a request is under way, with a body of up to `size` bytes. Raises ApiError: `asker` has `most` of them already,
        or there is no room for the body.
        """
        if self._requests[asker] >= most or (size and self._bytes + size > self._most_bytes):
            raise ApiError(ApiCode.TOO_MANY_REQUESTS, retry_after=_SOON)
        self._requests[asker] += 1
        self._bytes += size
        try:
            yield
        finally:
            self._bytes -= size
            self._requests[asker] -= 1
            if not self._requests[asker]:
                del self._requests[asker]
