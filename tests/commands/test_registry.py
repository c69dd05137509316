"""kiosk registry …: what an administrator does on the server, as typed."""

from __future__ import annotations

import io
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import Home
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.server import CODE, enrolled, heard, opened


class WithSheet(io.StringIO):
    """Somebody with the paper in hand, who answers what is asked for."""

    def __init__(self, said: Callable[[], str]) -> None:
        super().__init__()
        self._said, self._seen = said, ""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self._seen += self._said()
        lines = {int(match[1]): match[2] for match in re.finditer(r"^([1-7]):  (.+)$", self._seen, re.MULTILINE)}
        return lines[int(re.findall(r"([1-7])行目:", self._seen)[-1])] + "\n"


# --- init -------------------------------------------------------------------------------------------------------------


def test_a_server_is_begun_with_its_sheet_asked_back(registry: Call, place: RegistryHome, capsys: pytest.CaptureFixture[str]) -> None:
    said = registry("init", typed=WithSheet(lambda: capsys.readouterr().out))
    assert (said.code, said.err) == (0, "")
    assert say("command.recovery.confirmed") in said.out
    server = opened(place)
    assert server.is_sheet_confirmed
    server.close()
    assert say("command.registry.sheet.missing") not in registry("enrol", "中央1").err


def test_a_sheet_that_nobody_read_is_not_confirmed_and_the_server_works(registry: Call, place: RegistryHome) -> None:
    said = registry("init")
    assert said.code == 1
    assert "連携台帳サーバーを始めました" in said.out
    assert len(re.findall(r"^[1-7]:  ", said.out, re.MULTILINE)) == 7
    assert say("command.registry.sheet.unconfirmed") in said.err
    enrolling = registry("enrol", "中央1")
    assert enrolling.code == 0
    assert say("command.registry.sheet.missing") in enrolling.err


def test_init_again_changes_neither_key_nor_authority(registry: Call, begun: RegistryHome) -> None:
    before = {path: path.read_bytes() for path in (begun.folder / "keys").glob("*.*")}
    said = registry("init")
    assert "もうあります" in said.out
    assert {path: path.read_bytes() for path in before} == before


def test_an_authority_that_is_lost_is_made_anew_only_by_init_and_told(registry: Call, begun: RegistryHome) -> None:
    (begun.folder / "keys" / "authority.pem").unlink()
    assert registry("enrol", "中央1").code == 1
    assert say("command.registry.init.authority") in registry("init").err
    assert registry("enrol", "中央1").code == 0


@pytest.mark.parametrize("command", [["enrol", "中央1"], ["counters"], ["retire", "中央1"], ["revoke", "中央1"]])
def test_where_there_is_no_server_none_is_begun(registry: Call, place: RegistryHome, command: list[str]) -> None:
    said = registry(*command)
    assert said.code == 1
    assert say("command.why.home-unusable.registry-not-begun") in said.err
    assert not place.folder.exists()


def test_a_counters_home_is_refused(kiosk: Call, home: Home) -> None:
    said = kiosk("registry", "init", "--home", str(home.folder))
    assert said.code == 1
    assert say("command.why.home-unusable.not-for-registry") in said.err


def test_a_mistake_in_registry_toml_is_named_with_file_line_and_key(registry: Call, begun: RegistryHome) -> None:
    begun.config.write_text("[server]\nport = 70000\n", encoding="utf-8")
    said = registry("counters")
    assert said.code == 2
    assert f"設定ファイル {begun.config} の2行目、「server.port」" in said.err
    assert "port = 0 | 1 … 65535" in said.err


@pytest.mark.parametrize(
    "url", ["postgresql://kiosk:hunter2@[::1/x", "postgresql://kiosk:hunter2@db/x?no_such=1", "postgresql://k:hunter2%zz@h/x"]
)
def test_a_url_that_postgresql_does_not_understand_is_a_mistake_in_the_config(registry: Call, begun: RegistryHome, url: str) -> None:
    begun.config.write_text(f'[log]\ndays = 3\n[database]\nurl = "{url}"\n', encoding="utf-8")
    said = registry("counters")
    assert said.code == 2
    assert f"設定ファイル {begun.config} の4行目、「database.url」" in said.err
    assert "hunter2" not in said.out + said.err


def test_a_database_that_does_not_answer_is_told_without_its_password(registry: Call, begun: RegistryHome) -> None:
    begun.config.write_text('[database]\nurl = "postgresql://kiosk:hunter2@127.0.0.1:1/registry"\n', encoding="utf-8")
    for command in ("counters", "doctor"):
        said = registry(command)
        assert said.code == 1
        assert "つながりません" in said.out + said.err
        assert "hunter2" not in said.out + said.err
    assert "hunter2" not in "".join(path.read_text("utf-8") for path in begun.logs.iterdir())


def test_a_database_newer_than_the_program_is_left_alone(registry: Call, begun: RegistryHome) -> None:
    with closing(sqlite3.connect(begun.database)) as connection:
        connection.execute("PRAGMA user_version = 99")
    said = registry("counters")
    assert said.code == 1
    assert "新しい版で作られています" in said.err


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn", "psycopg"])
def test_without_the_servers_parts_that_is_said(registry: Call, place: RegistryHome, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    said = registry("init")
    assert said.code == 1
    assert "library-card-kiosk[registry]" in said.err
    assert not place.folder.exists()


# --- enrol ------------------------------------------------------------------------------------------------------------


def test_a_code_names_the_authority_and_the_address(registry: Call, begun: RegistryHome) -> None:
    said = registry("enrol", "中央1")
    found = CODE.search(said.out)
    assert said.code == 0
    assert found is not None
    server = opened(begun)
    assert EnrolmentCode.parse(found[0]).names(server.tls.authority.public_bytes(Encoding.DER))
    server.close()
    assert "kiosk enrol https://127.0.0.1:8443" in said.out
    assert "このパソコンの窓口だけ" in said.err


def test_the_address_is_the_first_name_of_the_certificate(registry: Call, begun: RegistryHome) -> None:
    begun.config.write_text('[server]\naddress = "0.0.0.0"\nnames = ["registry.example.jp"]\nport = 443\n', encoding="utf-8")
    said = registry("enrol", "中央1")
    assert "kiosk enrol https://registry.example.jp:443" in said.out
    assert "このパソコンの窓口だけ" not in said.err


def test_a_known_counter_needs_again_and_is_told_what_that_does(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    heard(begun, "中央1", pending=4)
    said = registry("enrol", "中央1")
    assert said.code == 1
    assert "--again" in said.err
    assert CODE.search(said.out) is None
    said = registry("enrol", "中央1", "--again")
    assert said.code == 0
    assert "締め出されます" in said.out
    assert "4件" in said.out
    assert CODE.search(said.out) is not None


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\u202eb"])
def test_a_name_that_is_none_is_refused(registry: Call, begun: RegistryHome, name: str) -> None:
    said = registry("enrol", name)
    assert said.code == 1
    assert "1〜40文字" in said.err


@pytest.mark.linux("file modes")
def test_a_log_that_cannot_be_written_is_told_and_the_command_works(registry: Call, begun: RegistryHome) -> None:
    for path in begun.logs.iterdir():
        path.unlink()
    begun.logs.rmdir()
    begun.logs.touch()
    said = registry("enrol", "中央1")
    assert said.code == 0
    assert CODE.search(said.out) is not None
    assert str(begun.logs) in said.err
