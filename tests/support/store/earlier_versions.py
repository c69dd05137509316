"""Stores of earlier versions, as written then: SQL frozen here, not the program's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kiosk.config.atomic_write import make_file
from kiosk.ledger.audit import digest_of
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
