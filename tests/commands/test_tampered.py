"""Tampering with store, keys and anchor, without the keys or with the database key alone: `audit verify` reports each case, and no card is
found.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.equipment import key_place_of, open_repository
from kiosk.ledger.audit import AuditedAct, AuditTrail
from kiosk.store.cipher import CipherDatabase, open_file
from kiosk.store.key_location import KeyPlace
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository

LOST, LOST_NUMBER = LinkToken(b"l" * 32), LibraryCardNumber("2104067861")
THIEF = LinkToken(b"t" * 32)


def opened(home: Home) -> Repository:
    return open_repository(home, read_settings(home.config))[0]


def place_of(home: Home) -> KeyPlace:
    return key_place_of(home, read_settings(home.config))


def keys_of(home: Home) -> Keys:
    record = place_of(home).store.load()
    assert record is not None
    return record.keys


def is_told(kiosk: Any, home: Home, token: LinkToken = LOST) -> Code:
    """As what it is told: at every command, and the card is not found."""
    assert kiosk("audit", "verify").code == 1
    assert kiosk("links", "count").code == 1
    with opened(home) as store:
        with pytest.raises(KioskError) as trouble:
            store.links_for((token,), None)
        assert trouble.value.code is Code.STORE_DOUBTED
        assert store.doubt is not None
        return store.doubt.code


def test_a_first_day_that_was_cut_off_and_taken_away(kiosk: Any, home: Home) -> None:
    code = """
import os, sys, uuid
from pathlib import Path
from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import open_repository
home = Home(Path(sys.argv[1]))
store, _ = open_repository(home, read_settings(home.config))
store.save_link(uuid.uuid4(), LinkToken(b"l" * 32), LibraryCardNumber("2104067861"), revocation=Revocation.NOT_CHECKED)
os._exit(9)
"""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    killed = subprocess.run([sys.executable, "-c", code, str(home.folder)], env=environment, check=False, timeout=30)
    assert killed.returncode == 9
    for ending in ("-wal", "-shm", "-keeper"):
        home.store.with_name(home.store.name + ending).unlink()
    place_of(home).anchor_path.unlink()
    assert is_told(kiosk, home) is Code.STORE_UNANCHORED


@pytest.fixture
def migrated(home: Home, linked: Home) -> Path:
    """A store that an earlier version had made, and the copy that was kept from then; the card was linked anew, and released, since."""
    with opened(home) as store:
        store.save_link(uuid.uuid4(), LOST, LOST_NUMBER, revocation=Revocation.NOT_CHECKED)
    keys = keys_of(home)
    with closing(open_file(home.store, keys.database)) as connection:
        connection.execute("DELETE FROM meta WHERE name IN ('store.identity', 'links.digest', 'store.anchored') OR name LIKE 'ledger.%'")
        for table in ("operation", "overlay", "stop", "link_number", "staged_link", "staged_link_number"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("CREATE UNIQUE INDEX link_number ON link (number)")
        connection.execute("ALTER TABLE link DROP COLUMN position")
        connection.execute("CREATE TABLE outbox (place INTEGER)")
        connection.execute("PRAGMA user_version = 2")
    Path(place_of(home).store.describe().place).write_text(keys.encoded(), encoding="utf-8")
    place_of(home).anchor_path.unlink()
    with opened(home) as store:
        assert (store.doubt, store.links_dropped()) == (None, 2)
        store.save_link(uuid.uuid4(), LOST, LOST_NUMBER, revocation=Revocation.NOT_CHECKED)
        store.close_link(uuid.uuid4(), LOST_NUMBER, UnlinkReason.LOST)
    (copy,) = (home.data / "backups").glob("kiosk-v2-*.db")
    return copy


@pytest.mark.parametrize("anchored", [False, True])
def test_the_copy_from_before_a_new_version(kiosk: Any, home: Home, migrated: Path, anchored: bool) -> None:
    shutil.copyfile(migrated, home.store)
    if not anchored:
        place_of(home).anchor_path.unlink()
    assert is_told(kiosk, home) is Code.STORE_FORKED
    # Also the next time, and once it was confirmed, it is the store.
    assert is_told(kiosk, home) is Code.STORE_FORKED
    with opened(home) as store:
        store.accept_doubt(Code.STORE_FORKED)
    assert kiosk("audit", "verify").code == 0
    place_of(home).anchor_path.unlink()
    assert is_told(kiosk, home) is Code.STORE_UNANCHORED


def test_an_anchor_that_is_gone_is_missed_over_the_keys(kiosk: Any, linked: Home) -> None:
    with closing(open_file(linked.store, keys_of(linked).database)) as connection:
        connection.execute("DELETE FROM meta WHERE name = 'store.anchored'")
    place_of(linked).anchor_path.unlink()
    assert is_told(kiosk, linked) is Code.STORE_UNANCHORED


@pytest.mark.parametrize("told", [False, True], ids=["no-row", "with-a-row"])
@pytest.mark.parametrize("twice", [False, True])
def test_a_thief_with_the_databases_key_alone(kiosk: Any, linked: Home, told: bool, twice: bool) -> None:
    """They can write rows, links and notes; not the digest, and not that somebody has confirmed anything."""
    database = CipherDatabase(linked.store, keys_of(linked).database)
    forget = "DELETE FROM meta WHERE name IN ('links.digest', 'store.anchored', 'store.doubt')"
    with database.atomic("IMMEDIATE"):
        at, counter = database.ask("SELECT at, counter FROM audit ORDER BY place DESC LIMIT 1").fetchone()
        act = "register" if told else "sheet"
        AuditTrail(database).add(AuditedAct(at, counter, None, act, "done", None, "", None))
        database.ask("INSERT INTO link VALUES (?, ?, ?, ?, ?, 9)", (THIEF.digest, "2104000777", at, counter, str(UUID(int=9))))
        if told:
            database.ask("UPDATE tally SET count = count + 1 WHERE act = 'register'")
        database.ask("INSERT OR REPLACE INTO meta VALUES ('store.accepted', ?)", ("0 0" if told else "0 1",))
        database.ask(forget)
    database.close_all()
    if twice:
        is_told(kiosk, linked, THIEF)
        database = CipherDatabase(linked.store, keys_of(linked).database)
        database.ask(forget)
        database.close_all()
    assert is_told(kiosk, linked, THIEF) is Code.LINKS_ALTERED


def test_that_something_was_confirmed_is_written_by_nobody_else(kiosk: Any, linked: Home) -> None:
    with opened(linked) as store:
        store.note(AdministrativeAct.SHEET)
    database = CipherDatabase(linked.store, keys_of(linked).database)
    with database.atomic("IMMEDIATE"):
        database.ask("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE place = 1")
        database.ask("INSERT OR REPLACE INTO meta VALUES ('store.accepted', '2 0')")
    database.close_all()
    with opened(linked) as store:
        found = store.examine()
        assert found is not None
        assert found.code is Code.AUDIT_BROKEN
