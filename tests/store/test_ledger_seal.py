"""Whoever has the database's key, but not the site key, can write operations, stops and notes; not so that they count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.decide import Opened, Stopped
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.domain.operations import RefusedFor
from kiosk.domain.states import Problem
from kiosk.domain.wire import LinkOperation, Origin, Position, encode
from kiosk.store.cipher import open_file
from kiosk.store.key_location import KeyPlace, key_place
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import entry, opened, save, unlink

OpenStore = Callable[..., Repository]

LOST, OTHER, THIRD = (LinkToken(bytes([number]) * 32) for number in (1, 2, 3))
NUMBER, ANOTHER = LibraryCardNumber("2104067853"), LibraryCardNumber("2104067861")
FORGED = LinkOperation(
    Origin(UUID(int=9), "窓口1", 99, Position(), 0, datetime(2026, 11, 23, tzinfo=UTC)), LOST, NUMBER, Revocation.GOOD, False
)
REVIVED = ("INSERT INTO overlay VALUES (?, ?, '2026-11-23T00:00:00+00:00', '窓口1', ?)", (LOST.digest, NUMBER.text, str(UUID(int=9))))


@pytest.fixture
def place(path: Path, tmp_path: Path) -> KeyPlace:
    return key_place(path, "file", tmp_path / "keys")


@pytest.fixture
def begin(open_store: OpenStore, place: KeyPlace, keys: Keys) -> Callable[[], Repository]:
    return lambda: open_store(anchor=place.anchor(keys))


def tamper(path: Path, keys: Keys, *statements: tuple[str, tuple[object, ...]]) -> None:
    with closing(open_file(path, keys.database)) as connection:
        for sql, values in statements:
            connection.execute(sql, values)


def test_a_closed_card_is_not_revived_by_an_operation_on_its_way(begin: Callable[[], Repository], path: Path, keys: Keys) -> None:
    store = begin()
    store.save_link(UUID(int=1), LOST, NUMBER, revocation=Revocation.GOOD)
    store.close_link(UUID(int=2), NUMBER, UnlinkReason.LOST)
    row = ("INSERT INTO operation VALUES (?, 99, ?, 'pending', NULL, NULL, NULL)", (str(UUID(int=9)), encode(FORGED)))
    tamper(path, keys, row, REVIVED)
    assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)
    store.close()
    assert begin().doubt == Problem(Code.LINKS_ALTERED)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meta SET value = '0 3' WHERE name = 'ledger.position'",
        "UPDATE meta SET value = '1' WHERE name = 'ledger.sequence'",
        "DELETE FROM meta WHERE name LIKE 'ledger.%'",
        "DELETE FROM meta WHERE name = 'ledger.seal'",
        "INSERT INTO meta VALUES ('ledger.registry', 'https://elsewhere.example')",
        "INSERT INTO meta VALUES ('ledger.cuts', '0:0')",
    ],
)
def test_where_a_counter_stands_is_not_for_others_to_write(begin: Callable[[], Repository], path: Path, keys: Keys, statement: str) -> None:
    store = begin()
    store.save_link(UUID(int=1), LOST, NUMBER, revocation=Revocation.GOOD)
    store.save_link(UUID(int=2), OTHER, ANOTHER, revocation=Revocation.GOOD)
    tamper(path, keys, (statement, ()))
    found = store.examine(aside=False)
    assert found is not None
    assert found.code in (Code.LINKS_ALTERED, Code.STORE_BEHIND)
    store.close()
    assert begin().doubt is not None


def test_a_replaced_link_is_not_put_back_behind_a_later_position(begin: Callable[[], Repository], path: Path, keys: Keys) -> None:
    store = begin()
    store.save_link(UUID(int=1), LOST, NUMBER, revocation=Revocation.GOOD)
    with closing(open_file(path, keys.database)) as connection:
        link = connection.execute("SELECT * FROM link").fetchone()
        (digest,) = connection.execute("SELECT value FROM meta WHERE name = 'links.digest'").fetchone()
    store.close_link(UUID(int=2), NUMBER, UnlinkReason.LOST)
    tamper(
        path,
        keys,
        ("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", link),
        ("UPDATE meta SET value = ? WHERE name = 'links.digest'", (digest,)),
        ("UPDATE meta SET value = '0 3' WHERE name = 'ledger.position'", ()),
    )
    store.close()
    assert begin().doubt == Problem(Code.LINKS_ALTERED)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM link_number",
        "UPDATE link_number SET token = zeroblob(32)",
        "INSERT INTO link SELECT zeroblob(32), number, since, counter, operation, position + 1 FROM link LIMIT 1",
    ],
)
def test_a_number_that_leads_elsewhere_is_found(begin: Callable[[], Repository], path: Path, keys: Keys, sql: str) -> None:
    store = begin()
    store.save_link(UUID(int=1), LOST, NUMBER, revocation=Revocation.GOOD)
    store.save_link(UUID(int=2), OTHER, ANOTHER, revocation=Revocation.GOOD)
    tamper(path, keys, (sql, ()))
    assert store.examine() == Problem(Code.LINKS_ALTERED)
    store.accept_doubt(Code.LINKS_ALTERED)
    assert store.examine() is None
    for listed in store.list_links(masked=False):
        link = store.find_by_number(LibraryCardNumber(listed.number))
        assert link is not None
        assert store.find(link.token) == link


@pytest.mark.parametrize("table", ["operation", "stop"])
def test_what_is_on_its_way_is_not_for_others_to_delete(begin: Callable[[], Repository], path: Path, keys: Keys, table: str) -> None:
    store = begin()
    store.enrol("https://registry.example", "窓口1")
    store.follow([entry(1, Opened(opened(LOST, NUMBER)))], Position())
    save(store, THIRD, ANOTHER)
    unlink(store, NUMBER)
    store.follow([entry(2, Stopped(ANOTHER))], Position())
    assert store.find(LOST) is None
    tamper(path, keys, (f"DELETE FROM {table}", ()), ("DELETE FROM overlay", ()))  # noqa: S608 - our own names
    assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)


def test_staff_who_accept_the_store_are_not_served_what_was_forged(begin: Callable[[], Repository], path: Path, keys: Keys) -> None:
    store = begin()
    store.save_link(UUID(int=1), LOST, NUMBER, revocation=Revocation.GOOD)
    store.close_link(UUID(int=2), NUMBER, UnlinkReason.LOST)
    tamper(path, keys, REVIVED)
    assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)
    store.accept_doubt(Code.LINKS_ALTERED)
    assert store.find(LOST) is None
    assert store.examine(aside=False) is None
    store.close()
    assert begin().doubt is None


@pytest.mark.parametrize(
    ("column", "value"),
    [("body", "text"), ("body", 99999999999999), ("body", b"{}"), ("state", "done"), ("code", "no-such-code"), ("cursor", "text")],
)
def test_a_row_that_this_program_did_not_write_is_damage(
    begin: Callable[[], Repository], path: Path, keys: Keys, column: str, value: object
) -> None:
    store = begin()
    store.enrol("https://registry.example", "窓口1")
    operation = save(store, LOST, NUMBER)
    store.answer({operation: RefusedFor(Code.STOPPED_SINCE)}, 0)
    tamper(path, keys, (f"UPDATE operation SET {column} = ?", (value,)))  # noqa: S608 - our own names
    with pytest.raises(Unavailable) as trouble:
        store.operations()
    assert trouble.value.code is Code.STORE_DAMAGED
    assert store.examine(aside=False) == Problem(Code.LINKS_ALTERED)
