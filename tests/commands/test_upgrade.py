"""The first command after an upgrade that had to drop all links."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.equipment import key_place_of, open_repository
from kiosk.store.anchor import Anchor
from kiosk.store.cipher import open_file
from kiosk.store.foreign_changes import ForeignChanges
from kiosk.store.recovery import seal
from tests.support.store.earlier_versions import IDENTITY_3, write_version_3

SENTENCE = "それまでの連携登録3件は使えなくなり、いま解除しました"


@pytest.fixture
def of_version_3(home: Home) -> Home:
    """A counter with three links, left by the version before."""
    place = key_place_of(home, read_settings(home.config))
    keys = place.open_keys()
    shutil.rmtree(home.data, ignore_errors=True)
    heads = write_version_3(home.store, keys, 3)
    place.anchor(keys).save(Anchor(IDENTITY_3, 3, heads[3].hex(), 3, "ab" * 32))
    return home


@pytest.mark.parametrize(
    "command",
    [
        ["links", "count"],
        ["links", "list"],
        ["stats"],
        ["stats", "--json"],
        ["audit", "list", "--json"],
        ["audit", "verify"],
        ["recovery", "sheet"],
        ["recovery", "backup", "copies"],
    ],
)
def test_the_command_that_migrates_says_that_links_were_dropped(kiosk: Any, of_version_3: Home, tmp_path: Path, command: list[str]) -> None:
    said = kiosk(*[str(tmp_path / word) if word == "copies" else word for word in command])
    assert said.err.count(SENTENCE) == 1
    assert SENTENCE not in said.out
    again = kiosk("links", "count")
    assert (again.code, again.err) == (0, "")


def test_doctor_says_what_going_back_takes(kiosk: Any, of_version_3: Home) -> None:
    said = kiosk("doctor")
    assert "それまでの連携登録3件は使えなくなり、解除しました" in said.out
    assert "戻すには、前の版のプログラムと、data/backups の kiosk-v3-….db が要ります" in said.out
    (backup,) = (of_version_3.data / "backups").iterdir()
    assert backup.name.startswith("kiosk-v3-")


def test_releases_by_the_upgrade_are_told_apart(kiosk: Any, of_version_3: Home) -> None:
    assert "解除 3(うち更新による 3)" in kiosk("stats").out
    months = json.loads(kiosk("stats", "--json").out)["months"]
    assert [sum(month[act] for month in months) for act in ("registrations", "releases", "releases_by_upgrade")] == [3, 3, 3]
    assert kiosk("audit", "verify").code == 0
    assert "中断のあとの続き" not in kiosk("audit", "list").out


def test_a_backup_of_the_version_before_loses_its_links_with_a_word(
    kiosk: Any, of_version_3: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = key_place_of(of_version_3, read_settings(of_version_3.config)).open_keys()
    copy, paper = tmp_path / "old.db", tmp_path / "sheet.txt"
    shutil.copyfile(of_version_3.store, copy)
    copy.with_suffix(".keys").write_bytes(seal(keys))
    paper.write_text(kiosk("recovery", "sheet").out, encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "other"))
    other = Home(tmp_path / "other-home")
    other.prepare()
    other.config.write_bytes(of_version_3.config.read_bytes())
    said = kiosk("--home", str(other.folder), "recovery", "restore", "--sheet", str(paper), "--backup", str(copy))
    assert said.code == 0
    assert SENTENCE in said.err


def test_while_a_counter_is_open_a_command_asks_to_close_it_first(kiosk: Any, of_version_3: Home) -> None:
    keys = key_place_of(of_version_3, read_settings(of_version_3.config)).open_keys()
    with closing(open_file(of_version_3.store, keys.database)) as connection:
        connection.execute("SELECT count(*) FROM link").fetchone()
        counter = ForeignChanges(of_version_3.store)
        counter.begin()
        for command in (["links", "count"], ["doctor"]):
            said = kiosk(*command)
            assert said.code == 1
            assert "先に、開いている窓口を閉じてください" in said.out + said.err
        assert connection.execute("SELECT count(*) FROM link").fetchone() == (3,)
    counter.release()
    assert SENTENCE in kiosk("links", "count").err


def test_the_log_says_that_links_were_dropped(of_version_3: Home, caplog: pytest.LogCaptureFixture) -> None:
    """As the counter opens it, which has no terminal."""
    open_repository(of_version_3, read_settings(of_version_3.config))[0].close()
    assert "links dropped: 3" in caplog.text


def test_where_the_copy_cannot_be_made_its_folder_is_named(kiosk: Any, of_version_3: Home) -> None:
    backups = of_version_3.data / "backups"
    backups.write_bytes(b"")
    said = kiosk("links", "count")
    assert said.code == 1
    assert f"場所: {backups}" in said.err
    assert "控えを置く場所" in said.err
    assert "ディスク" not in said.err
