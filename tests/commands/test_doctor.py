"""kiosk doctor: the finding of each check, and its advice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polib
import pytest

from kiosk.config import Home, default_home
from kiosk.domain.health import OUTCOMES, Condition
from kiosk.resource_files import resource
from tests.support.pcscd.rig import PcscdRig
from tests.support.wait import LIMIT

SESSION = ["session"] if sys.platform == "win32" else []
CHECKS = [
    "program",
    "config",
    "home",
    *SESSION,
    "service",
    "reader",
    "files",
    "trust",
    "revocation",
    "clock",
    "time-server",
    "keys",
    "store",
    "audit",
]
CHECKS += [
    "recovery",
    "registry",
    "ils",
    "handover",
    "local-api",
    "printing",
    "slips",
    "disk",
    "space",
    "log",
    "crashes",
    "policies",
    "displays",
    "fonts",
]


def checks_of(said: Any) -> dict[str, Any]:
    return {check["check"]: check for check in json.loads(said.out)["checks"]}


def test_every_outcome_has_its_sentence_and_every_trouble_its_advice() -> None:
    keys = {entry.msgid for entry in polib.pofile(str(resource("i18n/ja/command.po")))}
    checks = {outcome.partition(".")[0] for outcome in OUTCOMES} | {"any"}
    wanted = {f"command.doctor.{outcome}" for outcome in OUTCOMES} | {f"command.doctor.{check}.title" for check in checks}
    wanted |= {f"command.doctor.{outcome}-next" for outcome, condition in OUTCOMES.items() if condition is not Condition.OK}
    wanted |= {f"command.doctor.any.{word}{end}" for word in ("unseen", "overdue", "bug") for end in ("", "-next")}
    wanted |= {key for key in keys if key.endswith("-next-windows") and key.removesuffix("-windows") in wanted}
    wanted.discard("command.doctor.any.title")
    assert wanted == {key for key in keys if re.match(rf"command\.doctor\.({'|'.join(checks)})\.", key)}


def test_a_new_counter_is_told_what_is_missing(kiosk: Any, home: Home) -> None:
    said = kiosk("doctor")
    assert said.code == 1
    assert "○ 設定: 誤りはありません" in said.out
    assert "× 認証局: 1つも登録されていません" in said.out
    for name in ("authca01.cer", "authca02.cer", "authca03.cer", "https://www.jpki.go.jp/ca/"):
        assert name in said.out
    assert "公的個人認証法第38条の4" in said.out
    assert said.out.rstrip().endswith("× のところを直してください。")
    assert not home.store.exists()


def test_programs_read_it_as_json(kiosk: Any, linked: Home) -> None:
    said = kiosk("doctor", "--json")
    document = json.loads(said.out)
    assert (document["version"], document["worst"], said.code) == (2, "wrong", 1)
    assert [check["check"] for check in document["checks"]] == CHECKS
    for check in document["checks"]:
        assert set(check) == {"check", "condition", "outcome", "looked_at", "found", "advice", "facts"}
        assert OUTCOMES[check["outcome"]] == check["condition"]
        assert bool(check["advice"]) == (check["condition"] != "ok")
        assert abs(datetime.now(UTC) - datetime.fromisoformat(check["looked_at"])).total_seconds() < 120
    found = checks_of(said)
    assert found["store"]["facts"] == {"links": 1, "pending": 0, "registered": 1, "used": 0}
    assert found["keys"]["outcome"] == "keys.file"
    assert found["recovery"]["outcome"] == "recovery.unconfirmed"


def test_a_wrong_config_is_named_and_the_rest_is_looked_at_all_the_same(kiosk: Any, home: Home) -> None:
    home.config.write_text("[session]\nwarning_seconds = 1\n", encoding="utf-8")
    found = checks_of(kiosk("doctor", "--json"))
    assert "2行目、「session.warning_seconds」" in found["config"]["found"]
    assert found["revocation"]["outcome"] == "revocation.undecided"
    assert found["trust"]["outcome"] == "trust.missing"
    assert (found["ils"]["outcome"], found["handover"]["outcome"]) == ("ils.unknown", "handover.unknown")


def test_lost_keys_are_said(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    for key in (tmp_path / "config").rglob("*.json"):
        key.unlink()
    found = {check["check"]: check["outcome"] for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert (found["keys"], found["store"]) == ("keys.wrong", "store.wrong")


def test_a_damaged_store_is_said_and_left_alone(kiosk: Any, linked: Home) -> None:
    content = bytearray(linked.store.read_bytes())
    content[100:2000] = bytes(1900)
    linked.store.write_bytes(content)
    found = {check["check"]: check["outcome"] for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert found["store"] == "store.wrong"
    assert linked.store.read_bytes() == content


@pytest.mark.linux("fonts without a screen")
def test_qt_is_asked_in_a_process_of_its_own(kiosk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    found = checks_of(kiosk("doctor", "--json"))
    assert found["displays"]["outcome"] == "displays.one"
    assert found["fonts"]["outcome"] in {"fonts.fine", "fonts.other"}
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    found = checks_of(kiosk("doctor", "--json"))
    assert found["displays"]["outcome"] == "displays.unknown"


def test_another_home_is_left_alone(kiosk: Any) -> None:
    kiosk("doctor")
    assert not default_home().folder.exists()


def test_when_it_was_looked_at_is_said(kiosk: Any, home: Home) -> None:
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d に調べました。", kiosk("doctor").out)


# --- what must not be passed over ---------------------------------------------------------------------------------------


def key_file(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "config").rglob("*.json")
    return found


@pytest.mark.linux("file modes")
def test_a_key_file_that_others_can_read_is_said_and_never_called_private(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    assert checks_of(kiosk("doctor", "--json"))["files"]["outcome"] == "files.closed"
    key_file(tmp_path).chmod(0o644)
    found = checks_of(kiosk("doctor", "--json"))
    assert found["files"]["outcome"] == "files.open"
    assert f"{key_file(tmp_path)} (0644)" in found["files"]["found"]
    assert "このユーザーと管理者が読めます" not in found["keys"]["found"]


@pytest.mark.linux("file modes")
def test_what_others_can_change_is_said(kiosk: Any, linked: Home) -> None:
    linked.folder.chmod(0o755)
    linked.trust.chmod(0o777)
    linked.config.chmod(0o644)
    found = checks_of(kiosk("doctor", "--json"))["files"]
    assert f"{linked.trust} (0777)" in found["found"]
    assert f"{linked.config} (0644)" in found["found"]


@pytest.mark.linux("file modes")
def test_who_else_may_change_a_file_is_judged_here_as_everywhere(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    # A group that is the user (umask 002) is nobody else.
    linked.folder.chmod(0o710)
    linked.config.chmod(0o600)
    linked.trust.chmod(0o770)
    os.chown(linked.trust, -1, os.getegid())
    assert checks_of(kiosk("doctor", "--json"))["files"]["outcome"] == "files.closed"
    # Whoever may put another folder in its place may change all that is in it.
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / "lists").mkdir(mode=0o700)
    linked.config.write_text(f'[card]\nrevocation = "crl"\ncrl_max_age = 48\ncrl_folder = "{shared / "lists"}"\n', encoding="utf-8")
    found = checks_of(kiosk("doctor", "--json"))["files"]
    assert (found["outcome"], f"{shared} (0777)" in found["found"]) == ("files.open", True)
    linked.config.chmod(0o600)
    shared.chmod(0o1777)
    assert checks_of(kiosk("doctor", "--json"))["files"]["outcome"] == "files.closed"


def test_a_printer_that_is_not_there_is_said(kiosk: Any, home: Home) -> None:
    home.config.write_text('[card]\nrevocation = "none"\n[slip]\nto = "printer"\nprinter = "Receipt 80"\n', encoding="utf-8")
    found = checks_of(kiosk("doctor", "--json"))["printing"]
    assert (found["outcome"], found["condition"]) == ("printing.no-printer", "wrong")
    assert "「Receipt 80」" in found["found"]


def test_a_folder_for_slips_that_cannot_be_is_said(kiosk: Any, home: Home) -> None:
    (home.folder / "slips").write_text("no folder")
    home.config.write_text('[card]\nrevocation = "none"\n[slip]\nto = "pdf"\n', encoding="utf-8")
    assert checks_of(kiosk("doctor", "--json"))["printing"]["outcome"] == "printing.no-folder"


@pytest.mark.linux("devices as files")
def test_a_log_that_cannot_be_written_is_said(kiosk: Any, home: Home) -> None:
    home.logs.mkdir(exist_ok=True)
    (home.logs / "commands.log").symlink_to("/dev/full")
    assert checks_of(kiosk("doctor", "--json"))["log"]["outcome"] == "log.unwritten"
    (home.logs / "commands.log").unlink()
    assert checks_of(kiosk("doctor", "--json"))["log"]["outcome"] == "log.written"


# --- a service that does not answer -------------------------------------------------------------------------------------


@pytest.mark.pcscd
def test_a_frozen_service_holds_back_neither_doctor_nor_tap(home: Home, pcscd: PcscdRig) -> None:
    """In processes of their own: whatever waits inside PC/SC must not hold back their end either."""
    pcscd.freeze()
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    doctor, tap = (
        subprocess.Popen([sys.executable, "-m", "kiosk", "--home", str(home.folder), *command], stdout=subprocess.PIPE, env=environment)
        for command in (("doctor", "--json"), ("tap", "--json"))
    )
    tapped, _ = tap.communicate(timeout=LIMIT)
    told, _ = doctor.communicate(timeout=30)
    found = {check["check"]: check for check in json.loads(told)["checks"]}
    assert (found["service"]["outcome"], found["reader"]["outcome"]) == ("service.silent", "reader.unknown")
    assert found["service"]["condition"] == "wrong"
    assert json.loads(tapped)["verdict"] == "reader-silent"
    assert (doctor.returncode, tap.returncode) == (1, 1)
