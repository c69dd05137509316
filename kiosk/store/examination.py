"""The full integrity check: structure, audit trail, digest of the links, and links against the trail.

With many rows it takes seconds. It uses a read-only connection and, while a counter is running, yields to it repeatedly.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from pathlib import Path
from threading import Event

import peewee
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.states import Problem
from kiosk.ledger.audit import REGISTER, RELEASE, AuditTrail
from kiosk.ledger.digest import LinkSum
from kiosk.ledger.notes import read_note, write_note
from kiosk.store.anchor import Anchor
from kiosk.store.cipher import CipherDatabase
from kiosk.store.continuity import compared
from kiosk.store.error_table import translated
from kiosk.store.keys import Keys
from kiosk.store.link_digest import LinkDigest
from kiosk.store.link_ledger import LinkLedger
from kiosk.store.metadata import ACCEPTED
from kiosk.store.monthly_counts import Figures

PAUSE_SECONDS = 0.001


class Examination:
    """One integrity check of the store at `path`. `run` is called on any thread, `stop` from any other."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self._path, self._keys = path, keys
        self._stopped = Event()
        self._database = CipherDatabase(path, keys.database, reading=True)

    def run(self, ends: tuple[Anchor, ...] = (), *, aside: bool = True) -> Problem | None:
        """Check the store; return the first problem not yet confirmed by staff, or None, also when stopped.

        `ends`: states from each of which the store must have continued. `aside`: yield to other threads. Raises Unavailable (store-locked
        and others) when the check could not be completed.
        """
        pause = self._let_others_go if aside else lambda: None
        try:
            with translated(self._path), self._database.atomic("DEFERRED"):
                pause()
                return examined(self._database, self._keys, pause, ends)
        except (_StoppedError, peewee.PeeweeException, sqlcipher.Error, Unavailable) as error:
            if self._stopped.is_set():
                return None
            if isinstance(error, Unavailable) and error.code is Code.STORE_DAMAGED:
                return Problem(error.code)
            raise
        finally:
            self._database.close_all()

    def stop(self) -> None:
        self._stopped.set()
        self._database.interrupt()

    def _let_others_go(self) -> None:
        if self._stopped.wait(PAUSE_SECONDS):
            raise _StoppedError


class _StoppedError(Exception):
    """The check was stopped."""


def examined(database: CipherDatabase, keys: Keys, pause: Callable[[], None], ends: tuple[Anchor, ...] = ()) -> Problem | None:
    """Run all checks, in the caller's transaction."""
    trail, digest = AuditTrail(database), LinkDigest(database, keys)
    if database.ask("PRAGMA integrity_check").fetchall() != [("ok",)]:
        return Problem(Code.STORE_DAMAGED)
    for end in ends:
        if (found := compared(end, database, digest, chain_holds=True)) is not None:
            return found
    place, allowed = _accepted(database, digest)
    broken = trail.verify(place, pause)
    if broken is not None:
        return Problem(Code.AUDIT_BROKEN, (("row", broken),))
    ledger = LinkLedger(database, digest)
    # Where there is a server, links come and go without an act of this counter.
    altered = digest.counted(pause) != digest.kept() or not digest.numbers_agree(pause)
    if altered or (ledger.is_alone and excess(database, digest) != allowed) or not ledger.holds():
        return Problem(Code.LINKS_ALTERED)
    return None if Figures(database).agree() else Problem(Code.STORE_FORKED)


def excess(database: CipherDatabase, digest: LinkDigest) -> int:
    """Number of links minus (registrations minus releases) in the trail: 0 unless links appeared or vanished without an act."""
    told = database.ask("SELECT sum((act = ?) - (act = ?)) FROM audit WHERE result = 'done'", (REGISTER, RELEASE)).fetchone()
    return (digest.kept() or LinkSum()).count - int(told[0] or 0)


def accept(database: CipherDatabase, digest: LinkDigest, place: int) -> None:
    """Record that staff accept whatever is wrong before row `place`, and the current excess of links."""
    value = f"{place} {excess(database, digest)}"
    write_note(database, ACCEPTED, f"{value} {digest.seal_note(ACCEPTED, value)}")


def accept_under(database: CipherDatabase, digest: LinkDigest, other: LinkDigest) -> None:
    """Seal what was accepted with other keys, if it was sealed with these."""
    value, _, seal = (read_note(database, ACCEPTED) or "").rpartition(" ")
    if hmac.compare_digest(seal.encode(), digest.seal_note(ACCEPTED, value).encode()):
        write_note(database, ACCEPTED, f"{value} {other.seal_note(ACCEPTED, value)}")


def _accepted(database: CipherDatabase, digest: LinkDigest) -> tuple[int, int]:
    """The accepted row and excess; zeros unless sealed with both keys."""
    value, _, seal = (read_note(database, ACCEPTED) or "").rpartition(" ")
    if not hmac.compare_digest(seal.encode(), digest.seal_note(ACCEPTED, value).encode()):
        return 0, 0
    place, links = value.split()
    return int(place), int(links)
