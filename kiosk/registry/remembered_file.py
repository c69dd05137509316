"""The file that holds what a machine knows of the ledger, beside the keys."""

from __future__ import annotations

import json
import logging
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from kiosk.config.file_lock import held
from kiosk.config.private_files import read_private, save_private
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.json_fields import Json, count_in, counted, fields_of, list_in, pair_of, text_in
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditHead
from kiosk.ledger.disk_errors import disk_translated
from kiosk.log_news import LogNews
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.models import CounterState
from kiosk.registry.remembered import Ahead, KnownCounter, Mark, MovedList, Remembered, remembered_of, was_put_back

_log = logging.getLogger(__name__)
_NAME = "outlives-restore.json"
_FORM = "kiosk-outlives-restore"
_MOST_MARKS = 60
_LOCK_SECONDS = 30.0


class RememberedFile:
    """In the folder of keys. A running server takes down what is new every few seconds, whoever restores reads it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME
        self._news = LogNews()

    def load(self) -> Remembered | None:
        """None if there is no file, or one that nobody of ours wrote: then less is known, and no more is believed.

        Raises Unavailable, with the store's codes for disks.
        """
        with disk_translated(self.path):
            try:
                remembered = _decoded(read_private(self.path))
                self._news.is_over("file")
                return remembered
            except FileNotFoundError:
                return None
            except (ValueError, TypeError, RecursionError):
                if self._news.is_news("file"):
                    _log.error("what outlives a restore is damaged: %s", str(self.path))
                return None

    def save(self, remembered: Remembered) -> None:
        """Replace the file, atomically. Raises Unavailable."""
        with disk_translated(self.path):
            save_private(self.path, _encoded(remembered), replaces=lambda: True)

    def hear(self, ahead: Ahead) -> bool:
        """Remember that a counter knew more than the ledger, unless as much is remembered. Returns whether nothing was before.

        Raises Unavailable.
        """
        if not _is_news(ahead, self.load()):
            return False
        with ExitStack() as stack:
            self._lock(stack)
            kept = self.load()
            if kept is None or not _is_news(ahead, kept):
                return False
            known = kept.ahead
            common = ahead.common if known is None else min(ahead.common, known.common)
            self.save(replace(kept, ahead=replace(ahead, common=common)))
            return known is None

    def take(self, database: RegistryDatabase) -> None:
        """Remember what the database says now, unless that was put back: then the file is what is left of the knowledge of more.

        Raises Refused: registry-put-back; Unavailable.
        """
        with ExitStack() as stack:
            self._lock(stack)
            self._take(database, self.load())

    def _take(self, database: RegistryDatabase, kept: Remembered | None) -> None:
        with database.reading() as snapshot:
            found = remembered_of(snapshot)
            if found is None:
                return
            known = kept if kept is not None and kept.library == found.library else None
            if known is not None and was_put_back(snapshot, known):
                raise Refused(Code.REGISTRY_PUT_BACK, known=known.position.cursor, found=found.position.cursor)
        if known is not None and known.epochs.current == found.epochs.current:
            found = replace(found, marks=_thinned(known.marks, found.marks), ahead=known.ahead)
        if known != found:
            self.save(found)

    def _lock(self, until: ExitStack) -> None:
        """Whoever reads the database earlier writes earlier."""
        with disk_translated(self.path):
            try:
                until.enter_context(held(self.path.with_suffix(".lock"), _LOCK_SECONDS))
            except TimeoutError as error:
                raise Unavailable(Code.STORE_LOCKED) from error


def _is_news(ahead: Ahead, kept: Remembered | None) -> bool:
    """Not where nothing is remembered: there is nothing to add it to."""
    if kept is None or kept.ahead is None:
        return kept is not None
    known, said = kept.ahead.position, ahead.position
    return (said.epoch, said.cursor) > (known.epoch, known.cursor)


def _thinned(marks: tuple[Mark, ...], latest: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """All of them, while they are few; then the older ones ever further apart, so that the order is known far back."""
    together = (*(mark for mark in marks if mark not in latest), *latest)
    return together if len(together) <= _MOST_MARKS else (*together[: _MOST_MARKS // 2 : 2], *together[_MOST_MARKS // 2 :])


def _encoded(remembered: Remembered) -> bytes:
    fields = {
        _FORM: 1,
        "library": remembered.library,
        "epoch": remembered.epochs.current,
        "cuts": remembered.epochs.cuts,
        "cursor": remembered.position.cursor,
        "safe": remembered.safe,
        "marks": remembered.marks,
        "revoked": [[secret.hex(), name] for secret, name in sorted(remembered.revoked)],
        "ahead": None if remembered.ahead is None else _encoded_ahead(remembered.ahead),
        "lists": remembered.lists,
        "trail": remembered.trail.encoded(),
        "counters": [
            [
                one.name,
                None if one.secret is None else one.secret.hex(),
                one.state,
                one.enrolled,
                one.changed,
                one.sequence,
                one.key_generation,
                one.enrolments,
            ]
            for one in remembered.counters
        ],
    }
    return json.dumps(fields, ensure_ascii=False, indent=1).encode()


def _decoded(text: bytes) -> Remembered:
    """Raises ValueError, TypeError."""
    fields = fields_of(json.loads(text))
    if fields.get(_FORM) != 1:
        raise ValueError("not what outlives a restore")
    epochs = Epochs(count_in(fields, "epoch"), tuple(pair_of(cut) for cut in list_in(fields, "cuts")))
    position = Position(epochs.current, count_in(fields, "cursor"))
    counters, marks = tuple(_read_counters(fields)), tuple(_read_mark(mark) for mark in list_in(fields, "marks"))
    revoked = frozenset(map(_read_revoked, list_in(fields, "revoked")))
    ahead = _read_ahead(fields.get("ahead"))
    # Earlier programs wrote none.
    lists = tuple(map(_read_list, list_in({"lists": [], **fields}, "lists")))
    trail, library, safe = AuditHead.decoded(text_in(fields, "trail")), text_in(fields, "library"), count_in(fields, "safe")
    return Remembered(library, position, epochs, safe, counters, marks, trail, revoked, ahead, lists)


def _encoded_ahead(ahead: Ahead) -> dict[str, object]:
    return {"epoch": ahead.position.epoch, "cursor": ahead.position.cursor, "counter": ahead.counter, "common": ahead.common}


def _read_ahead(value: object) -> Ahead | None:
    if value is None:
        return None
    fields = fields_of(value)
    position = Position(count_in(fields, "epoch"), count_in(fields, "cursor"))
    return Ahead(position, text_in(fields, "counter"), count_in(fields, "common"))


def _read_mark(value: object) -> Mark:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("no mark")
    return Mark(counted(value[0]), str(value[1]))


def _read_list(value: object) -> MovedList:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("no list")
    return MovedList(*map(counted, value))


def _read_revoked(value: object) -> tuple[bytes, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("no secret")
    return bytes.fromhex(value[0]), str(value[1])


def _read_counters(fields: Json) -> list[KnownCounter]:
    found = []
    for row in list_in(fields, "counters"):
        if not isinstance(row, list):
            raise ValueError("no counter")
        name, secret, state, enrolled, changed, *counts = row
        sequence, generation, enrolments = map(counted, counts)
        digest = None if secret is None else bytes.fromhex(secret)
        found.append(KnownCounter(str(name), digest, CounterState(state), str(enrolled), str(changed), sequence, generation, enrolments))
    return found
