"""A machine of the library's server for tests of what happens to its files: keys, a ledger with links, a folder of backups."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.registry_wire import Answer
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, UnlinkOperation
from kiosk.ledger.bulk import insert
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.registry.answers import Batch
from kiosk.registry.backup.document import KeptFile
from kiosk.registry.backup.folder import Kept
from kiosk.registry.backup.making import make_backup
from kiosk.registry.backup.restoring import Machine, Restored, begin_epoch, restore
from kiosk.registry.backup.tables import TABLES
from kiosk.registry.database import open_database
from kiosk.registry.head_row import HeadTable
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.models import CounterRow, CounterState
from kiosk.registry.remembered import Remembered
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.rotation.rotating import Rotated, prepare, rotate
from kiosk.registry.row_sums import RowHash
from kiosk.registry.site_key import SiteKey, SiteKeyFile

SITE_KEY = hashlib.sha256(b"a site key").digest()
LIBRARY = "0123456789abcdef0123456789abcdef"
AUTHORITY = KeptFile("authority.pem", b"a private key and a certificate")
BEGUN = datetime(2026, 12, 1, 9, tzinfo=UTC)


def token(card: int) -> LinkToken:
    return LinkToken(hashlib.sha256(b"card %d" % card).digest())


def number(card: int) -> LibraryCardNumber:
    return LibraryCardNumber(f"{card:010}")


_SEQUENCES: dict[str, count[int]] = defaultdict(lambda: count(1))
"""Of the counters: they go on whatever becomes of their servers."""


@dataclass
class ServerMachine:
    folder: Path
    url: str
    site_key: bytes = SITE_KEY
    library: str = LIBRARY
    now: datetime = BEGUN

    def __post_init__(self) -> None:
        self.database = open_database(self.url)
        self.keys, self.backups = self.folder / "keys", self.folder / "backups"

    def found(self) -> ServerMachine:
        SiteKeyFile(self.keys).save(SiteKey(self.site_key, self.library))
        (self.keys / AUTHORITY.name).write_bytes(AUTHORITY.content)
        RegistryLedger.found(self.database, self.site_key, self.library, self.now)
        return self

    @property
    def ledger(self) -> RegistryLedger:
        keys = SiteKeyFile(self.keys).load()
        known = keys if keys is not None and keys.key == self.site_key else None
        return RegistryLedger(self.database, self.site_key, clock=lambda: self.now, keys=known)

    @property
    def machine(self) -> Machine:
        return Machine(self.keys, self.backups, lambda: open_database(self.url))

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def close(self) -> None:
        self.database.close()

    # --- counters and what they do -------------------------------------------------------------------------------------

    def enrol(self, name: str, secret: bytes | None = None) -> bytes:
        """Returns the hash of its secret."""
        digest = hashlib.sha256(secret or name.encode()).digest()
        at = self.now.isoformat(timespec="seconds")
        with self.ledger.acting():
            database = self.database.database
            before = CounterRow.select().where(CounterRow.name == name).get_or_none(database)
            CounterRow.delete().where(CounterRow.name == name).execute(database)
            values = {"name": name, "secret": digest, "state": CounterState.ACTIVE.value, "enrolled": at, "changed": at}
            enrolments = 1 if before is None else before.enrolments + 1
            CounterRow.insert(sequence=0, key_generation=0, enrolments=enrolments, **values).execute(database)
        return digest

    def set_state(self, name: str, state: CounterState) -> None:
        self.later(seconds=1)
        at = self.now.isoformat(timespec="seconds")
        with self.ledger.acting():
            CounterRow.update(state=state.value, changed=at).where(CounterRow.name == name).execute(self.database.database)

    def state_of(self, name: str) -> str:
        row = CounterRow.select().where(CounterRow.name == name).get_or_none(self.database.database)
        return "" if row is None else str(row.state)

    def send(self, *operations: Operation) -> list[Answer]:
        (applied,), _ = self.ledger.apply([Batch(operations)])
        return [applied.answers[operation.origin.uuid] for operation in operations]

    def origin(self, counter: str = "中央1", known: Position | None = None, uuid: UUID | None = None) -> Origin:
        known = self.ledger.head().position if known is None else known
        return Origin(uuid or uuid4(), counter, next(_SEQUENCES[counter]), known, 0, self.now.replace(microsecond=0))

    def link(self, *cards: int) -> None:
        for first in range(0, len(cards), 100):
            some = cards[first : first + 100]
            known = self.ledger.head().position
            answers = self.send(
                *(LinkOperation(self.origin(known=known), token(card), number(card), Revocation.GOOD, by_guardian=False) for card in some)
            )
            assert all(isinstance(answer, AcceptedAt) for answer in answers), answers

    def unlink(self, card: int) -> None:
        (answer,) = self.send(UnlinkOperation(self.origin(), number(card), UnlinkReason.LOST, token(card)))
        assert isinstance(answer, AcceptedAt)

    def fill(self, cards: Iterable[int]) -> None:
        """Many links at once, as if they had all been opened below the floor; for tests of size."""
        hashes, row_hashes = LinkHash(self.site_key), RowHash(self.site_key)
        heads = HeadTable(row_hashes)
        columns = next(table.columns for table in TABLES if table.name == "link")
        since, count, total = self.now.isoformat(timespec="seconds"), 0, 0
        rows: list[tuple[Any, ...]] = []
        with self.database.writing() as database:
            head = heads.lock(database)
            assert head.links.count == 0
            sums = head.sums
            # In the order of their tokens, in which an index grows fastest.
            for digest, card in sorted((token(card).digest, card) for card in cards):
                text = number(card).text
                rows.append((digest, text, since, "中央1", str(UUID(int=card)), 0))
                total += hashes.of(digest, text, 0)
                count += 1
                if len(rows) == 4000:
                    insert(database, "link", columns, rows)
                    sums = sums.and_then("link", row_hashes.of("link", rows))
                    rows.clear()
            insert(database, "link", columns, rows)
            sums = sums.and_then("link", row_hashes.of("link", rows))
            heads.write(database, replace(head, links=LinkSum(count, total % (1 << 256)), sums=sums))

    # --- its database --------------------------------------------------------------------------------------------------

    def rows(self, *left_out: str) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables that a backup holds."""
        with self.database.reading() as database:
            return {
                table.name: sorted(
                    tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                    for row in ask(database, f"SELECT {', '.join(table.columns)} FROM {table.name}").fetchall()  # noqa: S608
                )
                for table in TABLES
                if table.name not in left_out
            }

    def is_whole(self) -> bool:
        return not self.ledger.verify().findings

    def back_up(self) -> Kept:
        self.later(seconds=1)
        return make_backup(self.database, self.site_key, [AUTHORITY], self.backups, self.now, self.ledger.earlier)

    def remember(self) -> None:
        RememberedFile(self.keys).take(self.database)

    def restore(self, backup: Path, *, replaces: bool = True, revoke: tuple[str, ...] = (), site_key: bytes | None = None) -> Restored:
        self.later(seconds=1)
        return restore(self.machine, backup, site_key or self.site_key, self.now, replaces=replaces, revoke=revoke)

    def rotate(self) -> Rotated:
        """Give the ledger another site key, which is `site_key` from then on."""
        self.later(seconds=1)
        file = SiteKeyFile(self.keys)
        present = file.load()
        assert present is not None
        prepared = prepare(file, present, self.now)
        rotated = rotate(self.database, file, prepared, RememberedFile(self.keys).load(), self.now)
        self.site_key = rotated.site_key.key
        return rotated

    def begin_epoch(self, cut: int | None = None) -> Remembered:
        self.later(seconds=1)
        keys = SiteKeyFile(self.keys).load()
        assert keys is not None
        return begin_epoch(self.machine, keys, cut, self.now)
