"""A single-threaded work queue that posts each result as an event."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from kiosk.domain.errors import KioskError
from kiosk.domain.events import Broke, Event
from kiosk.incidents import Incident, RecurringIncidents, record_incident, report_incident
from kiosk.log_news import LogNews

log = logging.getLogger("kiosk.effects")
_BUG_LASTS = 150.0
"""Seconds. The rarest look that is repeated here comes once a minute."""


class Worker:
    """For one thread to use."""

    def __init__(self, name: str, post: Callable[[Event], None]) -> None:
        self._post = post
        self._name = name
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._dropped = 0
        self._bugs, self._news = RecurringIncidents(_BUG_LASTS), LogNews()

    def do(self, work: Callable[[], Event | None], failed: Callable[[KioskError], Event | None]) -> None:
        """Enqueue `work` and post the event it returns. On KioskError post what `failed` returns; on any other exception post Broke."""
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

        if self._thread is None:
            # A daemon: work that was left running must not keep the process from ending.
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._waiting.put(run)

    def look(self, take: Callable[[], Event | None], broke: Callable[[Incident], Event | None]) -> None:
        """Enqueue a background check, which nobody waits for and which never ends a session.

        KioskError is dropped. On any other exception the incident is recorded, and what `broke` returns is posted.
        """

        def taken() -> Event | None:
            try:
                event = take()
            except KioskError as error:
                if self._news.is_news(take.__qualname__, error.code):
                    log.warning("not looked at: %s", error.code)
                return None
            except Exception as error:
                return broke(self._bugs.record(error))
            self._news.is_over(take.__qualname__)
            return event

        self.do(taken, lambda error: None)

    def drop(self) -> None:
        """Discard all work that is queued but not started; nothing is posted for it."""
        self._dropped += 1

    def stop(self, limit: float | None = None) -> None:
        """Finish queued work and accept no more. Waits at most `limit` seconds (None: until done); slower work is left running."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(limit)

    def _work(self) -> None:
        while (run := self._waiting.get()) is not None:
            run()
            # Hold no reference to what was done while waiting for more.
            del run
