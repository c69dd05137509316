"""kiosk registry counters | retire | revoke, as typed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.registry.remembered_file import RememberedFile
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.server import CODE, enrolled, heard, opened


def test_where_no_counter_is_enrolled_that_is_said(registry: Call, begun: RegistryHome) -> None:
    said = registry("counters")
    assert (said.code, said.out, said.err.strip()) == (0, "", say("command.registry.counters.none"))


def test_what_is_not_known_of_a_counter_is_said_to_be_unknown(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    assert registry("counters").out == "中央1\t使用中\t版 不明\t最後 なし\t遅れ 不明\t照合 不明\t未着 不明\n"
    (counter,) = json.loads(registry("counters", "--json").out)["counters"]
    unknown = {name for name, value in counter.items() if value is None}
    assert unknown == {"version", "seen", "lag", "agrees", "pending"}


def test_what_a_counter_said_is_listed(registry: Call, begun: RegistryHome) -> None:
    for name in ("中央1", "東1"):
        enrolled(registry, begun, name)
    heard(begun, "中央1", pending=2)
    heard(begun, "東1", pending=0, differs=True)
    lines = registry("counters").out.splitlines()
    assert re.fullmatch(r"中央1\t使用中\t版 0\.1\.0\t最後 [-0-9]{10} [:0-9]{8}\t遅れ 0件\t照合 一致\t未着 2件", lines[0])
    assert lines[1].split("\t")[-2:] == ["照合 不一致", "未着 0件"]
    told = {counter["name"]: counter for counter in json.loads(registry("counters", "--json").out)["counters"]}
    assert (told["中央1"]["lag"], told["中央1"]["agrees"], told["中央1"]["pending"]) == (0, True, 2)
    assert told["東1"]["agrees"] is False


def test_what_a_counter_said_in_another_epoch_says_nothing_of_this_one(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    heard(begun, "中央1", pending=1, epoch=1)
    assert "遅れ 不明\t照合 不明\t未着 1件" in registry("counters").out


def test_a_code_that_is_open_is_listed_without_itself(registry: Call, begun: RegistryHome) -> None:
    code = CODE.search(registry("enrol", "中央1").out)
    said = registry("counters")
    assert re.fullmatch(r"中央1\t登録待ち\tコードの期限 .*\n", said.out)
    assert code is not None
    assert code[0] not in said.out
    until = datetime.fromisoformat(json.loads(registry("counters", "--json").out)["codes"][0]["until"])
    assert timedelta(minutes=14) < until - datetime.now(UTC) <= timedelta(minutes=15)


# --- retire and revoke ------------------------------------------------------------------------------------------------


def test_a_counter_retires_once_it_has_delivered_what_it_holds(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    heard(begun, "中央1", pending=3)
    said = registry("retire", "中央1")
    assert (said.code, said.err) == (0, "")
    assert "3件" in said.out
    assert "\t終了の途中\t" in registry("counters").out
    server = opened(begun)
    server.counters.leave("中央1")
    server.close()
    assert "\t終了\t" in registry("counters").out
    assert registry("retire", "中央1").code == 1


def test_revoking_asks_and_says_what_is_lost(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    heard(begun, "中央1", pending=7)
    said = registry("revoke", "中央1", typed="いいえ\n", at_keyboard=True)
    assert said.code == 1
    assert "7件" in said.out
    assert "\t使用中\t" in registry("counters").out
    assert registry("revoke", "中央1", typed="はい\n", at_keyboard=True).code == 0
    assert "\t締め出し\t" in registry("counters").out
    again = registry("revoke", "中央1", typed="はい\n", at_keyboard=True)
    assert again.code == 1
    assert "もう締め出したか" in again.err


def test_a_script_revokes_only_if_it_says_so(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    said = registry("revoke", "中央1", typed="はい\n")
    assert said.code == 2
    assert say("command.registry.pending.unknown") in said.out
    assert "\t使用中\t" in registry("counters").out
    assert registry("revoke", "中央1", "--yes").code == 0
    assert "\t締め出し\t" in registry("counters").out


def test_a_revocation_outlives_a_restore_at_once(registry: Call, begun: RegistryHome) -> None:
    """No server runs that would write it down."""
    enrolled(registry, begun, "中央1")
    registry("revoke", "中央1", "--yes")
    remembered = RememberedFile(begun.folder / "keys").load()
    assert remembered is not None
    assert [(counter.name, counter.state) for counter in remembered.counters] == [("中央1", "revoked")]


@pytest.mark.parametrize("command", ["retire", "revoke"])
def test_a_counter_that_nobody_knows_is_named(registry: Call, begun: RegistryHome, command: str) -> None:
    said = registry(command, "どこにもない")
    assert said.code == 1
    assert "「どこにもない」" in said.err


def test_no_code_secret_or_key_is_in_the_log(registry: Call, begun: RegistryHome) -> None:
    secret = enrolled(registry, begun, "中央1")
    code = CODE.search(registry("enrol", "中央1", "--again").out)
    registry("enrol", "中央1")
    registry("revoke", "中央1", "--yes")
    server = opened(begun)
    key = server.site_key.key
    server.close()
    logged = "".join(path.read_text("utf-8") for path in begun.logs.iterdir())
    assert code is not None
    for word in (secret, code[0], *code[0].split("-"), key.hex()):
        assert word not in logged


def test_a_code_for_many_is_told_from_a_counters_own(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    """Also with one use left: its name is no counter's."""
    assert registry("enrol", "desk", "--many", "2", "--file", str(tmp_path / "kiosk.enrolment")).code == 0
    assert registry("enrol", "東1").code == 0
    code = EnrolmentFile.parse((tmp_path / "kiosk.enrolment").read_text("utf-8")).code.secret
    server = opened(begun)
    server.enrolment.enrol(code, fresh_secret())
    server.close()
    told = json.loads(registry("counters", "--json").out)["codes"]
    assert [(code["name"], code["uses"], code["many"]) for code in told] == [("desk", 1, True), ("東1", 1, False)]
