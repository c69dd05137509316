"""Periodic checks of a running counter, on threads of their own.

Checks that would hang together share a thread: a hang delays only its own kind, whose findings become overdue (`domain.findings`).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.checks.card import revocation, trust
from kiosk.checks.crashes import check_crashes
from kiosk.checks.disk import check_disk, check_space
from kiosk.checks.files import check_files
from kiosk.checks.logfile import check_log
from kiosk.checks.printing import check_printing
from kiosk.checks.stored_data import check_recovery
from kiosk.config import Home, Settings
from kiosk.domain.clock import ClockBounds, check_clock, clock_bounds
from kiosk.domain.errors import KioskError
from kiosk.domain.events import CheckFound, Event
from kiosk.domain.health import Finding, bug_in
from kiosk.domain.states import CounterFacts, HandoverWhen
from kiosk.domain.watched_checks import WATCHED
from kiosk.equipment import counter_facts, has_key_of_computer, now
from kiosk.incidents import RecurringIncidents, report_incident
from kiosk.log_news import LogNews

if TYPE_CHECKING:
    from kiosk.smartcard.judge import CardJudge
    from kiosk.store.repository import Repository

_FIRST_AFTER = 1.0
"""Delay in seconds, to keep the start fast."""
_BUG_LASTS = 2 * max(seconds for seconds in WATCHED.values() if seconds < math.inf)
"""Seconds for which a bug met again keeps its number: longer than between any two looks of a check."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One check that is repeated while the counter runs."""

    check: str
    """One of WATCHED."""
    take: Callable[[], Finding | None]
    """May block. None if the check is inconclusive."""


Looks = Sequence[Sequence[Look]]
"""Grouped by what would make them hang together."""


class Rounds:
    """Runs the checks. `post` is called on any of its threads."""

    def __init__(self, looks: Looks, post: Callable[[Event], None], first_after: float = _FIRST_AFTER) -> None:
        self._post, self._first_after = post, first_after
        self._stopping = threading.Event()
        self._bugs, self._news = RecurringIncidents(_BUG_LASTS), LogNews()
        self._threads = [
            threading.Thread(target=self._go_round, args=(group,), name=f"look-{group[0].check}", daemon=True) for group in looks if group
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, limit: float = 0.5) -> None:
        """Stop posting; a check in progress is abandoned."""
        self._stopping.set()
        end = time.monotonic() + limit
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _go_round(self, looks: Sequence[Look]) -> None:
        due = {look.check: time.monotonic() + self._first_after for look in looks}
        while not self._stopping.wait(max(0.0, min(due.values()) - time.monotonic())):
            for look in looks:
                if due[look.check] <= time.monotonic() and not self._stopping.is_set():
                    self._take(look)
                    due[look.check] = time.monotonic() + WATCHED[look.check]

    def _take(self, look: Look) -> None:
        try:
            found = look.take()
            if self._news.is_over(look.check):
                _log.info("%s is looked at again", look.check)
        except KioskError as error:
            if self._news.is_news(look.check, error.code):
                _log.warning("%s could not be looked at: %s", look.check, error.code.value)
            return
        except Exception as error:
            # No patron's session has to end for it.
            if self._stopping.is_set():
                return
            found = bug_in(look.check, self._bugs.record(error).number)
        if found is None or self._stopping.is_set():
            return
        try:
            self._post(CheckFound(found))
        except Exception as error:
            report_incident(error)


def counter_looks(home: Home, settings: Settings, judge: CardJudge, repository: Repository, site_key: bytes, bounds: ClockBounds) -> Looks:
    """The checks of `kiosk run`, besides readers, store and displays."""
    return (
        *_common(home, settings, judge, bounds),
        # Also accesses the folder of the lists.
        (Look("crashes", lambda: check_crashes(home)),),
        (Look("files", lambda: check_files(home, settings)),),
        *_handover(settings),
        (
            Look("space", lambda: check_space(home.data)),
            Look("disk", lambda: check_disk(home.data, opens_to_all=has_key_of_computer(home, settings))),
            Look("recovery", lambda: check_recovery(repository, site_key)),
        ),
    )


def _handover(settings: Settings) -> Looks:
    if settings.handover.when is HandoverWhen.OFF:
        return ()
    from kiosk.checks.handover import HandoverWatch

    return ((Look("handover", HandoverWatch(settings).look),),)


def demo_looks(home: Home, settings: Settings, judge: CardJudge) -> Looks:
    """The checks of a demo, which stores nothing and does not depend on its machine."""
    return _common(home, settings, judge, ClockBounds())


def _common(home: Home, settings: Settings, judge: CardJudge, bounds: ClockBounds) -> Looks:
    return (
        (
            Look("clock", lambda: check_clock(datetime.now().astimezone(), bounds)),
            Look("trust", lambda: trust(judge.authorities, now(), judge.without)),
        ),
        # Lists and logs may be on a network share.
        (Look("revocation", lambda: revocation(judge.revocation, home.crl_folder(settings.card), now())),),
        (Look("log", lambda: check_log(home.logs)),),
        (Look("printing", lambda: check_printing(settings.slip, home.slip_folder(settings.slip))),),
        () if settings.local_api.on else (Look("local-api", lambda: Finding("local-api.off")),),
    )


def bounds_of(judge: CardJudge, repository: Repository) -> ClockBounds:
    """The bounds of a plausible clock, from what was known before this run wrote anything."""
    return clock_bounds((authority.begins for authority in judge.authorities), repository.left_at)


def first_facts(settings: Settings, judge: CardJudge, *, demo: bool = False) -> CounterFacts:
    """The facts shown before any check has run: of the findings, only the authorities are known."""
    return replace(counter_facts(settings, demo=demo), findings=(replace(trust(judge.authorities, now(), judge.without), at=now()),))
