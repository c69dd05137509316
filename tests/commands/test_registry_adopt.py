"""kiosk registry init --sheet, and kiosk registry adopt: a counter that ran alone, taken into the library's ledger."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.commands.open_store import note_administrative_act
from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.equipment import open_repository
from kiosk.ledger.audit import FIRST_DIGEST, AuditEntry, AuditTrail, digest_of
from kiosk.store.recovery import make_backup
from kiosk.store.repository import Repository
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.list_moving import links
from tests.support.commands.lone_counter import LoneCounter, founded, lone, number
from tests.support.commands.server import opened
from tests.support.postgres.cluster import PostgresCluster

__all__ = ["founded", "lone"]


def trail_of(home: RegistryHome) -> list[AuditEntry]:
    server = opened(home)
    rows = server.ledger.database.read(lambda database: AuditTrail(database).page(0))
    server.close()
    return rows


def end_of(rows: list[AuditEntry]) -> str:
    """The hash of the last of rows that were a trail of their own."""
    last = FIRST_DIGEST
    for place, row in enumerate(rows, 1):
        last = digest_of(
            (place, row.at, row.counter, row.operator, row.act, row.result, row.reason, row.checked, row.number, row.operation), last
        )
    return last.hex()


def adopted(rows: list[AuditEntry]) -> tuple[dict[str, str], list[AuditEntry]]:
    """What the last row of an adoption says, and the counter's rows behind it."""
    place = max(row.place for row in rows if row.act == "adopted")
    told = dict(word.split(":") for word in rows[place - 1].checked.split())
    return told, rows[place : place + int(told["rows"])]


def unchanged(home: RegistryHome) -> None:
    assert links(home) == {}
    assert not [row for row in trail_of(home) if row.act == "adopted"]


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def test_links_and_trail_are_taken_as_they_are(
    registry: Call, place: RegistryHome, lone: LoneCounter, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine == "postgresql":
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        place.prepare()
        place.config.write_text(f'[database]\nurl = "{cluster.create_database()}"\n', "utf-8")
    registry("init", "--sheet", str(lone.sheet))
    lone.link(1, 2, 3)
    lone.unlink(3)
    backup = lone.backup()
    dry = registry("adopt", str(backup), "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert words("registry.import.would", taken=2, present=0) in dry.out
    unchanged(place)
    said = registry("adopt", str(backup))
    assert (said.code, said.err) == (0, "")
    assert links(place) == {number(card).text: lone.token(card).digest for card in (1, 2)}
    assert Library(tmp_path, place).position() == (1, 1)
    server = opened(place)
    assert {placed.link.counter for placed in server.ledger.snapshot().links} == {adopted(trail_of(place))[0]["counter"]}
    server.close()
    told, rows = adopted(trail_of(place))
    assert [row.act for row in rows] == ["register", "register", "register", "release", "backup"]
    assert end_of(rows) == told["head"]
    assert [row.number for row in rows[:2]] == [number(card).masked for card in (1, 2)]
    again = registry("adopt", str(backup))
    assert words("registry.adopt.none-new", present=2) in again.out
    assert Library(tmp_path, place).position() == (1, 1)
    assert len([row for row in trail_of(place) if row.act == "adopted"]) == 1
    assert sorted(path.suffix for path in backup.parent.iterdir()) == [".db", ".keys"]
    newest = Library(tmp_path, place).backups()[-1]
    assert "登録2件" in registry("verify", str(newest)).out


def test_when_each_was_linked_is_kept(registry: Call, founded: RegistryHome, lone: LoneCounter, home: Home) -> None:
    lone.link(1)
    repository, _ = open_repository(home, read_settings(home.config))
    with repository:
        (before,) = repository.list_links()
    assert registry("adopt", str(lone.backup())).code == 0
    server = opened(founded)
    (placed,) = server.ledger.snapshot().links
    server.close()
    assert (placed.link.since, placed.link.counter) == (before.since, before.counter)


def test_tokens_come_under_the_key_that_is_now_the_librarys(registry: Call, founded: RegistryHome, lone: LoneCounter) -> None:
    lone.link(1)
    assert registry("rotate-key", "--yes").code == 0
    assert registry("adopt", str(lone.backup())).code == 0
    server = opened(founded)
    expected = hmac.digest(server.site_key.key, lone.token(1).digest, "sha256")
    server.close()
    assert links(founded) == {number(1).text: expected}


def test_a_counter_that_began_with_a_later_key_has_tokens_of_its_own(
    kiosk: Call, registry: Call, begun: RegistryHome, tmp_path: Path, home: Home
) -> None:
    """It computed them under a key that the library only wraps with: they are nobody's."""
    assert registry("rotate-key", "--yes").code == 0
    paper = Library(tmp_path, begun).sheet
    assert kiosk("recovery", "restore", "--sheet", str(paper)).code == 0
    lone = LoneCounter(kiosk, home, tmp_path)
    lone.link(1, 2)
    said = registry("adopt", str(lone.backup()))
    assert (said.code, "2件の連携登録は、このサーバーの鍵のものに直せない" in said.err) == (1, True)
    unchanged(begun)


def test_what_contradicts_is_counted_and_waits_for_a_decision(
    registry: Call, founded: RegistryHome, lone: LoneCounter, tmp_path: Path
) -> None:
    """Then it is decided where the link is, and the rest follows."""
    lone.link(1, 2, 3, 4)
    first = lone.backup()
    assert registry("adopt", str(first)).code == 0
    before = links(founded)
    lone.unlink(1)
    lone.unlink(2)
    lone.link(1, to=9)
    lone.link(10, to=2)
    lone.link(5)
    report = tmp_path / "report.csv"
    for options in (("--dry-run",), ("--report", str(report))):
        said = registry("adopt", str(lone.backup()), *options)
        assert said.code == 1
        assert words("registry.adopt.clashes", count=2) in said.err
        assert number(9).masked in said.err
        assert number(2).masked in said.err
        assert not [card for card in range(1, 11) if number(card).text in said.err + said.out]
        assert links(founded) == before
    lines = report.read_text("utf-8-sig").splitlines()[1:]
    assert sorted((line.split(",")[0], line.split(",")[3]) for line in lines) == sorted(
        [(number(9).masked, "card-linked"), (number(2).masked, "number-linked")]
    )
    lone.unlink(9)
    lone.unlink(2)
    said = registry("adopt", str(lone.backup()))
    shown = "、".join(number(card).masked for card in (1, 2, 9, 2))
    assert (said.code, said.err.strip()) == (0, words("registry.adopt.released", count=4, numbers=shown))
    assert links(founded) == before | {number(5).text: lone.token(5).digest}
    every = [row for row in trail_of(founded) if row.counter != "registry"]
    assert end_of(every) == adopted(trail_of(founded))[0]["head"], "in two parts"
    assert registry("adopt", str(first)).err.strip() == words("registry.adopt.behind"), "what was undone since would come back"
    assert links(founded) == before | {number(5).text: lone.token(5).digest}


def test_links_of_another_site_key_are_counted_and_left(registry: Call, begun: RegistryHome, lone: LoneCounter) -> None:
    lone.link(1, 2, 3)
    backup = lone.backup()
    said = registry("adopt", str(backup))
    assert (said.code, said.err.strip()) == (1, words("registry.adopt.not-opened", file=str(backup)))
    said = registry("adopt", str(backup), "--sheet", str(lone.sheet))
    assert (said.code, "3件の連携登録は、このサーバーの鍵のものに直せない" in said.err) == (1, True)
    unchanged(begun)


def test_a_backup_that_is_no_use_is_said_to_be(registry: Call, founded: RegistryHome, lone: LoneCounter) -> None:
    lone.link(1)
    spoilt, keyless, loose = lone.backup(), lone.backup(), lone.backup()
    content = bytearray(spoilt.read_bytes())
    content[5000] ^= 1
    spoilt.write_bytes(content)
    keyless.with_suffix(".keys").unlink()
    loose.with_suffix(".keys").write_bytes(b"KIOSKSK1 no keys")
    for backup, why in ((spoilt, "壊れています"), (keyless, "鍵"), (loose, "--sheet"), (loose.with_name("none.db"), "ありません")):
        said = registry("adopt", str(backup))
        assert (said.code, why in said.err) == (1, True), said.err
    unchanged(founded)


def test_a_counter_in_doubt_is_to_be_confirmed_first(
    registry: Call, kiosk: Call, founded: RegistryHome, lone: LoneCounter, home: Home
) -> None:
    lone.link(1)
    backup = lone.backup()
    home.store.unlink()
    assert kiosk("recovery", "restore", "--sheet", str(lone.sheet), "--backup", str(backup)).code == 0
    folder = backup.parent / "doubted"
    kiosk("recovery", "backup", str(folder))
    (doubted,) = folder.glob("*.db")
    said = registry("adopt", str(doubted))
    assert (said.code, words("registry.adopt.unfit.doubted") in said.err) == (1, True)
    unchanged(founded)


def test_a_clock_that_is_ahead_is_not_believed(registry: Call, founded: RegistryHome, home: Home, tmp_path: Path) -> None:
    """The day of the backup says which unlinkings in the ledger it can know."""
    repository, keys = open_repository(home, read_settings(home.config))
    repository.close()
    ahead = Repository(home.store, keys, "窓口", lambda: datetime.now(UTC) + timedelta(minutes=20))
    with ahead:
        note_administrative_act(ahead, AdministrativeAct.BACKUP)
        copy = make_backup(home.store, keys, tmp_path / "stick", datetime.now(UTC))
    said = registry("adopt", str(copy))
    assert (said.code, words("registry.adopt.clock-ahead") in said.err) == (1, True)
    unchanged(founded)


def test_a_sheet_founds_a_server_once(registry: Call, place: RegistryHome, lone: LoneCounter, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("1: 00000 00000\n", "utf-8")
    assert registry("init", "--sheet", str(wrong)).code == 1
    assert not place.database.exists()
    assert not list(place.folder.rglob("site-key.json"))
    registry("init", "--type-sheet", typed="\n".join(lone.sheet.read_text("utf-8").splitlines()[2:]))
    server = opened(place)
    assert server.site_key.key == lone.site_key
    server.close()
    other = Library(tmp_path, RegistryHome(tmp_path / "server")).sheet
    assert registry("init", "--sheet", str(other)).code == 1, "of the same key: only its sheet was not confirmed"
    assert "もう始まっています" not in registry("init", "--sheet", str(other)).err


def test_a_server_that_was_begun_takes_no_other_key(registry: Call, begun: RegistryHome, lone: LoneCounter, tmp_path: Path) -> None:
    key = Library(tmp_path, begun).key
    said = registry("init", "--sheet", str(lone.sheet))
    assert (said.code, "もう始まっています" in said.err) == (1, True)
    assert Library(tmp_path, begun).key == key != lone.site_key
