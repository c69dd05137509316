"""kiosk registry import: backups of what was taken in, and what is asked where something was forgotten or broke off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import JAPAN
from kiosk.ledger.database import ask
from kiosk.ledger.notes import write_note
from kiosk.smartcard.authority import Authority
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.list_moving import FORM, issuer, links, listed, trust, trusting, written
from tests.support.commands.server import opened
from tests.support.postgres.cluster import PostgresCluster

__all__ = ["issuer", "trusting"]


def test_without_a_backup_of_it_the_list_is_to_be_kept(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    (trusting.folder / "backups").write_text("in the way", "utf-8")
    said = registry("import", written(tmp_path, listed(1, 2)), *FORM, "--authority", issuer.fingerprint)
    assert (said.code, words("registry.import.no-backup") in said.err) == (1, True)
    assert words("registry.import.delete") not in said.out
    assert len(links(trusting)) == 2


def test_a_restore_of_a_backup_from_before_names_the_list(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path
) -> None:
    assert registry("backup", str(tmp_path / "before")).code == 0
    assert registry("import", written(tmp_path, listed(1, 2)), *FORM, "--authority", issuer.fingerprint).code == 0
    (before,) = (tmp_path / "before").iterdir()
    said = registry("restore", str(before), "--replace", "--sheet", str(Library(tmp_path, trusting).sheet))
    assert words("registry.restore.lost-lists", lists=1, links=2) in said.out
    assert words("registry.restore.lacking", count=1) not in said.out


def test_the_day_of_the_list_is_asked_for_once_stops_were_forgotten(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path
) -> None:
    server = opened(trusting)
    write_note(server.ledger.database.database, "stops.since", str(int(datetime(2026, 6, 30, 20, tzinfo=UTC).timestamp())))
    server.close()
    asked = ("import", written(tmp_path, listed(1)), *FORM, "--authority", issuer.fingerprint, "--dry-run")
    said = registry(*asked)
    assert (said.code, said.err.strip()) == (1, words("registry.import.made-missing", day="2026-07-02"))
    said = registry(*asked, "--made", "2026-07-01")
    assert (said.code, said.err.strip()) == (1, words("registry.import.made-before", day="2026-07-02"))
    said = registry(*asked, "--made", "2026-07-02")
    assert (said.code, said.err.strip()) == (0, words("registry.import.stops-since", day="2026-07-02"))
    assert registry(*asked, "--made", f"{datetime.now(JAPAN).date() + timedelta(days=1)}").code == 2, "a slip"


@pytest.mark.linux("PostgreSQL")
def test_whether_it_was_taken_is_not_known_when_the_database_goes_away(
    registry: Call, place: RegistryHome, postgres: PostgresCluster, issuer: Authority, tmp_path: Path
) -> None:
    """The answer to the commit may be lost as well; the same command again tells, and makes the backup."""
    place.prepare()
    url = postgres.create_database()
    place.config.write_text(f'[database]\nurl = "{url}"\n', "utf-8")
    registry("init")
    trust(registry, issuer, tmp_path)
    asked = ("import", written(tmp_path, listed(1)), *FORM, "--authority", issuer.fingerprint)
    ends = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END"
    server = opened(place)
    with server.ledger.database.writing() as database:
        ask(database, f"CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$ {ends} $$")
        ask(database, "CREATE TRIGGER failing BEFORE INSERT ON link FOR EACH ROW EXECUTE FUNCTION failing()")
    server.close()
    said = registry(*asked)
    assert (said.code, words("registry.import.broken-off") in said.err) == (1, True)
    server = opened(place)
    with server.ledger.database.writing() as database:
        ask(database, "DROP TRIGGER failing ON link")
    server.close()
    assert registry(*asked).code == 0
    (place.folder / "backups").rename(tmp_path / "kept")
    again = registry(*asked)
    assert (again.code, words("registry.import.none-new", present=1) in again.out) == (0, True)
    assert len(list((place.folder / "backups").glob("*.backup"))) == 1
