"""Stores of earlier versions, as written then: SQL frozen here, not the program's."""

from __future__ import annotations

import hmac
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from kiosk.config.atomic_write import make_file
from kiosk.ledger.audit import digest_of
from kiosk.ledger.digest import LinkHash
from kiosk.ledger.key_derivation import derived
from kiosk.store.cipher import open_file, salt_for
from kiosk.store.keys import Keys

VERSION_1 = """
CREATE TABLE link (token BLOB NOT NULL PRIMARY KEY, number TEXT NOT NULL, since TEXT NOT NULL, counter TEXT NOT NULL,
    operation TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, created TEXT NOT NULL, tries INTEGER NOT NULL);
CREATE TABLE audit (place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, counter TEXT NOT NULL, operator TEXT,
    act TEXT NOT NULL, result TEXT NOT NULL, reason TEXT, checked TEXT NOT NULL, number TEXT, operation TEXT,
    previous BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX link_number ON link (number);
CREATE UNIQUE INDEX outbox_uuid ON outbox (uuid);
CREATE UNIQUE INDEX audit_operation ON audit (operation);
PRAGMA user_version = 1;
"""
IDENTITY_3 = "0123456789abcdef0123456789abcdef"
VERSION_3 = f"""{VERSION_1.replace("PRAGMA user_version = 1;", "")}
CREATE TABLE tally (month TEXT NOT NULL, act TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (month, act)) WITHOUT ROWID;
CREATE INDEX audit_at ON audit (at);
INSERT INTO meta VALUES ('store.identity', '{IDENTITY_3}'), ('store.anchored', '1');
PRAGMA user_version = 3;
"""  # noqa: S608 - our own
VERSION_4 = f"""{VERSION_3.replace("PRAGMA user_version = 3;", "")}
DROP TABLE link;
DROP TABLE outbox;
CREATE TABLE link (token BLOB NOT NULL PRIMARY KEY, number TEXT NOT NULL, since TEXT NOT NULL, counter TEXT NOT NULL,
    operation TEXT NOT NULL, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE operation (uuid TEXT NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL,
    epoch INTEGER, cursor INTEGER, code TEXT) WITHOUT ROWID;
CREATE TABLE overlay (token BLOB NOT NULL PRIMARY KEY, number TEXT, since TEXT, counter TEXT, operation TEXT) WITHOUT ROWID;
CREATE TABLE stop (place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, token BLOB, number TEXT, cursor INTEGER NOT NULL,
    counter TEXT NOT NULL, sequence INTEGER NOT NULL);
CREATE UNIQUE INDEX link_number ON link (number);
CREATE UNIQUE INDEX operation_sequence ON operation (sequence);
CREATE UNIQUE INDEX overlay_number ON overlay (number);
CREATE INDEX stop_token ON stop (token);
CREATE INDEX stop_number ON stop (number);
PRAGMA user_version = 4;
"""


OPERATION_4 = (
    '{"counter":"窓口1","cursor":7,"epoch":3,"key-generation":0,"kind":"unlink","made":"2026-11-01T00:00:00+00:00","number":"0000000002",'
    f'"operator":null,"reason":"lost","sequence":2,"token":"{"02" * 32}","uuid":"{UUID(int=9)}","wire":1}}'
).encode()


def write_version_4(path: Path, keys: Keys, *, enrolled: bool) -> None:
    """Write a store of version 4: two links, and on one that is enrolled an operation on its way (`OPERATION_4`) and a stop."""
    path.parent.mkdir(mode=0o700)
    make_file(path)
    with closing(open_file(path, keys.database, salt=salt_for(keys.database))) as connection:
        connection.executescript(VERSION_4)
        total = 0
        for number in (1, 2):
            link = (bytes([number]) * 32, f"{number:010}", "2026-11-01T00:00:00+00:00", "窓口1", f"{UUID(int=number)}", number)
            connection.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", link)
            total += LinkHash(keys.site).of(link[0], link[1], number)
        links = f"2 {total % (1 << 256):064x}"
        notes = {"links.digest": links, "ledger.position": "3 7" if enrolled else "0 2", "ledger.sequence": "2"}
        operations: list[Any] = []
        stops: list[Any] = []
        registry, told = None, "Position(epoch=0, cursor=2), Epochs(current=0, cuts=())"
        if enrolled:
            notes |= {"ledger.registry": "https://registry.example", "ledger.cuts": "1:5 2:6"}
            registry, told = "https://registry.example", "Position(epoch=3, cursor=7), Epochs(current=3, cuts=((1, 5), (2, 6)))"
            operations = [(str(UUID(int=9)), 2, OPERATION_4, "pending", None, None, None)]
            stops = [(1, None, "0000000009", 7, "窓口2", 1)]
            connection.execute("INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?)", operations[0])
            connection.execute("INSERT INTO stop VALUES (?, ?, ?, ?, ?, ?)", stops[0])
            connection.execute("INSERT INTO overlay VALUES (?, NULL, NULL, NULL, NULL)", (bytes([2]) * 32,))
        sealed = f"(({registry!r}, {told}, 0, 2, LinkSum(count=2, total={total % (1 << 256)})), {operations!r}, {stops!r})"
        key = derived(keys.database + keys.site, b"kiosk-links-1")
        notes["ledger.seal"] = hmac.digest(key, f"note {IDENTITY_3} ledger {sealed}".encode(), "sha256").hex()
        for note in notes.items():
            connection.execute("INSERT INTO meta VALUES (?, ?)", note)


def write_version_3(path: Path, keys: Keys, links: int, excess: int = 0) -> list[bytes]:
    """Write a store of version 3 with `links` registered and `excess` links that no act explains. Returns the hashes of the trail, from
    that of no row on.
    """
    path.parent.mkdir(mode=0o700)
    make_file(path)
    with closing(open_file(path, keys.database, salt=salt_for(keys.database))) as connection:
        connection.executescript(VERSION_3)
        previous, heads = bytes(32), [bytes(32)]
        for number in range(links):
            link = (bytes([number]) * 32, f"{number:010}", "2026-11-01T00:00:00+00:00", "窓口1", f"op-{number}")
            connection.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?)", link)
            row = (number + 1, "2026-11-01T00:00:00+00:00", "窓口1", None, "register", "done", None, "certificate pin", "", f"op-{number}")
            digest = digest_of(row, previous)
            connection.execute(f"INSERT INTO audit VALUES ({', '.join('?' * 12)})", (*row, previous, digest))  # noqa: S608
            previous = digest
            heads.append(digest)
        for number in range(excess):
            link = (bytes([100 + number]) * 32, f"{100 + number:010}", "2026-11-01T00:00:00+00:00", "窓口1", "op-x")
            connection.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?)", link)
        connection.execute("INSERT INTO meta VALUES ('links.digest', ?)", (f"{links + excess} {7:064x}",))
        connection.execute("INSERT INTO meta VALUES ('audit.head', ?)", (f"{links} {previous.hex()}",))
        connection.execute("INSERT INTO tally SELECT '2026-11', 'register', ? WHERE ? > 0", (links, links))
    return heads
