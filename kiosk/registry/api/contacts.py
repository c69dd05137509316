"""What counters say of themselves with every request for the feed, kept in memory and written down now and then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping

from kiosk.domain.errors import KioskError
from kiosk.incidents import RecurringIncidents
from kiosk.registry.answers import Contact

WRITTEN_EVERY = 5.0
"""Seconds. A row for each contact of each counter would be most of what the database does."""
_GATHERED = 0.1

Write = Callable[[Mapping[str, Contact]], Awaitable[None]]
"""Raises what the database raises: the contacts are then written the next time."""


class Contacts:
    """Belongs to the event loop."""

    def __init__(self, write: Write, every: float = WRITTEN_EVERY) -> None:
        self._write, self._every = write, every
        self._unwritten: dict[str, Contact] = {}
        self._newest: dict[str, tuple[int, bool]] = {}
        """Of each counter, what is not kept waiting when it changes."""
        self._urgent = asyncio.Event()
        self._incidents = RecurringIncidents()
        self._is_closed = False

    def note(self, counter: str, contact: Contact) -> None:
        """Written soon; at once if the counter names another epoch than before, since others may wait for that, or says that it differs."""
        self._unwritten[counter] = contact
        newest = contact.known.epoch, contact.differs
        if self._newest.get(counter) != newest:
            self._newest[counter] = newest
            self._urgent.set()

    async def keep_writing(self) -> None:
        """Until `close`, after which the last are written."""
        while not self._is_closed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._urgent.wait()
            # Where one is urgent many are: all counters come back at once.
            await asyncio.sleep(_GATHERED)
            self._urgent.clear()
            await self._write_down()

    def close(self) -> None:
        self._is_closed = True
        self._urgent.set()

    async def _write_down(self) -> None:
        unwritten, self._unwritten = self._unwritten, {}
        if not unwritten:
            return
        try:
            await self._write(unwritten)
        except KioskError:
            self._unwritten = unwritten | self._unwritten
        except Exception as error:
            self._incidents.record(error)
            self._unwritten = unwritten | self._unwritten
