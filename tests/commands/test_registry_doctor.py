"""kiosk registry doctor: each trouble of the server is found and told with what to do."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from kiosk.commands.registry.opened import warn_of_altered
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.health import OUTCOMES, Condition
from kiosk.domain.wire import Position, decode_parsed
from kiosk.ledger.notes import write_note
from kiosk.registry.answers import Batch
from kiosk.registry.backup.failure import failure_of, save_failure
from kiosk.registry.backup.keeper import BackupKeeper, plan_of
from kiosk.registry.nightly import Checked
from kiosk.registry.notes import VERIFIED
from kiosk.registry.opening import now
from kiosk.registry.remembered import Ahead
from kiosk.registry.remembered_file import RememberedFile
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.server import copied, enrolled, heard, opened
from tests.support.registry.sent_operations import Maker, fresh_number

CHECKS = [
    "server-config",
    "site-key",
    "ledger",
    "rows",
    "trail",
    "commits",
    "nightly",
    "certificate",
    "sheet",
    "backups",
    "counters",
]
MORE_CHECKS = ["server-clock", "time-server", "disk", "ledger-disk", "space", "log"]


def outcomes(registry: Call) -> dict[str, str]:
    """What each check found."""
    return {check["check"]: check["outcome"] for check in json.loads(registry("doctor", "--json").out)["checks"]}


def altered(home: RegistryHome, sql: str) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute(sql)
        connection.commit()


def noted(home: RegistryHome, checked: Checked) -> None:
    server = opened(home)
    with server.ledger.acting():
        write_note(server.ledger.database.database, VERIFIED, checked.encoded())
    server.close()


@pytest.mark.linux("file modes")
def test_a_new_server_lacks_sheet_backups_and_a_night(registry: Call, begun: RegistryHome) -> None:
    said = registry("doctor")
    assert said.code == 1
    assert f"× 復旧シート: {say('command.doctor.sheet.unconfirmed')}" in said.out
    assert f"  → {say('command.doctor.sheet.unconfirmed-next')}" in said.out
    assert said.out.rstrip().endswith("× のところを直してください。")
    found = outcomes(registry)
    assert list(found) == [*CHECKS, *MORE_CHECKS]
    lacking = {"nightly.never", "sheet.unconfirmed", "backups.none"}
    mine = {found[check] for check in CHECKS}
    assert {outcome for outcome in mine if OUTCOMES[outcome] is not Condition.OK} == lacking


@pytest.mark.linux("file modes")
def test_what_was_done_is_seen(registry: Call, begun: RegistryHome) -> None:
    server = opened(begun)
    server.confirm_sheet()
    server.close()
    registry("backup")
    noted(begun, Checked(now(), ended=True))
    found = outcomes(registry)
    assert {OUTCOMES[found[check]] for check in CHECKS} == {Condition.OK}


@pytest.mark.parametrize(
    ("sql", "check", "outcome"),
    [
        ("INSERT INTO link VALUES (x'" + "00" * 32 + "', '2104067853', '2026-11-29', '中央1', 'x', 1)", "rows", "rows.altered"),
        ("UPDATE head SET links = 1", "rows", "rows.altered"),
        ("INSERT INTO stop VALUES (1, 0, NULL, '2104067853', '中央1', 1)", "rows", "rows.altered"),
        ("UPDATE audit SET act = 'nothing'", "trail", "trail.broken"),
        ("DELETE FROM audit", "trail", "trail.broken"),
    ],
)
def test_a_row_altered_behind_the_program_is_found(registry: Call, begun: RegistryHome, sql: str, check: str, outcome: str) -> None:
    altered(begun, sql)
    assert outcomes(registry)[check] == outcome


def test_what_was_altered_is_named_in_words(registry: Call, begun: RegistryHome) -> None:
    altered(begun, "UPDATE head SET links = 1")
    noted(begun, Checked(now(), ended=True, found="links feed stops trail"))
    said = registry("doctor").out
    assert "書かれたときのままではありません(連携登録、台帳の位置と世代)" in said
    assert "見つかりました(連携登録、手続きの記録、停止の記録、監査の記録)" in said


def test_a_server_that_starts_says_what_the_last_night_found(begun: RegistryHome, capsys: pytest.CaptureFixture[str]) -> None:
    for found in ("", "stops head"):
        noted(begun, Checked(now(), ended=True, found=found))
        server = opened(begun)
        warn_of_altered(server)
        server.close()
        assert ("(停止の記録、台帳の位置と世代)" in capsys.readouterr().err) is bool(found)


@pytest.mark.linux("file modes")
@pytest.mark.parametrize(("name", "mode"), [("keys/site-key.json", 0o640), ("keys/authority.pem", 0o604), ("keys", 0o755)])
def test_a_key_that_others_may_read_is_named(registry: Call, begun: RegistryHome, name: str, mode: int) -> None:
    path = begun.folder / name
    path.chmod(mode)
    said = registry("doctor")
    assert f"{path} ({mode:04o})" in said.out
    assert outcomes(registry)["site-key"] == ("site-key.open" if path.is_dir() else "site-key.closed")


def test_a_ledger_that_is_gone_is_told(registry: Call, begun: RegistryHome) -> None:
    for path in begun.data.iterdir():
        path.unlink()
    said = registry("doctor")
    assert said.code == 1
    assert "× 台帳: 鍵はありますが" in said.out
    assert not begun.database.exists()


def test_a_wrong_config_is_told_with_every_mistake(registry: Call, begun: RegistryHome) -> None:
    begun.config.write_text("[server]\nport = -1\n[nightly]\nhour = 24\n", encoding="utf-8")
    said = registry("doctor")
    assert said.code == 1
    assert "2行目、「server.port」" in said.out
    assert "4行目、「nightly.hour」" in said.out


def test_a_name_that_the_certificate_lacks_is_told_until_it_is_made_for_it(registry: Call, begun: RegistryHome) -> None:
    begun.config.write_text('[server]\nnames = ["registry.example.jp"]\n', encoding="utf-8")
    assert outcomes(registry)["certificate"] == "certificate.refused"
    server = opened(begun)
    server.tls.renew(now())
    server.close()
    assert outcomes(registry)["certificate"] == "certificate.valid"


@pytest.mark.parametrize(("days", "outcome"), [(-85, "certificate.ending"), (-91, "certificate.ended")])
def test_the_end_of_the_certificate_is_told(registry: Call, begun: RegistryHome, days: int, outcome: str) -> None:
    (begun.folder / "keys" / "server.pem").unlink()
    server = opened(begun)
    server.tls.renew(now() + timedelta(days=days))
    server.close()
    assert outcomes(registry)["certificate"] == outcome


def test_a_certificate_that_cannot_be_read_is_told(registry: Call, begun: RegistryHome) -> None:
    (begun.folder / "keys" / "server.pem").write_bytes(b"noise")
    assert outcomes(registry)["certificate"] == "certificate.wrong"


# --- backups ----------------------------------------------------------------------------------------------------------


def by_hand(home: RegistryHome) -> None:
    home.config.write_text("[backup]\nevery_hours = 0\n", encoding="utf-8")


def failing(home: RegistryHome) -> None:
    server = opened(home)
    error = Unavailable(Code.BACKUP_FAILED, place="/mnt/backups", reason="full")
    save_failure(plan_of(home, server.settings).failure, failure_of(error, now()))
    server.close()


def other_file(home: RegistryHome) -> None:
    (home.folder / "backups" / "registry-20260101-000000.backup").write_bytes(b"noise")


def of_next_year(home: RegistryHome) -> None:
    server = opened(home)
    BackupKeeper(plan_of(home, server.settings), server.ledger, server.site_key.key, lambda: now() + timedelta(days=365)).back_up()
    server.close()


@pytest.mark.parametrize(
    ("happened", "outcome"),
    [(by_hand, "backups.by-hand"), (failing, "backups.failing"), (other_file, "backups.unusable"), (of_next_year, "backups.ahead")],
)
def test_what_is_wrong_with_backups_is_told(
    registry: Call, begun: RegistryHome, happened: Callable[[RegistryHome], None], outcome: str
) -> None:
    registry("backup")
    happened(begun)
    assert outcomes(registry)["backups"] == outcome


def test_no_backup_and_none_planned_is_told(registry: Call, begun: RegistryHome) -> None:
    by_hand(begun)
    assert outcomes(registry)["backups"] == "backups.off"


@pytest.mark.linux("file modes")
@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_of_backups_that_is_shut_is_told(registry: Call, begun: RegistryHome) -> None:
    registry("backup")
    (begun.folder / "backups").chmod(0)
    assert outcomes(registry)["backups"] == "backups.unread"


# --- counters and nights ----------------------------------------------------------------------------------------------


def test_a_counter_that_differs_or_is_away_or_never_came_is_named(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    assert outcomes(registry)["counters"] == "counters.silent"
    assert "登録してから、まだ一度もつながっていない窓口があります: 中央1" in registry("doctor").out
    heard(begun, "中央1", pending=0)
    assert outcomes(registry)["counters"] == "counters.fine"
    altered(begun, "UPDATE counter_seen SET at = '2000-01-01T00:00:00+00:00'")
    assert outcomes(registry)["counters"] == "counters.away"
    heard(begun, "中央1", pending=0, epoch=1)
    assert outcomes(registry)["counters"] == "counters.unheard"
    heard(begun, "中央1", pending=0, differs=True)
    said = registry("doctor")
    assert "台帳と一致しない窓口があります: 中央1" in said.out
    copied(begun, "中央1")
    assert "同じ名前で2台のパソコンがつながっている窓口があります: 中央1" in registry("doctor").out
    assert "中央1: 同じ名前で2台のパソコン" in registry("counters").err
    (counter,) = json.loads(registry("counters", "--json").out)["counters"]
    assert counter["doubled"] is True
    registry("revoke", "中央1", "--yes")
    assert outcomes(registry)["counters"] == "counters.none"


def test_a_counter_that_knows_more_than_the_server_is_named(registry: Call, begun: RegistryHome) -> None:
    server = opened(begun)
    server.remember()
    RememberedFile(begun.folder / "keys").hear(Ahead(Position(server.ledger.head().position.epoch, 7), "中央1", 0))
    server.close()
    said = registry("doctor")
    assert said.code == 1
    assert "窓口「中央1」は、このサーバーにない手続き" in said.out
    assert registry("begin-epoch", "--yes").code == 0
    assert outcomes(registry)["counters"] == "counters.none"


def test_a_counter_that_stopped_more_cards_in_a_day_than_counters_do_is_named(registry: Call, begun: RegistryHome) -> None:
    server = opened(begun)
    enrolled(registry, begun, "中央1")
    enrolled(registry, begun, "分館1")
    for name, count in (("中央1", 400), ("分館1", 20)):
        maker = Maker(name)
        server.ledger.apply([Batch(tuple(decode_parsed(maker.unlink(fresh_number())) for _ in range(count)))])
    server.close()
    said = registry("doctor")
    assert "24時間に300件を超えて、解除や付け替えをした窓口があります: 中央1(400件)" in said.out
    assert outcomes(registry)["counters"] == "counters.stopping"
    altered(begun, "UPDATE feed SET at = at - 25 * 3600")
    assert outcomes(registry)["counters"] == "counters.silent"


@pytest.mark.parametrize(
    ("hours", "ended", "found", "outcome"),
    [
        (1, True, "", "nightly.done"),
        (1, False, "", "nightly.unfinished"),
        (37, True, "", "nightly.late"),
        (1, True, "links", "nightly.altered"),
    ],
)
def test_what_the_last_night_found_is_told(registry: Call, begun: RegistryHome, hours: int, ended: bool, found: str, outcome: str) -> None:
    noted(begun, Checked(now() - timedelta(hours=hours), ended=ended, found=found))
    assert outcomes(registry)["nightly"] == outcome


# --- PostgreSQL -------------------------------------------------------------------------------------------------------
