"""kiosk registry backup | verify | restore | begin-epoch, as an administrator types them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code
from kiosk.ledger.database import ask
from kiosk.ledger.recovery_sheet import fingerprint, sheet, sheet_lines
from kiosk.ledger.running_lock import RunningLock
from kiosk.registry.backup.keeper import BackupKeeper, plan_of
from kiosk.registry.site_key import SiteKeyFile
from kiosk.text import plain, say
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call, Called
from tests.support.commands.server import enrolled, opened


@pytest.fixture
def library(library: Library, registry: Call, place: RegistryHome) -> Library:
    """With two counters and three links."""
    enrolled(registry, place, "中央1")
    enrolled(registry, place, "分館1")
    library.link(1, 2, 3)
    return library


@pytest.fixture
def elsewhere(kiosk: Call, library: Library) -> Call:
    """Calls `kiosk registry …` on a machine on which there is nothing yet."""

    def call(*arguments: str, typed: str = "") -> Called:
        called: Called = kiosk("registry", *arguments, "--home", str(library.empty.folder), typed=typed)
        return called

    return call


def cause(code: Code) -> str:
    return plain(say(f"refusal.{code}.staff"))


def backed_up(registry: Call, library: Library) -> Path:
    said = registry("backup")
    assert (said.code, said.err) == (0, "")
    newest = library.backups()[-1]
    assert str(newest) in said.out
    return newest


def test_a_backup_is_made_and_verified(registry: Call, library: Library) -> None:
    made = backed_up(registry, library)
    said = registry("verify", str(made))
    assert said.code == 0
    assert say("command.registry.verify.done", sheet=fingerprint(library.key)) in said.out
    assert "台帳の3番まで、登録3件" in said.out
    assert [name for name in ("中央1", "分館1") if name in said.out] == ["中央1", "分館1"]


def test_one_on_a_stick_is_not_counted(registry: Call, library: Library, tmp_path: Path) -> None:
    said = registry("backup", str(tmp_path / "stick"))
    assert said.code == 0
    assert say("command.registry.backup.elsewhere") in said.out
    assert library.backups() == []
    assert len(list((tmp_path / "stick").iterdir())) == 1


@pytest.mark.linux("file modes")
def test_an_empty_machine_from_backup_and_sheet_alone(registry: Call, elsewhere: Call, library: Library, tmp_path: Path) -> None:
    made = backed_up(registry, library)
    before = library.machine()
    rows, authority = before.rows("head", "epoch", "audit", "meta"), (library.home.folder / "keys" / "authority.pem").read_bytes()
    before.close()
    stick = shutil.copy(made, tmp_path / "stick.backup")
    said = elsewhere("restore", str(stick), "--sheet", str(library.sheet))
    assert said.code == 0, said.err
    assert "新しい世代" in said.out
    assert say("command.registry.restore.lacking-unknown") in said.out
    library.home = library.empty
    assert library.position() == (3, 1)
    after = library.machine()
    assert after.rows("head", "epoch", "audit", "meta") == rows
    after.close()
    # Counters trust that authority and no other.
    assert (library.empty.folder / "keys" / "authority.pem").read_bytes() == authority
    for name in ("site-key.json", "authority.pem", "outlives-restore.json"):
        assert (library.empty.folder / "keys" / name).stat().st_mode & 0o077 == 0


def test_the_sheet_may_be_typed(registry: Call, elsewhere: Call, library: Library) -> None:
    made = backed_up(registry, library)
    typed = "\n".join(sheet_lines(library.key)) + "\n\n"
    said = elsewhere("restore", str(made), typed=typed)
    assert said.code == 0, said.err
    assert "2行目" in said.out


def test_a_wrong_sheet_names_the_right_one(registry: Call, elsewhere: Call, library: Library, tmp_path: Path) -> None:
    made = backed_up(registry, library)
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(sheet(bytes(32), datetime.now(UTC).date()), "utf-8")
    for command in ("verify", "restore"):
        said = elsewhere(command, str(made), "--sheet", str(wrong))
        assert said.code == 1
        assert cause(Code.REGISTRY_BACKUP_UNUSABLE) in said.err
        assert fingerprint(library.key) in said.err
    assert SiteKeyFile(library.empty.folder / "keys").load() is None


def test_a_mistyped_sheet_names_the_line(registry: Call, elsewhere: Call, library: Library) -> None:
    made = backed_up(registry, library)
    lines = list(sheet_lines(library.key))
    lines[3] = lines[3][::-1]
    said = elsewhere("restore", str(made), typed="\n".join(lines))
    assert said.code == 1
    assert plain(say(f"refusal.{Code.RECOVERY_LINE}.staff").format(line=4)) in said.err


def test_behind_the_counters_backs_on_the_same_machine(registry: Call, library: Library) -> None:
    made = backed_up(registry, library)
    library.link(10, 11)
    refused = registry("restore", str(made))
    assert refused.code == 1
    assert say("command.why.registry-occupied.ledger") in refused.err
    assert library.position() == (5, 0)
    said = registry("restore", str(made), "--replace")
    assert said.code == 0, said.err
    assert say("command.registry.restore.lacking").format(count=2) in said.out
    assert library.position() == (3, 1)


def test_counters_are_listed_and_shut_out_from_the_first_moment(registry: Call, library: Library) -> None:
    made = backed_up(registry, library)
    said = registry("restore", str(made), "--replace", typed="中央9\n分館１\n\n", at_keyboard=True)
    assert said.code == 0, said.err
    assert say("command.registry.restore.not-in-it").format(name="中央9") in said.err
    assert say("command.registry.restore.revoked").format(names="分館1") in said.out
    machine = library.machine()
    assert (machine.state_of("中央1"), machine.state_of("分館1")) == ("active", "revoked")
    machine.close()


def test_a_revocation_outlives_a_restore_of_an_older_backup(registry: Call, library: Library) -> None:
    made = backed_up(registry, library)
    assert registry("revoke", "分館1", "--yes").code == 0
    said = registry("restore", str(made), "--replace")
    assert say("command.registry.restore.revoked").format(names="分館1") in said.out
    machine = library.machine()
    assert machine.state_of("分館1") == "revoked"
    machine.close()


def test_a_server_that_runs_is_noticed(registry: Call, library: Library) -> None:
    made = backed_up(registry, library)
    with RunningLock(library.home.lock):
        for arguments in (["restore", str(made), "--replace"], ["begin-epoch", "--yes"]):
            said = registry(*arguments)
            assert said.code == 1
            assert cause(Code.REGISTRY_SERVING) in said.err
        assert registry("backup").code == 0
    assert library.position() == (3, 0)


def test_another_librarys_backup(registry: Call, elsewhere: Call, library: Library) -> None:
    elsewhere("init")
    assert elsewhere("backup").code == 0
    (foreign,) = (library.empty.folder / "backups").iterdir()
    said = registry("restore", str(foreign), "--replace")
    assert said.code == 1
    assert cause(Code.REGISTRY_BACKUP_UNUSABLE) in said.err
    assert library.position() == (3, 0)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"SQLite format 3\0" + bytes(4000)], ids=["empty", "a picture", "a database"])
def test_a_foreign_file(registry: Call, library: Library, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "foreign").write_bytes(content)
    for arguments in (["verify"], ["restore", "--replace"]):
        said = registry(*arguments, str(tmp_path / "foreign"))
        assert said.code == 1
        assert say("command.why.registry-backup-unusable.foreign") in said.err
    assert library.position() == (3, 0)


@pytest.mark.parametrize("command", ["verify", "restore"])
def test_a_file_that_is_not_there(registry: Call, library: Library, tmp_path: Path, command: str) -> None:
    said = registry(command, str(tmp_path / "no such file"))
    assert said.code == 1
    assert say("command.why.file.missing") in said.err
    assert str(tmp_path / "no such file") in said.err


@pytest.mark.parametrize("by_person", [False, True])
def test_a_new_epoch_without_a_backup(registry: Call, library: Library, by_person: bool) -> None:
    agreed = {"typed": "はい\n", "at_keyboard": True} if by_person else {}
    said = registry("begin-epoch", *([] if by_person else ["--yes"]), **agreed)
    assert said.code == 0, said.err
    assert library.position() == (3, 1)
    refused = registry("begin-epoch", "--yes", "--cut", "4")
    assert refused.code == 1
    assert plain(say(f"refusal.{Code.POSITION_UNKNOWN}.staff").format(cursor=4, head=3)) in refused.err


def test_before_a_new_epoch_it_is_said_what_was_altered_and_which_backup_holds_more(registry: Call, library: Library) -> None:
    assert registry("backup").code == 0
    machine = library.machine()
    with machine.database.writing() as database:
        ask(database, "UPDATE head SET cursor = 2")
    machine.close()
    said = registry("begin-epoch", typed="いいえ\n", at_keyboard=True)
    assert "書かれたときのままではありません: " in said.err
    assert f"(3番)まで入った控えがあります: {library.backups()[0]}" in said.err


@pytest.mark.parametrize(("answer", "code"), [(None, 2), ("いいえ", 1), ("", 1)])
def test_no_epoch_begins_unasked(registry: Call, library: Library, answer: str | None, code: int) -> None:
    said = registry("begin-epoch") if answer is None else registry("begin-epoch", typed=f"{answer}\n", at_keyboard=True)
    assert said.code == code
    assert "元に戻せません" in said.out
    assert "始めていません" in said.err
    assert library.position() == (3, 0)


def test_keys_that_are_lost_come_back_with_the_ledger(registry: Call, library: Library) -> None:
    made = backed_up(registry, library)
    shutil.rmtree(library.home.folder / "keys")
    assert registry("counters").code == 1
    said = registry("restore", str(made), "--sheet", str(library.sheet), "--replace")
    assert said.code == 0, said.err
    assert library.position() == (3, 1)


@pytest.mark.parametrize("library", ["sqlite"], indirect=True)
@pytest.mark.parametrize("place_of_damage", [0, 4096, 20000], ids=["its head", "a page", "later"])
def test_a_damaged_database_gives_way(registry: Call, library: Library, place_of_damage: int) -> None:
    made = backed_up(registry, library)
    database = library.home.database
    machine = library.machine()
    machine.database.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[no-untyped-call]
    machine.close()
    with database.open("r+b") as file:
        file.seek(place_of_damage)
        file.write(b"\xa5" * 60_000)
    assert registry("restore", str(made)).code == 1
    said = registry("restore", str(made), "--replace")
    assert said.code == 0, said.err
    assert library.position() == (3, 1)
    aside = list(database.parent.glob("registry.db-damaged-*"))
    assert aside != []
    assert all(str(path) in said.out for path in aside)


@pytest.mark.parametrize("library", ["sqlite"], indirect=True)
def test_backups_that_fail_are_told_beside_the_counters_and_by_doctor(registry: Call, library: Library) -> None:
    assert registry("counters").err == ""
    disk = library.home.folder / "disk"
    config = library.home.config.read_text("utf-8").replace("[backup]\n", "") + f"\n[backup]\nfolder = '{disk / 'backups'}'\n"
    library.home.config.write_text(config, "utf-8")
    server = opened(library.home)
    plan = plan_of(library.home, server.settings)
    disk.write_text("a file where the disk should be")
    keeper = BackupKeeper(plan, server.ledger, library.key, server.clock)
    keeper.tick()
    for command in ("counters", "doctor"):
        said = registry(command)
        assert cause(Code.BACKUP_FAILED) in said.out + said.err
        assert say("command.why.file.not-a-folder") in said.out + said.err
    disk.unlink()
    assert registry("backup").code == 0
    assert registry("counters").err == ""
    keeper.leave()
