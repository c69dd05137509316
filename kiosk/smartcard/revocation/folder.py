"""`revocation = crl`: the files an administrator puts into a folder, read in the background."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path

from kiosk.config.exposure import Exposure, exposure
from kiosk.domain.dataclass import dataclass
from kiosk.domain.escaping import escaped
from kiosk.smartcard import fault
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.revocation.apart import LIMIT, read_apart
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.held import Held, HeldList
from kiosk.smartcard.revocation.shelf import Kept, Read, Shelf, Stamp
from kiosk.smartcard.revocation.standing import Standing

log = logging.getLogger("kiosk.smartcard.revocation")

BEAT = 5.0
"""Seconds between two looks at the folder."""
_AGAIN_AFTER = 60.0
"""Seconds until a file that could not be read is tried again."""
CHANGED_SECONDS = 60.0
"""So long somebody who asks how the lists stand waits for the reading of those that have changed."""
_STOP_LIMIT = 5.0
_AHEAD = timedelta(days=1)
"""So much later than now a list may have been issued: clocks differ, a day at most."""


def _now() -> datetime:
    return datetime.now(UTC)


@unique
class Use(StrEnum):
    """What becomes of a file that could be read; of several lists in one the worst."""

    USED = "used"
    OLDER = "older"
    """A newer one lies beside it."""
    WENT_BACK = "went-back"
    """A newer one lay here before. That one is still used."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """One file of the folder, for `doctor`."""

    file: str
    """To be shown: nothing in it acts on a terminal."""
    verdict: Verdict
    use: Use
    exposure: Exposure | None


class CrlFolder:
    """Lists are read by one thread, each in a process of its own; until that is done the old one serves. A look-up takes some
    microseconds and waits for nothing. All methods may be called from any thread.
    """

    def __init__(
        self,
        folder: Path,
        authorities: Sequence[Authority],
        most: timedelta | None,
        shelf: Shelf | None = None,
        *,
        limit: float = LIMIT,
        beat: float = BEAT,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """`most`: how old a list may be before cards are refused; None: as old as it is. `limit`: seconds for the reading of one file.
        `beat`: seconds between two looks while it is watched.

        What was read before is taken from the `shelf` at once, and what will be read is put there. None: for one run only.
        """
        self._folder, self._authorities, self._most, self._shelf = folder, tuple(authorities), most, shelf
        self._limit, self._beat, self._clock = limit, beat, clock
        self._fingerprints = frozenset(authority.fingerprint for authority in authorities)
        self.signers = frozenset(authority.signer for authority in authorities)
        self._kept = shelf.load(self._fingerprints) if shelf is not None else Kept()
        self._present: tuple[str, ...] = ()
        self._unseen = ""
        self._again: dict[str, float] = {}
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.reading_peak = 0
        """Kilobytes that a process which read a file took at most; 0 where the system does not tell."""

    # --- for the card ---------------------------------------------------------------------------------------------------

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> Standing:
        return self._kept.held.look_up(authority.signer, certificate.serial, certificate.profile.points, now, self._most)

    def standings(self, now: datetime) -> frozenset[Standing]:
        held = self._kept.held
        return frozenset().union(*(held.standings(one.signer, now, self._most) for one in self._authorities if one.is_valid(now)))

    # --- for people -----------------------------------------------------------------------------------------------------

    @property
    def is_unlimited(self) -> bool:
        return self._most is None

    @property
    def held(self) -> Held:
        """The lists in use, also those whose file is no longer there."""
        return self._kept.held

    @property
    def unseen(self) -> str:
        """The folder, to be shown, where nobody could look into it the last time: nothing new comes from there."""
        return self._unseen

    def facts(self) -> tuple[ListFacts, ...]:
        """What lay in the folder when it was last looked at."""
        kept = self._kept
        heads = [head for name in self._present if (read := kept.files.get(name)) for head in read.heads]
        there = {head.digest for head in heads if kept.held.uses(head)}
        return tuple(self._facts_of(name, kept, there) for name in self._present)

    def _facts_of(self, name: str, kept: Kept, there: set[str]) -> ListFacts:
        read = kept.files.get(name)
        verdict = read.verdict if read else Verdict.FAILED
        uses = {_use(head, kept.held, there) for head in read.heads} if read and verdict is Verdict.READ else set()
        use = next((use for use in (Use.WENT_BACK, Use.USED, Use.OLDER) if use in uses), Use.NONE)
        return ListFacts(escaped(name), verdict, use, _exposure(self._folder / name))

    # --- reading --------------------------------------------------------------------------------------------------------

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch, name="lists", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            if (process := self._process) is not None:
                process.kill()
            thread.join(_STOP_LIMIT)

    def refresh(self, limit: float) -> bool:
        """Read what has changed, and wait for it up to `limit` seconds; whether that was enough. It goes on in the background if not."""
        thread = threading.Thread(target=self._refresh, name="lists", daemon=True)
        thread.start()
        thread.join(limit)
        return not thread.is_alive()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._refresh()
            except Exception as error:
                # The next look may well succeed; without any, lists would grow old in silence.
                log.error("a bug while looking after the revocation lists: %s", fault.trace(error))
            self._stopping.wait(self._beat)

    def _refresh(self) -> None:
        """A file that cannot be read (being copied, damaged), or is gone, leaves in use what was read of it before."""
        with self._refreshing:
            found = _stamps(self._folder)
            self._unseen = escaped(str(self._folder)) if found is None else ""
            found = found or {}
            self._present = tuple(sorted(found))
            known = {name: read for name, read in self._kept.files.items() if name in found}
            changed = len(known) != len(self._kept.files)
            self._kept = Kept(self._kept.held, known)
            for name in self._present:
                if self._stopping.is_set():
                    return
                if self._is_due(name, found[name]):
                    self._read(name, found[name])
                    changed = True
            if changed and self._shelf is not None:
                self._kept = self._shelf.save(self._kept, self._fingerprints)

    def _is_due(self, name: str, stamp: Stamp) -> bool:
        read = self._kept.files.get(name)
        if read is None or read.stamp != stamp:
            return True
        if read.verdict is Verdict.FUTURE:
            return not self._is_ahead(read.heads)
        return read.verdict is Verdict.FAILED and time.monotonic() >= self._again.get(name, 0.0)

    def _is_ahead(self, heads: Iterable[Head]) -> bool:
        latest = self._clock() + _AHEAD
        return any(head.begins > latest for head in heads)

    def _read(self, name: str, stamp: Stamp) -> None:
        began = time.monotonic()
        verdict, found, peak = read_apart(self._folder / name, self._authorities, self._limit, self._note)
        self._process = None
        if self._stopping.is_set():
            return
        self.reading_peak = max(self.reading_peak, peak)
        self._again[name] = time.monotonic() + _AGAIN_AFTER
        heads = tuple(head for head, _ in found)
        held = self._kept.held
        if self._is_ahead(heads):
            # Remembered, it would be the newest until its time has come.
            verdict = Verdict.FUTURE
        if verdict is Verdict.READ:
            for head, numbers in found:
                held = held.taking(HeldList(head, numbers))
            spent, count = time.monotonic() - began, sum(head.count for head in heads)
            log.info("revocation list %s: %d numbers in %.1f s, %d kB at most", escaped(name), count, spent, peak)
        else:
            log.warning("revocation list %s is not used: %s", escaped(name), verdict.value)
        self._kept = Kept(held, {**self._kept.files, name: Read(stamp, verdict, heads)})

    def _note(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        if self._stopping.is_set():
            process.kill()


def _use(head: Head, held: Held, there: set[str]) -> Use:
    """`there`: the lists in use that lie in the folder."""
    if held.uses(head):
        return Use.USED
    newer = {held.lists[place].head.digest for place in HeldList(head, None).places if place in held.lists}
    return Use.OLDER if newer & there else Use.WENT_BACK


def _stamps(folder: Path) -> dict[str, Stamp] | None:
    """Of what may be a list, and of what somebody may take for one; None where the folder cannot be looked into.

    Folders are left alone: an administrator may put old lists away in one.
    """
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return None
    return {entry.name: stamp for entry in found if (stamp := _stamp(entry)) is not None}


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """Where it leads nowhere, of the link itself. None where it is gone by now."""
    for follow in (True, False):
        with suppress(OSError):
            about = entry.stat(follow_symlinks=follow)
            return about.st_mtime_ns, about.st_size, about.st_ino, about.st_ctime_ns
    return None


def _exposure(path: Path) -> Exposure | None:
    try:
        return exposure(path)
    except OSError:
        return None
