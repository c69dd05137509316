"""kiosk registry rotate-key, as an administrator types it; and what becomes of sheets and backups of before."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code
from kiosk.ledger.database import ask
from kiosk.ledger.recovery_sheet import fingerprint, sheet, sheet_lines
from kiosk.ledger.running_lock import RunningLock
from kiosk.registry.answers import Contact
from kiosk.text import plain, say
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.server import enrolled, opened


@pytest.fixture
def library(registry: Call, begun: RegistryHome, tmp_path: Path) -> Library:
    """With three links; what differs between databases is tried where the ledger is."""
    library = Library(tmp_path, begun)
    enrolled(registry, begun, "中央1")
    library.link(1, 2, 3)
    return library


@pytest.fixture
def elsewhere(kiosk: Call, library: Library) -> Call:
    """Calls `kiosk registry …` on a machine on which there is nothing yet."""
    return lambda *arguments: kiosk("registry", *arguments, "--home", str(library.empty.folder))


def key_of(home: RegistryHome) -> bytes:
    server = opened(home)
    server.close()
    return server.site_key.key


def tokens(home: RegistryHome) -> set[bytes]:
    server = opened(home)
    assert not server.ledger.verify().findings
    found = {placed.link.token.digest for placed in server.ledger.snapshot().links}
    server.close()
    return found


def sheet_of(key: bytes, path: Path) -> str:
    path.write_text(sheet(key, datetime.now(UTC).date()), "utf-8")
    return str(path)


def cause(code: Code) -> str:
    return plain(say(f"refusal.{code}.staff")).partition("{")[0]


def test_a_new_key_a_new_sheet_and_backups_on_both_sides_of_it(registry: Call, library: Library, place: RegistryHome) -> None:
    before, cards = library.key, tokens(place)
    said = registry("rotate-key", "--yes")
    assert (said.code, words("registry.rotate-key.sheet-later") in said.err) == (0, True), said.err
    key = key_of(place)
    assert key != before
    assert tokens(place) == {hmac.digest(key, card, "sha256") for card in cards}
    first, second = library.backups()
    of_now, of_before = registry("verify", str(first)), registry("verify", str(second))
    assert (of_before.code, of_now.code) == (0, 0)
    assert fingerprint(before) in of_before.out
    assert words("registry.verify.earlier-key", sheet=fingerprint(key)) in of_before.err
    assert (fingerprint(key) in of_now.out, of_now.err) == (True, "")
    assert words("registry.rotate-key.earlier-backups", count=1, folder=str(place.folder / "backups")) in said.out
    made = [line for line in said.out.splitlines() if "だけです" in line]
    assert [fingerprint(one) in line for one, line in zip((before, key), made, strict=True)] == [True, True]
    assert key.hex() not in said.out + said.err
    assert "鍵の更新" in registry("audit").out
    assert "復旧シート" in registry("doctor").out


def test_a_person_is_asked_and_given_the_sheet(registry: Call, library: Library, place: RegistryHome) -> None:
    said = registry("rotate-key", typed="はい\n", at_keyboard=True)
    assert said.code == 1, "no line of the sheet was given back"
    key = key_of(place)
    assert all(line in said.out for line in sheet_lines(key))
    assert fingerprint(key) != fingerprint(library.key)
    server = opened(place)
    assert not server.is_sheet_confirmed
    server.close()


@pytest.mark.parametrize(("answer", "code"), [(None, 2), ("いいえ", 1)])
def test_nothing_is_done_unasked(registry: Call, library: Library, place: RegistryHome, answer: str | None, code: int) -> None:
    said = registry("rotate-key") if answer is None else registry("rotate-key", typed=f"{answer}\n", at_keyboard=True)
    assert (said.code, "新しくしていません" in said.err) == (code, True)
    assert key_of(place) == library.key
    assert library.backups() == []


def test_a_dry_run_tells_and_changes_nothing_beside_a_server(registry: Call, library: Library, place: RegistryHome) -> None:
    registry("enrol", "分館1")
    registry("admin", "add", "tanaka", typed="correct horse battery\n")
    server = opened(place)
    server.ledger.heard_all({"中央1": Contact(server.ledger.head().position, 0, "0.0.9", differs=False)})
    server.close()
    with RunningLock(place.lock):
        said = registry("rotate-key", "--dry-run")
        assert said.code == 0
        assert words("registry.rotate-key.what", links=3) in said.out
        assert words("registry.rotate-key.codes", count=1) in said.err
        assert words("registry.rotate-key.other-version", names="中央1") in said.err
        assert words("registry.rotate-key.administrators", names="tanaka") in said.err
        refused = registry("rotate-key", "--yes")
        assert (refused.code, cause(Code.REGISTRY_SERVING) in refused.err) == (1, True)
    assert key_of(place) == library.key


def test_without_a_backup_before_it_nothing_is_done(registry: Call, library: Library, place: RegistryHome) -> None:
    (place.folder / "backups").write_text("in the way", "utf-8")
    said = registry("rotate-key", "--yes")
    assert (said.code, words("registry.rotate-key.no-backup-before") in said.err) == (1, True)
    assert key_of(place) == library.key


def test_a_ledger_that_was_altered_is_refused(registry: Call, library: Library, place: RegistryHome) -> None:
    server = opened(place)
    with server.ledger.database.writing() as database:
        ask(database, "UPDATE head SET floor = 1")
    server.close()
    said = registry("rotate-key", "--yes")
    assert said.code == 1
    assert key_of(place) == library.key


def test_a_backup_of_before_is_brought_under_the_key_since(registry: Call, library: Library, place: RegistryHome) -> None:
    """On the machine that has both keys: with the key file, and with the old sheet."""
    assert registry("backup").code == 0
    (before,) = library.backups()
    for _ in range(2):
        assert registry("rotate-key", "--yes").code == 0
    expected, key = tokens(place), key_of(place)
    library.key = key
    for arguments in ([], ["--sheet", str(library.sheet)]):
        said = registry("restore", str(before), "--replace", *arguments)
        assert said.code == 0, said.err
        assert key_of(place) == key
        assert tokens(place) == expected


def test_the_new_sheet_opens_on_an_empty_machine_what_was_made_since_and_nothing_of_before(
    registry: Call, elsewhere: Call, library: Library, place: RegistryHome, tmp_path: Path
) -> None:
    assert registry("rotate-key", "--yes").code == 0
    expected, key = tokens(place), key_of(place)
    new = sheet_of(key, tmp_path / "new.txt")
    before, since = sorted(library.backups(), key=lambda path: path.stat().st_mtime_ns)
    said = elsewhere("restore", str(before), "--sheet", new)
    assert (said.code, cause(Code.REGISTRY_BACKUP_UNUSABLE) in said.err) == (1, True)
    said = elsewhere("restore", str(since), "--sheet", str(library.sheet))
    assert (said.code, cause(Code.REGISTRY_BACKUP_UNUSABLE) in said.err) == (1, True)
    said = elsewhere("restore", str(since), "--sheet", new)
    assert said.code == 0, said.err
    assert tokens(library.empty) == expected
    server = opened(library.empty)
    server.close()
    assert server.site_key.root == library.key, "without it no card's token can be computed"


def test_a_key_file_of_before_is_told_from_another_librarys(registry: Call, library: Library, place: RegistryHome) -> None:
    """As on a second server that was not given the new one."""
    file = place.folder / "keys" / "site-key.json"
    old = file.read_bytes()
    assert registry("rotate-key", "--yes").code == 0
    new = file.read_bytes()
    file.write_bytes(old)
    said = registry("counters")
    assert (said.code, cause(Code.SITE_KEY_GENERATION) in said.err) == (1, True)
    file.write_bytes(new)
    assert registry("counters").code == 0
