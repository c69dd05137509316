"""A home that was moved, copied or emptied; a backup next to leftovers; and what the audit trail records of it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.equipment import key_place_of, open_repository
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.store.repository import Repository
from kiosk.text import plain, say

OTHER = LibraryCardNumber("2104067861")


def opened(home: Home) -> Repository:
    return open_repository(home, read_settings(home.config))[0]


def sentences(code: Code, **params: str | int) -> str:
    return "\n".join(plain(say(f"refusal.{code}.{part}")).format(**params) for part in ("staff", "staff-next"))


@pytest.fixture
def paper(kiosk: Any, linked: Home, tmp_path: Path) -> Path:
    """The recovery sheet, written down."""
    place = tmp_path / "sheet.txt"
    place.write_text(kiosk("recovery", "sheet").out, encoding="utf-8")
    return place


@pytest.fixture
def backup(kiosk: Any, paper: Path, tmp_path: Path) -> Path:
    assert kiosk("recovery", "backup", str(tmp_path / "backup")).code == 0
    return next((tmp_path / "backup").glob("*.db"))


# --- another folder ---------------------------------------------------------------------------------------------------


def test_a_moved_home_says_so_and_serves_again_once_that_is_accepted(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    first = str(linked.data)
    moved = linked.folder.rename(tmp_path / "moved")
    at = ("--home", str(moved))
    for command in (("links", "count"), ("audit", "verify"), ("recovery", "backup", str(tmp_path / "b"))):
        said = kiosk(*at, *command)
        assert (said.code, said.err.strip()) == (1, sentences(Code.STORE_MOVED, first=first))
    said = kiosk(*at, "recovery", "moved")
    assert (said.code, said.err) == (0, "")
    assert first in said.out
    assert "1件" in kiosk(*at, "links", "count").out
    assert "\tフォルダーの移動\t" in kiosk(*at, "audit", "list").out
    assert kiosk(*at, "audit", "verify").code == 0
    # Its keys went with it: what begins in the old place has nothing to do with it.
    said = kiosk(*at, "recovery", "moved")
    assert (said.code, said.err.strip()) == (1, sentences(Code.NOTHING_MOVED))
    with opened(Home(moved)) as store:
        assert store.doubt is None


def test_a_key_file_renamed_by_hand_does_not_go_round_that(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    settings = read_settings(linked.config)
    before = key_place_of(linked, settings)
    first = str(linked.data)
    home = Home(linked.folder.rename(tmp_path / "moved"))
    after = key_place_of(home, settings)
    Path(before.store.describe().place).rename(after.store.describe().place)
    at = ("--home", str(home.folder))
    assert kiosk(*at, "links", "count").err.strip() == sentences(Code.STORE_MOVED, first=first)
    assert kiosk(*at, "recovery", "moved").code == 0
    with opened(home) as store:
        assert (store.doubt, store.examine()) == (None, None)
    assert [file.suffix for file in sorted(after.folder.iterdir())] == [".anchor", ".json"]


@pytest.mark.parametrize("with_keys", [False, True])
def test_a_copy_does_not_open_while_the_first_is_there(kiosk: Any, linked: Home, tmp_path: Path, with_keys: bool) -> None:
    copy = Home(tmp_path / "copy")
    shutil.copytree(linked.folder, copy.folder)
    if with_keys:
        settings = read_settings(linked.config)
        shutil.copyfile(key_place_of(linked, settings).store.describe().place, key_place_of(copy, settings).store.describe().place)
    at = ("--home", str(copy.folder))
    for command in (("links", "count"), ("recovery", "moved")):
        said = kiosk(*at, *command)
        assert (said.code, said.err.strip()) == (1, sentences(Code.STORE_COPY, first=str(linked.data)))
    assert "1件" in kiosk("links", "count").out


def test_of_keys_of_an_earlier_version_the_folder_is_not_known(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    place = key_place_of(linked, read_settings(linked.config))
    record = place.store.load()
    assert record is not None
    Path(place.store.describe().place).write_text(record.keys.encoded(), encoding="utf-8")
    assert kiosk("links", "count").code == 0  # and from now on it is
    assert "フォルダー" in kiosk("recovery", "moved").err
    Path(place.store.describe().place).write_text(record.keys.encoded(), encoding="utf-8")
    at = ("--home", str(linked.folder.rename(tmp_path / "moved")))
    assert kiosk(*at, "links", "count").err.strip() == sentences(Code.STORE_MOVED, first="?")
    assert kiosk(*at, "recovery", "moved").code == 0
    assert "1件" in kiosk(*at, "links", "count").out


# --- a store that is gone ---------------------------------------------------------------------------------------------


@pytest.mark.linux("open files may go")
@pytest.mark.parametrize("left", ["nothing", "kiosk.db-wal", "kiosk.db-shm"])
def test_keys_without_their_store_never_begin_another_by_themselves(kiosk: Any, linked: Home, left: str) -> None:
    linked.store.unlink()
    if left != "nothing":
        (linked.data / left).write_bytes(b"left")
    for command in (("links", "count"), ("audit", "verify"), ("stats",), ("recovery", "sheet"), ("recovery", "backup", "x"), ("run",)):
        said = kiosk(*command)
        assert (said.code, said.err.strip()) == (1, sentences(Code.STORE_MISSING, file=str(linked.store))), command
        assert not linked.store.exists()
    outcomes = {check["check"]: check for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert outcomes["store"]["outcome"] == "store.wrong"
    assert str(linked.store) in outcomes["store"]["found"]
    said = kiosk("recovery", "begin")
    assert (said.code, said.err) == (0, "")
    assert ("set-aside" in said.out) == (left != "nothing") or "anchor" in said.out
    assert "0件" in kiosk("links", "count").out
    assert "\t保存先の作り直し\t" in kiosk("audit", "list").out
    assert [file.name for file in linked.data.glob("kiosk.db-*") if "set-aside" not in file.name] == []
    with opened(linked) as store:
        assert (store.doubt, store.examine()) == (None, None)


def test_a_store_that_is_there_is_not_begun_anew(kiosk: Any, linked: Home) -> None:
    said = kiosk("recovery", "begin")
    assert (said.code, said.err.strip()) == (1, sentences(Code.RECOVERY_OCCUPIED))
    assert "1件" in kiosk("links", "count").out


# --- a backup ---------------------------------------------------------------------------------------------------------


def leave_wal(home: Home) -> bytes:
    """The -wal of a store that was killed, beside no database; what it holds."""
    store = opened(home)
    store.save_link(uuid.uuid4(), LinkToken(b"w" * 32), OTHER, revocation=Revocation.GOOD)
    content = (home.data / "kiosk.db-wal").read_bytes()
    store.close_link(uuid.uuid4(), OTHER, UnlinkReason.LOST)
    store.close()
    home.store.unlink()
    (home.data / "kiosk.db-wal").write_bytes(content)
    assert content
    return content


def test_what_is_left_of_an_earlier_store_is_set_aside_and_not_applied(kiosk: Any, linked: Home, backup: Path, paper: Path) -> None:
    content = leave_wal(linked)
    said = kiosk("recovery", "restore", "--sheet", str(paper), "--backup", str(backup))
    assert (said.code, said.err) == (0, "")
    (aside,) = linked.data.glob("*set-aside*")
    assert str(aside) in said.out
    assert aside.read_bytes() == content
    with opened(linked) as store:
        assert [link.number for link in store.list_links(masked=False)] == ["2104067853"]
        assert store.examine() is None


def test_a_restore_says_what_the_backup_lacks_and_no_card_is_served_before_it_is_confirmed(
    kiosk: Any, linked: Home, backup: Path, paper: Path
) -> None:
    with opened(linked) as store:
        store.close_link(uuid.uuid4(), LibraryCardNumber("2104067853"), UnlinkReason.LOST)
        store.save_link(uuid.uuid4(), LinkToken(b"w" * 32), OTHER, revocation=Revocation.GOOD)
    linked.store.unlink()
    said = kiosk("recovery", "restore", "--sheet", str(paper), "--backup", str(backup))
    assert said.code == 0
    assert "少なくとも2件" in said.out
    assert "紛失" in said.out
    assert re.search(r"\t控えからの復元\t\t\t失われた操作 少なくとも2件$", kiosk("audit", "list").out, re.MULTILINE)
    said = kiosk("audit", "verify")
    assert (said.code, said.err.strip()) == (1, sentences(Code.STORE_RESTORED))
    with opened(linked) as store:
        assert store.doubt is not None
        assert store.doubt.code is Code.STORE_RESTORED
        assert dict(store.doubt.params) == {"lacking": 2}
        with pytest.raises(Exception, match="store-doubted"):
            store.links_for((LinkToken(bytes(32)),), None)
        store.close_link(uuid.uuid4(), LibraryCardNumber("2104067853"), UnlinkReason.LOST)
        store.accept_doubt(Code.STORE_RESTORED)
        assert store.links_for((LinkToken(bytes(32)),), None) == ((), None)
    assert "\tデータの確認\t控えから復元したデータです\t\t失われた操作 少なくとも2件" in kiosk("audit", "list").out
    assert kiosk("audit", "verify").code == 0


@pytest.mark.parametrize("anchored", [False, True])
def test_that_a_backup_lacks_nothing_is_never_claimed(kiosk: Any, linked: Home, backup: Path, paper: Path, anchored: bool) -> None:
    """The last acts may have been lost with the disk before they were anchored."""
    anchor = key_place_of(linked, read_settings(linked.config)).anchor_path
    laid = anchor.read_bytes()
    with opened(linked) as store:
        store.close_link(uuid.uuid4(), LibraryCardNumber("2104067853"), UnlinkReason.LOST)
    if not anchored:
        anchor.write_bytes(laid)
    linked.store.unlink()
    said = kiosk("recovery", "restore", "--sheet", str(paper), "--backup", str(backup))
    assert "最後の操作" not in said.out
    assert ("少なくとも1件" if anchored else "わかりません") in said.out
    with opened(linked) as store:
        assert store.doubt is not None
        assert (store.doubt.code, dict(store.doubt.params)) == (Code.STORE_RESTORED, {"lacking": 1} if anchored else {})
        with pytest.raises(Exception, match="store-doubted"):
            store.links_for((LinkToken(bytes(32)),), None)
    assert kiosk("audit", "verify").code == 1


def test_on_another_computer_nobody_knows_what_the_backup_lacks(
    kiosk: Any, linked: Home, backup: Path, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "other"))
    other = Home(tmp_path / "other-home")
    other.prepare()
    other.config.write_bytes(linked.config.read_bytes())
    said = kiosk("--home", str(other.folder), "recovery", "restore", "--sheet", str(paper), "--backup", str(backup))
    assert "わかりません" in said.out
    assert "件" not in said.out
    with opened(other) as store:
        assert store.doubt is not None
        assert (store.doubt.code, store.doubt.params) == (Code.STORE_RESTORED, ())


def test_keys_that_came_from_the_sheet_alone_are_there(kiosk: Any, home: Home, linked: Home, paper: Path) -> None:
    shutil.rmtree(linked.data)
    shutil.rmtree(key_place_of(linked, read_settings(linked.config)).folder)
    assert kiosk("recovery", "restore", "--sheet", str(paper)).code == 0
    outcomes = {check["check"]: check["outcome"] for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert (outcomes["keys"], outcomes["store"]) == ("keys.file", "store.new")


def test_a_plain_copy_of_a_store_in_use_is_no_backup(kiosk: Any, linked: Home, backup: Path, paper: Path) -> None:
    left = backup.with_name(f"{backup.name}-wal")
    left.write_bytes(leave_wal(linked))
    said = kiosk("recovery", "restore", "--sheet", str(paper), "--backup", str(backup))
    assert (said.code, said.err.strip()) == (1, sentences(Code.RECOVERY_LEFTOVER, file=str(left)))
    assert not linked.store.exists()


# --- the trail, on paper ----------------------------------------------------------------------------------------------


def test_a_note_on_paper_is_checked(kiosk: Any, linked: Home) -> None:
    note = re.findall(r"(\d+:[0-9a-f]{64})$", kiosk("stats").out, re.MULTILINE)[0]
    kiosk("links", "list")
    for typed in (note, note[:18], f" {note[:10]} {note[10:].upper()} ", note.translate(str.maketrans("0123456789:", "0123456789:"))):
        said = kiosk("audit", "verify", "--head", typed)
        assert (said.code, "紙の控え(1行)と合っています" in said.out) == (0, True), typed
    changed = note[:-1] + ("0" if note[-1] != "0" else "1")
    for typed in (changed, "2" + note[1:], "9" + note[1:], "0" + note[1:]):
        said = kiosk("audit", "verify", "--head", typed)
        assert said.code == 1
        assert "紙の控えと合いません" in said.out
    for typed in ("", "1", note[:17], "1:zz", note + "0"):
        assert kiosk("audit", "verify", "--head", typed).code == 2


def test_a_trail_made_anew_does_not_fit_the_note(kiosk: Any, linked: Home) -> None:
    note = re.findall(r"(\d+:[0-9a-f]{64})$", kiosk("stats").out, re.MULTILINE)[0]
    linked.store.unlink()
    kiosk("recovery", "begin")
    with opened(linked) as store:
        store.save_link(uuid.UUID(int=1), LinkToken(bytes(32)), LibraryCardNumber("2104067853"), revocation=Revocation.NOT_CHECKED)
    assert kiosk("audit", "verify").code == 0
    assert kiosk("audit", "verify", "--head", note).code == 1


def test_what_is_done_with_copies_keys_and_lists_is_written_down(kiosk: Any, linked: Home, backup: Path) -> None:
    kiosk("links", "list")
    acts = [line.split("\t")[4] for line in kiosk("audit", "list").out.splitlines() if "\t" in line]
    assert acts == ["登録", "復旧シートの印刷", "控えの作成", "連携登録の一覧"]


def test_changes_of_trust_are_written_down(kiosk: Any, linked: Home, authority: VirtualAuthority, tmp_path: Path) -> None:
    file = tmp_path / "authority.cer"
    file.write_bytes(authority.der)
    fingerprint = hashlib.sha256(authority.der).hexdigest()
    assert kiosk("trust", "add", str(file), "--fingerprint", fingerprint).code == 0
    assert kiosk("trust", "remove", "0000").code == 1
    spelt = ":".join(fingerprint[i : i + 2] for i in range(0, 16, 2)).upper()
    assert kiosk("trust", "remove", spelt).code == 0
    rows = [line.split("\t")[4:6] for line in kiosk("audit", "list").out.splitlines() if "認証局" in line]
    assert rows == [["認証局の追加", fingerprint], ["認証局の削除", fingerprint[:16]]]
    assert kiosk("audit", "verify").code == 0
