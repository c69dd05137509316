"""What was read of the lists, from one run to the next: so that a start need not read them anew, and their numbers never go back.

Nothing personal lies here: the numbers are those of the lists themselves.
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

from kiosk.config.exposure import exposure
from kiosk.smartcard.revocation.apart import as_json, head_from
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.held import Held, HeldList
from kiosk.smartcard.revocation.numbers import Numbers
from kiosk.smartcard.wholefile import write_whole

log = logging.getLogger("kiosk.smartcard.revocation")

Stamp = tuple[int, int, int, int]
"""Time of change, size, inode and time of its own change: another file, or the same one written to, has another."""
_VERSION = 1
_INDEX = "held.json"


@dataclass(frozen=True, slots=True)
class Read:
    """One file of the folder as last read."""

    stamp: Stamp
    verdict: Verdict
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    held: Held = field(default_factory=Held)
    files: Mapping[str, Read] = field(default_factory=dict)


class Shelf:
    """A folder of this program's own: an index, and one file of numbers for each list. For one process at a time to `save` to."""

    def __init__(self, folder: Path, *, keeps: bool) -> None:
        """`keeps` is for the counter alone; a command that runs beside it only looks."""
        self._folder, self._keeps = folder, keeps
        self._whole: set[str] = set()
        """Lists whose numbers are known to lie here as they should."""

    def load(self, authorities: frozenset[str]) -> Kept:
        """What was saved; nothing where there is nothing, or nothing that can be read. Never raises.

        Nothing is taken that others may have written: the signatures are not looked at again. Verdicts on files are kept only if they
        were made for the same `authorities` (fingerprints). Of a list whose numbers have been lost its mark is left, and the file it
        came from counts as not read.
        """
        try:
            if exposed := exposure(self._folder / _INDEX):
                log.warning("what was read of the revocation lists is not taken: %s", exposed.value)
                return Kept()
            index = json.loads((self._folder / _INDEX).read_bytes())
            if index["version"] != _VERSION:
                raise ValueError("of another version")
            held = self._load_held(index)
            files = {name: read for name, read in _files(index) if read.head is None or read.head.digest in self._whole}
            return Kept(held, files if frozenset(index["authorities"]) == authorities else {})
        except FileNotFoundError:
            return Kept()
        except Exception as error:
            # Somebody's damage may look like anything.
            log.warning("what was read of the revocation lists is lost: %s", type(error).__name__)
            return Kept()

    def _load_held(self, index: dict[str, Any]) -> Held:
        held = Held()
        for told in index["held"]:
            head = head_from(told["head"])
            numbers = self._load_numbers(head, int(told["width"]), told["sum"])
            if numbers is not None:
                self._whole.add(head.digest)
            held = held.taking(HeldList(head, numbers))
        return held

    def _load_numbers(self, head: Head, width: int, digest: str) -> Numbers | None:
        try:
            packed = self._numbers(head).read_bytes()
        except OSError:
            return None
        return Numbers(width, packed) if hashlib.sha256(packed).hexdigest() == digest else None

    def save(self, kept: Kept, authorities: frozenset[str]) -> None:
        """Whole or not at all, also when the power fails half-way. What cannot be written is told to the log; the lists serve as well."""
        if not self._keeps:
            return
        lists = [one for one in kept.held if one.numbers is not None]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for one in lists:
                if one.numbers is not None and one.head.digest not in self._whole:
                    write_whole(self._numbers(one.head), one.numbers.packed)
                    self._whole.add(one.head.digest)
            write_whole(self._folder / _INDEX, json.dumps(_index(kept, authorities)).encode())
        except OSError as error:
            log.warning("what was read of the revocation lists cannot be kept: %s", type(error).__name__)
            return
        used = {self._numbers(one.head).name for one in lists} | {_INDEX}
        with contextlib.suppress(OSError):
            for path in [path for path in self._folder.iterdir() if path.name not in used]:
                path.unlink()

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
            name: {"stamp": read.stamp, "verdict": read.verdict, "head": None if read.head is None else as_json(read.head)}
            for name, read in kept.files.items()
            if read.verdict is not Verdict.FAILED
        },
    }


def _files(index: dict[str, Any]) -> list[tuple[str, Read]]:
    return [
        (name, Read(tuple(told["stamp"]), Verdict(told["verdict"]), None if told["head"] is None else head_from(told["head"])))
        for name, told in index["files"].items()
    ]
