"""Turn the PC/SC heartbeat into events when the service stops or resumes, and into periodic findings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.checks.card import lost, readers
from kiosk.domain.errors import Code
from kiosk.domain.events import CheckFound, Event, ServiceAnswered, ServiceSilent
from kiosk.domain.health import Finding, bug_in
from kiosk.domain.watched_checks import WATCHED


class ReaderReports:
    """An `Ear` of the heartbeat. `post` may be called on any thread."""

    def __init__(self, post: Callable[[Event], None], wanted: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`wanted`: the configured reader."""
        self._post, self._wanted, self._monotonic = post, wanted, monotonic
        self._lock = threading.Lock()
        self._silent = False
        self._told: list[Finding] = []
        self._told_at = 0.0

    def answered(self, names: tuple[str, ...]) -> None:
        self._tell(False, readers(names, self._wanted))

    def failed(self, code: Code) -> None:
        self._tell(code is Code.READER_SILENT, lost(code))

    def broke(self, incident: str) -> None:
        self._tell(self._silent, [bug_in("service", incident), Finding("reader.unknown")])

    def _tell(self, silent: bool, found: list[Finding]) -> None:
        with self._lock:
            if silent != self._silent:
                self._silent = silent
                self._post(ServiceSilent() if silent else ServiceAnswered())
            if found != self._told or self._monotonic() - self._told_at >= WATCHED["reader"]:
                self._told, self._told_at = found, self._monotonic()
                for finding in found:
                    self._post(CheckFound(finding))
