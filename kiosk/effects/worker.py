"""A thread that does one thing after another and brings each answer home as an event."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from kiosk.domain.errors import KioskError
from kiosk.domain.events import Broke, Event
from kiosk.domain.health import Finding
from kiosk.log import record_incident

log = logging.getLogger("kiosk.effects")


class Worker:
    def __init__(self, name: str, post: Callable[[Event | Finding], None]) -> None:
        self._post = post
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def do(self, work: Callable[[], Event | Finding | None], failed: Callable[[KioskError], Event | Finding | None]) -> None:
        """Enqueue `work`; its answer, or what `failed` makes of its trouble, is posted. A bug becomes Broke."""

        def run() -> None:
            try:
                answer = work()
            except KioskError as error:
                log.warning("work refused: %s", error.code)
                answer = failed(error)
            except Exception as error:
                answer = Broke(record_incident(error))
            if answer is not None:
                self._post(answer)

        self._thread.submit(run)

    def stop(self) -> None:
        """Let the work under way end; take no more."""
        self._thread.shutdown(wait=True, cancel_futures=False)
