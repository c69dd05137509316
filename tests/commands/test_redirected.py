"""Files that Windows' shells made by redirection: what happened to them is told by one sentence, or they are read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import Home, default_config
from kiosk.config.registry_home import RegistryHome
from kiosk.config.text_encoding import legible
from kiosk.ledger.recovery_sheet import parse, sheet_lines
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.text import say
from tests.support.commands.call import Call

SHELLS = {"utf-16": "PowerShell 5.1", "cp932": "cmd"}


@pytest.mark.parametrize("encoding", SHELLS)
def test_the_default_config_by_redirection_is_told_with_the_way_that_needs_none(kiosk: Call, home: Home, encoding: str) -> None:
    home.config.write_bytes(default_config().encode(encoding))
    for command in (["config", "check"], ["links", "count"], ["stats"]):
        said = kiosk(*command)
        assert said.code == 2
        assert say(f"command.why.file.{encoding}") in said.err
        assert say("command.config.redirected") in said.err


@pytest.mark.parametrize("encoding", SHELLS)
def test_registry_toml_by_redirection_is_told_by_the_same_sentence(registry: Call, begun: RegistryHome, encoding: str) -> None:
    begun.config.write_bytes('[server]\nnames = ["窓口"]\n'.encode(encoding))
    said = registry("counters")
    assert said.code == 2
    assert say(f"command.why.file.{encoding}") in said.err
    assert say("command.config.redirected") not in said.err


def test_a_password_by_redirection_is_told_by_the_same_sentence_and_never_shown(registry: Call, begun: RegistryHome) -> None:
    password = begun.folder / "password"
    password.write_text("Tosho-2026\r\n", encoding="utf-16")
    password.chmod(0o600)
    begun.config.write_text('[database]\nurl = "postgresql://kiosk@localhost/registry"\npassword_file = "password"\n', encoding="utf-8")
    said = registry("counters")
    assert said.code == 1
    assert say("command.why.file.utf-16") in said.err
    assert str(password) in said.err
    assert "Tosho" not in said.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", *SHELLS])
def test_a_sheet_by_redirection_is_read_whatever_it_is_encoded_in(encoding: str) -> None:
    sheet = "\n復旧シート\n 1  ABCD-EFGH\r\n"
    assert legible(sheet.encode(encoding)) == sheet


def test_a_sheet_in_full_width_letters_of_the_code_page_is_read_too() -> None:
    """As an input method types it; `parse` knows these letters."""
    key = bytes(range(32))
    wide = "\n".join(sheet_lines(key)).translate({number: number + 0xFEE0 for number in range(0x21, 0x7F)}).replace(" ", "\u3000")
    assert parse(legible(wide.encode("cp932"))) == key


def test_a_sheet_without_a_mark_is_read_too() -> None:
    assert legible("1  ABCD".encode("utf-16-le")) == "1  ABCD"


def test_a_certificate_by_redirection_is_told_by_the_same_sentence(kiosk: Call, tmp_path: Path, authority: VirtualAuthority) -> None:
    file = tmp_path / "authority.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\n", encoding="utf-16")
    said = kiosk("trust", "add", str(file))
    assert said.code == 1
    assert say("command.why.file.utf-16") in said.err
