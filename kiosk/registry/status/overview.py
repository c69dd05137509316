"""What the status page shows: the counters and the head as they are now, and what takes long as it was found a moment ago."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from kiosk.domain.errors import KioskError
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.registry.answers import Head
from kiosk.registry.backup.keeper import BackupPlan
from kiosk.registry.counters import Counters, EnrolledCounter
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.nightly import Checked, last_check
from kiosk.registry.notices.delivery import Delivery, load_delivery
from kiosk.registry.remembered import Ahead
from kiosk.registry.status.backups import Backups, look_at_backups
from kiosk.registry.status.daily import Daily, count_daily

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 120.0
_PAUSE = 50
"""Times as long as looking took: where millions of operations are remembered, counting them is not what the server is for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`None` is what nobody has looked at yet."""

    now: datetime
    head: Head
    counters: list[EnrolledCounter]
    nightly: Checked | None
    """None: there was no night's check yet."""
    ahead: Ahead | None
    daily: Daily | None
    backups: Backups | None
    deliveries: Mapping[str, Delivery]
    """By channel of notices, of those that registry.toml names."""


class Overview:
    """`look` belongs to one thread, the rest to any."""

    def __init__(
        self,
        ledger: RegistryLedger,
        site_key: bytes,
        plan: BackupPlan,
        clock: Callable[[], datetime],
        ahead: Callable[[], Ahead | None],
        channels: Sequence[str] = (),
    ) -> None:
        """`ahead` raises Unavailable. `channels`: by which notices go out."""
        self._channels = channels
        self._ledger, self._site_key, self._plan, self._clock, self._ahead = ledger, site_key, plan, clock, ahead
        self._counters = Counters(ledger, clock)
        self._daily: Daily | None = None
        self._backups: Backups | None = None
        self._incidents, self._news = RecurringIncidents(), LogNews(3600.0)

    def figures(self) -> Figures:
        """Raises Unavailable."""
        head = self._ledger.head()
        known = self._counters.all(), last_check(self._ledger), self._ahead()
        return Figures(self._clock(), head, *known, self._daily, self._backups, self._deliveries())

    def _deliveries(self) -> dict[str, Delivery]:
        with self._ledger.database.reading() as database:
            return {channel: load_delivery(database, channel) for channel in self._channels}

    def run(self, stopped: Event) -> None:
        """Look again and again, until `stopped`: what takes long is not waited for by whoever opens the page."""
        while True:
            began = time.monotonic()
            # The backups last: their folder may lie on a share that hangs.
            for look in (self.look_at_days, self.look_at_backups):
                try:
                    look()
                except KioskError as error:
                    if self._news.is_news(look.__name__, error.code):
                        _log.warning("the status page is not up to date: %s", error.code.value)
                except Exception as error:
                    self._incidents.record(error)
            if stopped.wait(max(_EVERY_SECONDS, _PAUSE * (time.monotonic() - began))):
                return

    def look_at_days(self) -> None:
        """Raises Unavailable. What was found before stays, with its time, as for `look_at_backups`."""
        with self._ledger.database.reading() as database:
            self._daily = count_daily(database, self._clock())

    def look_at_backups(self) -> None:
        """Raises Unavailable."""
        # The number of an epoch is the Unix second at which it began.
        begun = datetime.fromtimestamp(self._ledger.head().position.epoch, UTC)
        self._backups = look_at_backups(self._plan, self._site_key, self._ledger.library, begun, self._clock())
