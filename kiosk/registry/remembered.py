"""What this machine knows of the ledger, in a file beside the keys: it outlives a restore, which takes the database back.

A counter that was revoked since the backup stays revoked, one that was enrolled since stays enrolled, and epochs that the backup does not
know are cut. `Keeper` writes the file while the server runs; whoever restores reads it, and merges.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from peewee import Database

from kiosk.config.private_files import read_private, save_private
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.json_fields import Json, count_in, counted, fields_of, list_in, text_in
from kiosk.domain.wire import Position
from kiosk.ledger.bulk import BYTES, COUNT, TEXT, insert
from kiosk.ledger.database import ask
from kiosk.ledger.disk_errors import disk_translated
from kiosk.registry.head_row import HeadTable
from kiosk.registry.models import CounterState

_NAME = "outlives-restore.json"
_FORM = "kiosk-outlives-restore"
_COUNTER = {"name": TEXT, "secret": BYTES, "state": TEXT, "enrolled": TEXT, "changed": TEXT, "sequence": COUNT, "key_generation": COUNT}
_STRICTNESS = (CounterState.ACTIVE, CounterState.RETIRING, CounterState.RETIRED, CounterState.REVOKED)


@dataclass(frozen=True, slots=True)
class KnownCounter:
    """A row of the table `counter`."""

    name: str
    secret: bytes | None
    state: CounterState
    enrolled: str
    changed: str
    sequence: int
    key_generation: int

    def merged(self, other: KnownCounter) -> KnownCounter:
        """What holds of one counter that two sources tell of. Of one enrolment the stricter state: nobody is let in again by a restore. Of
        two the later one, which replaced the earlier secret.
        """
        sequence = max(self.sequence, other.sequence)
        if self.secret == other.secret or self.enrolled == other.enrolled:
            holds = max((self, other), key=lambda counter: (_STRICTNESS.index(counter.state), counter.changed))
        else:
            holds = max((self, other), key=lambda counter: counter.enrolled)
        return replace(holds, sequence=sequence)


@dataclass(frozen=True, slots=True)
class Remembered:
    library: str
    position: Position
    """The head, as last seen."""
    epochs: Epochs
    safe: int
    """The cursor up to which counters may have forgotten what they sent."""
    counters: tuple[KnownCounter, ...]

    def is_ahead_of(self, position: Position) -> bool:
        """Whether a database that stands at `position` was put back, or lost something, without a new epoch."""
        return (self.position.epoch, self.position.cursor) > (position.epoch, position.cursor)


def remembered_of(database: Database) -> Remembered | None:
    """What a database says of itself, within a transaction; None if no ledger was begun in it."""
    row = ask(database, "SELECT library FROM head").fetchone()
    if row is None:
        return None
    head = HeadTable().read(database)
    return Remembered(str(row[0]), Position(head.epoch, head.cursor), head.epochs, head.safe, tuple(_counters(database)))


def latest_of(one: Remembered | None, other: Remembered | None) -> Remembered | None:
    """What is known of one library from two sources: the head of the one further ahead, the counters of both."""
    if one is None or other is None:
        return one or other
    ahead, behind = (one, other) if one.is_ahead_of(other.position) else (other, one)
    return replace(ahead, counters=merged(ahead.counters, behind.counters))


def merged(some: Iterable[KnownCounter], others: Iterable[KnownCounter]) -> tuple[KnownCounter, ...]:
    found = {counter.name: counter for counter in some}
    for counter in others:
        found[counter.name] = counter.merged(found[counter.name]) if counter.name in found else counter
    return tuple(found[name] for name in sorted(found))


def write_counters(database: Database, counters: Sequence[KnownCounter]) -> None:
    """Replace the rows of all counters."""
    ask(database, "DELETE FROM counter")
    rows = [(one.name, one.secret, one.state.value, one.enrolled, one.changed, one.sequence, one.key_generation) for one in counters]
    insert(database, "counter", _COUNTER, rows)


class RememberedFile:
    """The file in the folder of keys."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME

    def load(self) -> Remembered | None:
        """None if there is no file. Raises Unavailable: store-damaged; the store's codes for disks."""
        with disk_translated(self.path):
            try:
                return _decoded(read_private(self.path))
            except FileNotFoundError:
                return None
            except (ValueError, TypeError) as error:
                raise Unavailable(Code.STORE_DAMAGED, place=str(self.path)) from error

    def save(self, remembered: Remembered) -> None:
        """Replace the file, atomically. Raises Unavailable."""
        with disk_translated(self.path):
            save_private(self.path, _encoded(remembered), replaces=lambda: True)

    def take(self, found: Remembered) -> None:
        """Remember what the database says now, unless that was put back: then the file is what is left of the knowledge of more.

        Raises Refused: registry-put-back; Unavailable.
        """
        kept = self.load()
        if kept is None or kept.library != found.library:
            self.save(found)
            return
        if kept.is_ahead_of(found.position):
            raise Refused(Code.REGISTRY_PUT_BACK, known=kept.position.cursor, found=found.position.cursor)
        if kept != found:
            self.save(found)


def _counters(database: Database) -> list[KnownCounter]:
    rows = ask(database, f"SELECT {', '.join(_COUNTER)} FROM counter ORDER BY name").fetchall()  # noqa: S608 - our own names
    return [
        KnownCounter(name, None if secret is None else bytes(secret), CounterState(state), enrolled, changed, sequence, generation)
        for name, secret, state, enrolled, changed, sequence, generation in rows
    ]


def _encoded(remembered: Remembered) -> bytes:
    fields = {
        _FORM: 1,
        "library": remembered.library,
        "epoch": remembered.epochs.current,
        "cuts": remembered.epochs.cuts,
        "cursor": remembered.position.cursor,
        "safe": remembered.safe,
        "counters": [
            [
                one.name,
                None if one.secret is None else one.secret.hex(),
                one.state,
                one.enrolled,
                one.changed,
                one.sequence,
                one.key_generation,
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
    epochs = Epochs(count_in(fields, "epoch"), tuple(_cut(cut) for cut in list_in(fields, "cuts")))
    position = Position(epochs.current, count_in(fields, "cursor"))
    return Remembered(text_in(fields, "library"), position, epochs, count_in(fields, "safe"), tuple(_read_counters(fields)))


def _read_counters(fields: Json) -> list[KnownCounter]:
    found = []
    for row in list_in(fields, "counters"):
        if not isinstance(row, list):
            raise ValueError("no counter")
        name, secret, state, enrolled, changed, sequence, generation = row
        digest = None if secret is None else bytes.fromhex(secret)
        found.append(
            KnownCounter(str(name), digest, CounterState(state), str(enrolled), str(changed), counted(sequence), counted(generation))
        )
    return found


def _cut(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("no cut")
    return counted(value[0]), counted(value[1])
