"""`revocation = crl`: the folder of revocation lists, read in the background."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path

from kiosk.config.file_permissions import Exposure, exposure
from kiosk.domain.escaping import escaped
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.revocation.cache import Kept, ListCache, Read, Stamp
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.lists_in_use import Held, HeldList
from kiosk.smartcard.revocation.parsing_process import LIMIT, read_apart
from kiosk.smartcard.revocation.status import RevocationStatus
from kiosk.thread_timeout import in_time

log = logging.getLogger("kiosk.smartcard.revocation")

BEAT = 5.0
"""Polling interval of the folder, in seconds."""
_AGAIN_AFTER = 60.0
"""Seconds before a file that could not be read is retried."""
CHANGED_SECONDS = 60.0
"""Seconds that callers who need the current state of the lists wait for changed files to be read."""
_STOP_LIMIT = 0.5
_AHEAD = timedelta(days=1)
"""How far ahead of our clock a list may be dated, to allow for clocks that differ."""


def _now() -> datetime:
    return datetime.now(UTC)


@unique
class Use(StrEnum):
    """Whether a readable file is in use; for a file with several lists, the worst of them."""

    USED = "used"
    OLDER = "older"
    """A newer list is also in the folder."""
    WENT_BACK = "went-back"
    """A newer list was read earlier and is still used."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """One file of the folder, as reported by `doctor`."""

    file: str
    """Sanitized for display: contains no terminal control characters."""
    verdict: Verdict
    use: Use
    exposure: Exposure | None


class CrlFolder:
    """The lists of a folder. One thread reads them, each file in a child process; the previous list stays in use until that succeeds.

    A look-up takes microseconds and never blocks. Methods are thread-safe.
    """

    def __init__(
        self,
        folder: Path,
        authorities: Sequence[Authority],
        most: timedelta | None,
        shelf: ListCache | None = None,
        *,
        limit: float = LIMIT,
        beat: float = BEAT,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """`most`: maximum age of a list before cards are refused; None for no limit. `limit`: seconds for reading one file. `beat`: polling
        interval in seconds.

        Lists saved on `shelf` are loaded at once, and new ones are saved there. None keeps them in memory only.
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
        self._bugs, self._news = RecurringIncidents(), LogNews()
        self.incident = ""
        """The number of the bug that keeps the folder from being watched; empty while none does."""
        self.reading_peak = 0
        """Highest peak memory of a reading process in kilobytes; 0 where the system does not report it."""

    # --- for the card ---------------------------------------------------------------------------------------------------

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> RevocationStatus:
        return self._kept.held.look_up(authority.signer, certificate.serial, certificate.profile.points, now, self._most)

    def standings(self, now: datetime) -> frozenset[RevocationStatus]:
        held = self._kept.held
        return frozenset().union(*(held.standings(one.signer, now, self._most) for one in self._authorities if one.is_valid(now)))

    # --- for people -----------------------------------------------------------------------------------------------------

    @property
    def is_unlimited(self) -> bool:
        return self._most is None

    @property
    def held(self) -> Held:
        """The lists in use, including those whose file is gone."""
        return self._kept.held

    @property
    def unseen(self) -> str:
        """The folder, sanitized for display, if it could not be listed last time; otherwise empty."""
        return self._unseen

    def facts(self) -> tuple[ListFacts, ...]:
        """The files in the folder at the last poll."""
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
        """Read changed files and wait up to `limit` seconds; return whether that was enough. If not, reading goes on in the background."""
        try:
            in_time(self._refresh, limit, "lists")
        except TimeoutError:
            return False
        return True

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._refresh()
                self.incident = ""
            except Exception as error:
                # Keep polling: the next attempt may succeed, and without any, lists would silently become stale.
                self.incident = self._bugs.record(error).number
            self._stopping.wait(self._beat)

    def _refresh(self) -> None:
        """Read new and changed files. The lists of a file that is unreadable (being copied, damaged) or gone stay in use."""
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
            # If it were kept, it would count as the newest until its date has come.
            verdict = Verdict.FUTURE
        if verdict is Verdict.READ:
            self._news.is_over(name)
            for head, numbers in found:
                held = held.taking(HeldList(head, numbers))
            spent, count = time.monotonic() - began, sum(head.count for head in heads)
            log.info("revocation list %s: %d numbers in %.1f s, %d kB at most", escaped(name), count, spent, peak)
        else:
            if self._news.is_news(name, verdict):
                log.warning("revocation list %s is not used: %s", escaped(name), verdict.value)
        self._kept = Kept(held, {**self._kept.files, name: Read(stamp, verdict, heads)})

    def _note(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        if self._stopping.is_set():
            process.kill()


def _use(head: Head, held: Held, there: set[str]) -> Use:
    """`there`: digests of the lists in use that come from files in the folder."""
    if held.uses(head):
        return Use.USED
    newer = {held.lists[place].head.digest for place in HeldList(head, None).places if place in held.lists}
    return Use.OLDER if newer & there else Use.WENT_BACK


def _stamps(folder: Path) -> dict[str, Stamp] | None:
    """The stamps of all files, by name; None if the folder cannot be listed.

    Subfolders are ignored: an administrator may archive old lists there.
    """
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return None
    return {entry.name: stamp for entry in found if (stamp := _stamp(entry)) is not None}


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """The stamp of the file, or of a dangling link itself. None if it has vanished."""
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
