"""The looks that a running counter takes again and again, on threads of their own.

Each thread takes those looks that would hang together: one that hangs holds back its own kind alone, and what it should have found
becomes overdue (`domain.findings`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.checks.card import revocation, trust
from kiosk.checks.disk import check_disk, check_space
from kiosk.checks.files import check_files
from kiosk.checks.keeping import check_recovery
from kiosk.checks.logfile import check_log
from kiosk.checks.printing import check_printing
from kiosk.config import Home, RevocationSource, Settings
from kiosk.domain.clock import ClockBounds, check_clock, clock_bounds
from kiosk.domain.errors import KioskError
from kiosk.domain.events import CheckFound, Event
from kiosk.domain.health import WATCHED, Finding, bug_in
from kiosk.domain.states import CounterFacts
from kiosk.equipment import now
from kiosk.incidents import RecurringIncidents

if TYPE_CHECKING:
    from kiosk.smartcard.judge import CardJudge
    from kiosk.store.repository import Repository

_FIRST_AFTER = 1.0
"""Seconds: a start has better things to do."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    check: str
    """One of WATCHED."""
    take: Callable[[], Finding | None]
    """May wait. None where it could not be told."""


Looks = Sequence[Sequence[Look]]
"""Those that would hang together, together."""


class Rounds:
    """`post` is called on any of its threads. All but `start` and `stop` happens by itself."""

    def __init__(self, looks: Looks, post: Callable[[Event], None], first_after: float = _FIRST_AFTER) -> None:
        self._post, self._first_after = post, first_after
        self._stopping = threading.Event()
        self._bugs = RecurringIncidents()
        self._threads = [
            threading.Thread(target=self._go_round, args=(group,), name=f"look-{group[0].check}", daemon=True) for group in looks if group
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, limit: float = 0.5) -> None:
        """Nothing is told any more; a look under way is left behind."""
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
        except KioskError as error:
            _log.warning("%s could not be looked at: %s", look.check, error.code.value)
            return
        except Exception as error:
            # No patron's session has to end for it.
            if self._stopping.is_set():
                return
            found = bug_in(look.check, self._bugs.record(error).number)
        if found is not None and not self._stopping.is_set():
            self._post(CheckFound(found))


def counter_looks(home: Home, settings: Settings, judge: CardJudge, repository: Repository, site_key: bytes, bounds: ClockBounds) -> Looks:
    """What `kiosk run` looks at beside the readers, the store and the displays."""
    return (
        *_common(home, settings, judge, bounds),
        # Asks for the folder of the lists too.
        (Look("files", lambda: check_files(home, settings)),),
        (
            Look("space", lambda: check_space(home.data)),
            Look("disk", lambda: check_disk(home.data)),
            Look("recovery", lambda: check_recovery(repository, site_key)),
        ),
    )


def demo_looks(home: Home, settings: Settings, judge: CardJudge) -> Looks:
    """Of a demo nothing is kept, and nobody minds what it runs on."""
    return _common(home, settings, judge, ClockBounds())


def _common(home: Home, settings: Settings, judge: CardJudge, bounds: ClockBounds) -> Looks:
    return (
        (
            Look("clock", lambda: check_clock(datetime.now().astimezone(), bounds)),
            Look("trust", lambda: trust(judge.authorities, now(), judge.without)),
        ),
        # Lists and logs may lie on a share.
        (Look("revocation", lambda: revocation(judge.revocation, home.crl_folder(settings.card), now())),),
        (Look("log", lambda: check_log(home.logs)),),
        (Look("printing", lambda: check_printing(settings.slip, home.slip_folder(settings.slip))),),
    )


def bounds_of(judge: CardJudge, repository: Repository) -> ClockBounds:
    """Between which moments now can lie, from what was known before this run has written anything down."""
    return clock_bounds((authority.begins for authority in judge.authorities), repository.left_at)


def first_facts(settings: Settings, judge: CardJudge, *, demo: bool = False) -> CounterFacts:
    """What the windows show before anything has been looked at but the authorities, which are here already."""
    return CounterFacts(
        counter_name=settings.counter.name,
        revocation_checked=settings.card.revocation is RevocationSource.CRL,
        stale_lists_accepted=settings.card.accepts_stale_lists,
        findings=(replace(trust(judge.authorities, now(), judge.without), at=now()),),
        demo=demo,
    )
