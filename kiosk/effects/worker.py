"""A thread that does one thing after another and brings each answer home as an event."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from kiosk.domain.errors import KioskError
from kiosk.domain.events import Broke, Event
from kiosk.incidents import Incident, RecurringIncidents, record_incident, report_incident

log = logging.getLogger("kiosk.effects")


class Worker:
    def __init__(self, name: str, post: Callable[[Event], None]) -> None:
        self._post = post
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._dropped = 0
        self._bugs = RecurringIncidents()

    def do(self, work: Callable[[], Event | None], failed: Callable[[KioskError], Event | None]) -> None:
        """Enqueue `work`; its answer, or what `failed` makes of its trouble, is posted. A bug becomes Broke."""
        dropped = self._dropped

        def run() -> None:
            if dropped != self._dropped:
                return
            try:
                try:
                    answer = work()
                except KioskError as error:
                    log.warning("work refused: %s", error.code)
                    answer = failed(error)
            except Exception as error:
                answer = Broke(record_incident(error))
            try:
                if answer is not None:
                    self._post(answer)
            except Exception as error:
                report_incident(error)

        self._thread.submit(run)

    def look(self, take: Callable[[], Event | None], broke: Callable[[Incident], Event | None]) -> None:
        """Enqueue a look, for which nobody waits: neither trouble nor a bug in it ends anybody's session. Of a bug, what `broke` makes of
        it is posted.
        """

        def taken() -> Event | None:
            try:
                return take()
            except KioskError:
                raise
            except Exception as error:
                return broke(self._bugs.record(error))

        self.do(taken, lambda error: None)

    def drop(self) -> None:
        """What was enqueued until now and has not begun is not done any more; nothing is posted of it."""
        self._dropped += 1

    def stop(self, limit: float | None = None) -> None:
        """Let what was enqueued end; take no more. What takes longer than `limit` seconds is left to its end."""
        last = self._thread.submit(lambda: None)
        self._thread.shutdown(wait=False)
        wait([last], limit)
