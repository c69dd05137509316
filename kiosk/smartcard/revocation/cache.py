"""Persist the lists between runs, so that a start need not parse them again and no list is ever replaced by an older one.

Contains nothing personal beyond the published serial numbers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.file_lock import held
from kiosk.config.file_permissions import exposure
from kiosk.config.file_replacement import delete
from kiosk.config.private_files import make_folder
from kiosk.log_news import LogNews
from kiosk.smartcard.revocation.crl import LARGEST, Head, Verdict
from kiosk.smartcard.revocation.lists_in_use import Held, HeldList
from kiosk.smartcard.revocation.parsing_process import as_json, head_from
from kiosk.smartcard.revocation.serial_numbers import Numbers

log = logging.getLogger("kiosk.smartcard.revocation")

Stamp = tuple[int, int, int, int]
"""mtime, size, inode and ctime: identifies one version of a file."""
_VERSION = 2
_INDEX = "held.json"
_LARGEST_INDEX = 64 << 20
_LOCK = "lock"
_LOCK_SECONDS = 10.0
"""Writing the numbers of a long list takes a second or two."""


@dataclass(frozen=True, slots=True)
class Read:
    """The last result of reading one file."""

    stamp: Stamp
    verdict: Verdict
    heads: tuple[Head, ...] = ()
    """The lists in the file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The cached lists, and the result of reading each file."""

    held: Held = field(default_factory=Held)
    files: Mapping[str, Read] = field(default_factory=dict)


class ListCache:
    """A private folder with an index and one file of serial numbers per list.

    Several processes may save to it; once any of them (even `kiosk tap`) has read a newer list, none falls back to an older one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._whole: set[str] = set()
        """Digests of lists whose numbers are known to be stored intact."""
        self._news = LogNews()

    def load(self, authorities: frozenset[str]) -> Kept:
        """Load what was saved; empty if there is nothing, or nothing readable. Never raises.

        Files that others may write are rejected, because signatures are not verified again. Verdicts are kept only if they were reached
        with the same `authorities` (fingerprints). A list whose numbers are lost remains as a marker, and its file counts as unread.
        """
        try:
            index = self._load_index()
            held = self._load_held(index)
            files = {name: read for name, read in _files(index) if read.verdict is not Verdict.READ or self._are_whole(read.heads)}
            return Kept(held, files if frozenset(index["authorities"]) == authorities else {})
        except FileNotFoundError:
            return Kept()
        except Exception as error:
            # Damaged data may raise almost anything.
            log.warning("what was read of the revocation lists is lost: %s", type(error).__name__)
            return Kept()

    def _are_whole(self, heads: tuple[Head, ...]) -> bool:
        return self._whole.issuperset(head.digest for head in heads)

    def _load_index(self) -> dict[str, Any]:
        """Load the index. Raises FileNotFoundError if there is none, and any exception if it is damaged or writable by others."""
        if exposed := exposure(self._folder / _INDEX):
            raise PermissionError(exposed.value)
        index: dict[str, Any] = json.loads(read_regular(self._folder / _INDEX, _LARGEST_INDEX))
        if index["version"] != _VERSION:
            raise ValueError("of another version")
        return index

    def _load_held(self, index: dict[str, Any], present: Held | None = None) -> Held:
        """Load the lists and merge them with those `present`, whose numbers are not read again."""
        known = {one.head.digest: one for one in present or Held() if one.numbers is not None}
        held = Held()
        for told in index["held"]:
            head = head_from(told["head"])
            if head.digest in known:
                held = held.taking(known[head.digest])
                continue
            numbers = self._load_numbers(head, int(told["width"]), told["sum"])
            if numbers is not None:
                self._whole.add(head.digest)
            held = held.taking(HeldList(head, numbers))
        for one in present or Held():
            held = held.taking(one)
        return held

    def _load_numbers(self, head: Head, width: int, digest: str) -> Numbers | None:
        try:
            packed = read_regular(self._numbers(head), LARGEST)
        except OSError:
            return None
        return Numbers(width, packed) if hashlib.sha256(packed).hexdigest() == digest else None

    def forget(self) -> int:
        """Delete everything saved; return how many lists there were. Raises OSError.

        No counter may be running: it would save its own lists again.
        """
        if not self._folder.is_dir():
            return 0
        with held(self._folder / _LOCK, _LOCK_SECONDS):
            count = len(list(self.load(frozenset()).held))
            self._whole.clear()
            for path in [path for path in self._folder.iterdir() if path.name != _LOCK]:
                delete(path)
        return count

    def save(self, kept: Kept, authorities: frozenset[str]) -> Kept:
        """Merge with what other processes have saved, and save atomically. Returns the merged state.

        A failure to write is only logged; the lists stay usable.
        """
        joined = kept
        try:
            make_folder(self._folder)
            with held(self._folder / _LOCK, _LOCK_SECONDS):
                joined = Kept(self._joined(kept.held), kept.files)
                self._save(joined, authorities)
            self._news.is_over("saving")
        except OSError as error:
            if self._news.is_news("saving", type(error)):
                log.warning("what was read of the revocation lists cannot be kept: %s", type(error).__name__)
        return joined

    def _joined(self, held: Held) -> Held:
        """Merge in what another process has saved, where that is newer."""
        try:
            return self._load_held(self._load_index(), held)
        except Exception:
            # Nothing saved yet, or damaged: continue with ours.
            self._whole.clear()
            return held

    def _save(self, kept: Kept, authorities: frozenset[str]) -> None:
        """Raises OSError."""
        lists = [one for one in kept.held if one.numbers is not None]
        for one in lists:
            if one.numbers is not None and one.head.digest not in self._whole:
                replace_file(self._numbers(one.head), one.numbers.packed)
                self._whole.add(one.head.digest)
        replace_file(self._folder / _INDEX, json.dumps(_index(kept, authorities)).encode())
        used = {self._numbers(one.head).name for one in lists} | {_INDEX, _LOCK}
        with contextlib.suppress(OSError):
            for path in [path for path in self._folder.iterdir() if path.name not in used]:
                delete(path)

    def _numbers(self, head: Head) -> Path:
        return self._folder / f"{head.digest}.numbers"


def _index(kept: Kept, authorities: frozenset[str]) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "authorities": sorted(authorities),
        "held": [
            {
                "head": as_json(one.head),
                "width": 0 if one.numbers is None else one.numbers.width,
                "sum": "" if one.numbers is None else hashlib.sha256(one.numbers.packed).hexdigest(),
            }
            for one in kept.held
        ],
        "files": {
            name: {"stamp": read.stamp, "verdict": read.verdict, "heads": [as_json(head) for head in read.heads]}
            for name, read in kept.files.items()
            if read.verdict is not Verdict.FAILED
        },
    }


def _files(index: dict[str, Any]) -> list[tuple[str, Read]]:
    return [
        (name, Read(tuple(told["stamp"]), Verdict(told["verdict"]), tuple(head_from(head) for head in told["heads"])))
        for name, told in index["files"].items()
    ]
