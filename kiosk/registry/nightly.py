"""What the server does by itself each night: it compares its rows with its head, erases what is old, and renews its certificate.

What was found is a note in the database, for `registry doctor`. Of several servers over one database, the first to note the night does it;
each renews its own certificate.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from kiosk.domain.errors import KioskError
from kiosk.incidents import RecurringIncidents
from kiosk.ledger.notes import drop_note, read_note, write_note
from kiosk.log_news import LogNews
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.notes import VERIFIED
from kiosk.registry.tls import ServerTls

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 30.0
"""Within the minute in which the same bug keeps its number."""
_LONGEST = timedelta(hours=6)
"""What was begun longer ago and has not ended was cut off, and is begun again."""
_LONGEST_PAUSE_SECONDS = 0.005
"""Between two pieces of the comparison, which takes long: requests come first."""


class _Stopped(Exception):
    """The server ends."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The last nightly comparison."""

    begun: datetime
    """Aware."""
    ended: bool
    """False: it is still running, or was cut off."""
    found: str = ""
    """What was altered, as values of `answers.Finding` separated by spaces; empty if nothing."""

    def encoded(self) -> str:
        return f"{self.begun.isoformat(timespec='seconds')} {'ended' if self.ended else 'begun'} {self.found}".rstrip()

    @classmethod
    def decoded(cls, note: str) -> Checked:
        """Parse what `encoded` returned. Raises ValueError."""
        begun, _, rest = note.partition(" ")
        state, _, found = rest.partition(" ")
        return cls(datetime.fromisoformat(begun), state == "ended", found)


def night_before(now: datetime, hour: int) -> datetime:
    """The latest time at or before `now` (aware) at which it was `hour` o'clock where `now` is."""
    last = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return last if last <= now else last - timedelta(days=1)


def last_check(ledger: RegistryLedger) -> Checked | None:
    """What the last night found; None if there was none, or its note cannot be read. Raises Unavailable."""
    note = ledger.database.read(lambda database: read_note(database, VERIFIED))
    try:
        return None if note is None else Checked.decoded(note)
    except ValueError:
        return None


class Nightly:
    """Belongs to the thread of `run`."""

    def __init__(
        self,
        ledger: RegistryLedger,
        tls: ServerTls,
        context: ssl.SSLContext,
        hour: int,
        clock: Callable[[], datetime],
        is_behind: Callable[[], bool] = lambda: False,
    ) -> None:
        """`context`: of the running server, which shows a renewed certificate from the next connection on. `is_behind`: its counters know
        more than the ledger. Nothing is erased then: links that are sent again in the next epoch would be taken for older than the floor.
        """
        self._ledger, self._tls, self._context = ledger, tls, context
        self._hour, self._clock, self._is_behind = hour, clock, is_behind
        self._certificate_looked_at: datetime | None = None
        self._is_verified = False
        self._news = LogNews()
        self._stopped = Event()

    def run(self, stopped: Event) -> None:
        """Do each night's work until `stopped`. What fails is tried again; a bug is reported, and does not end it."""
        self._stopped, bugs = stopped, RecurringIncidents()
        while not stopped.is_set():
            for work in (self.renew_certificate, self.tidy_and_verify, self.verify_at_start):
                try:
                    work()
                    if self._news.is_over(work.__name__):
                        _log.info("the night's work goes on")
                except _Stopped:
                    break
                except KioskError as error:
                    if self._news.is_news(work.__name__, error.code):
                        _log.warning("the night's work failed: %s", error.code)
                except Exception as error:
                    bugs.record(error)
            stopped.wait(_EVERY_SECONDS)
        self._ledger.database.close()

    def renew_certificate(self) -> None:
        """Once a night, and at the start. Raises Unavailable: certificate-unusable."""
        now, last = self._clock(), self._certificate_looked_at
        # A time that lies ahead was noted by a wrong clock.
        if last is not None and self._night() <= last <= now:
            return
        if self._tls.renew(now):
            self._tls.load(self._context)
            _log.info("the certificate was loaded anew")
        self._certificate_looked_at = now

    def verify_at_start(self) -> None:
        """Once, unless the night's work has just done it: who alters a database stops its server first. Raises Unavailable."""
        if self._is_verified:
            return
        begun, found = self._clock(), self._verified()
        if found:
            self._note(Checked(begun, ended=True, found=found))

    def tidy_and_verify(self) -> None:
        """Once a night. Raises Unavailable."""
        before = last_check(self._ledger)
        begun = self._claim()
        if begun is None:
            return
        try:
            if not self._is_behind():
                self._ledger.compact()
            found = self._verified()
        except BaseException:
            # It is begun again at the next start, or by the next server.
            self._note(before)
            raise
        self._note(Checked(begun, ended=True, found=found))

    def _verified(self) -> str:
        """As in `Checked.found`."""
        found = " ".join(finding.value for finding in self._ledger.verify(self._pause).findings)
        if found:
            _log.error("altered behind the program: %s", found)
        self._is_verified = True
        return found

    def _claim(self) -> datetime | None:
        """Note that this night's work has begun; None if it was noted before."""
        if self._is_done():
            return None
        with self._ledger.acting():
            if self._is_done():
                return None
            now = self._clock()
            write_note(self._ledger.database.database, VERIFIED, Checked(now, ended=False).encoded())
        return now

    def _note(self, checked: Checked | None) -> None:
        with self._ledger.acting():
            if checked is None:
                drop_note(self._ledger.database.database, VERIFIED)
            else:
                write_note(self._ledger.database.database, VERIFIED, checked.encoded())

    def _is_done(self) -> bool:
        """Done, or under way."""
        last, now = last_check(self._ledger), self._clock()
        if last is None or not self._night() <= last.begun <= now:
            return False
        return last.ended or now - last.begun < _LONGEST

    def _night(self) -> datetime:
        return night_before(self._clock().astimezone(), self._hour)

    def _pause(self) -> None:
        if self._stopped.wait(_LONGEST_PAUSE_SECONDS):
            raise _Stopped
