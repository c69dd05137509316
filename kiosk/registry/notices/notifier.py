"""Looks for failures once a minute and tells them, on a thread of its own: a mail server that hangs holds up nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event

from kiosk.domain.errors import KioskError
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.notices.channels import Channel
from kiosk.registry.notices.conditions import judge
from kiosk.registry.notices.delivery import NotDelivered, Trouble, load_delivery, save_delivery
from kiosk.registry.notices.occurrences import Occurrence, Told, advanced, load, save
from kiosk.registry.notices.words import notice_of
from kiosk.registry.status.overview import Figures

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 60.0


class Notifier:
    """`run` or `look` belong to one thread."""

    def __init__(
        self,
        ledger: RegistryLedger,
        channels: Sequence[Channel],
        figures: Callable[[], Figures],
        *,
        silent_after: timedelta,
        server: str,
        address: str,
        clock: Callable[[], datetime],
    ) -> None:
        """`figures` raises Unavailable. `server`: what tells this one from others over the same database. `address`: of the status page."""
        self._ledger, self._channels, self._figures, self._clock = ledger, channels, figures, clock
        self._silent_after, self._server, self._address = silent_after, server, address
        self._running_since = clock()
        self._incidents, self._news = RecurringIncidents(), LogNews()

    def run(self, stopped: Event) -> None:
        """Until `stopped`; at once over where no channel is named."""
        while self._channels:
            try:
                self.look()
            except KioskError as error:
                if self._news.is_news("look", error.code):
                    _log.warning("nothing was looked at for notices: %s", error.code.value)
            except Exception as error:
                self._incidents.record(error)
            if stopped.wait(_EVERY_SECONDS):
                return

    def look(self) -> None:
        """Look once, and tell what is new and due. Raises Unavailable: what was told then is told again."""
        judged = judge(self._figures(), self._silent_after, self._running_since, self._server)
        now, names = self._seconds(), [channel.name for channel in self._channels]
        # Under the lock of the head: two servers over one database do not begin an occurrence twice.
        with self._ledger.acting():
            database = self._ledger.database.database
            known = load(database)
            save(database, known, advanced(known, judged, names, now))
        for channel in self._channels:
            self._tell(channel)

    def _tell(self, channel: Channel) -> None:
        news = self._claimed(channel.name)
        if not news:
            return
        try:
            is_whole = channel.send(notice_of(news, self._address), self._clock())
        except NotDelivered as error:
            self._note_failure(channel.name, error.trouble)
            return
        if not is_whole:
            # Sent again it would come twice to the others.
            _log.warning("a notice did not reach everybody it is for: %s", channel.name)
        self._note_success(channel.name, news)

    def _claimed(self, channel: str) -> list[Occurrence]:
        """What this channel has not told yet, if it is its time, and this server's turn."""
        now = self._seconds()
        with self._ledger.acting():
            database = self._ledger.database.database
            news = [one for one in load(database) if one.is_news(channel)]
            delivery = load_delivery(database, channel)
            if not news or not delivery.is_due(now):
                return []
            save_delivery(database, channel, delivery.begun(now))
        return news

    def _note_success(self, channel: str, news: Sequence[Occurrence]) -> None:
        sent = {one.failure: Told.BEGUN if one.over is None else Told.OVER for one in news}
        with self._ledger.acting():
            database = self._ledger.database.database
            known = load(database)
            save(database, known, [one.after_telling(channel, sent[one.failure]) if one.failure in sent else one for one in known])
            save_delivery(database, channel, load_delivery(database, channel).succeeded(self._seconds()))
        if self._news.is_over(channel):
            _log.info("notices go out again: %s", channel)

    def _note_failure(self, channel: str, trouble: Trouble) -> None:
        with self._ledger.acting():
            database = self._ledger.database.database
            save_delivery(database, channel, load_delivery(database, channel).failed(trouble, self._seconds()))
        if self._news.is_news(channel, trouble):
            _log.warning("a notice did not go out: %s, %s", channel, trouble.value)

    def _seconds(self) -> int:
        return int(self._clock().timestamp())
