"""One counter of a computer with Windows: made, found, moved and given back, by an elevated process of one account.

Whom the lists admit is tested in tests/domain/test_access_list.py; no second account is at hand.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.checks.whose import check_whose
from kiosk.commands.output import words
from kiosk.config import Home, default_home, read_settings
from kiosk.config.home import account_home
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.domain.model import LibraryCardNumber
from kiosk.equipment import key_place_of, open_repository
from kiosk.text import say

if os.name != "nt":
    pytest.skip("%ProgramData%", allow_module_level=True)


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its data of all users lie in the test's own folder, like those of the account."""
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path / "all"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "own"))
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    (tmp_path / "all").mkdir()
    return tmp_path / "all"


def begun(home: Home) -> Home:
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    return home


def places(home: Home) -> tuple[int, str]:
    """How many links there are, and where the keys are."""
    settings = read_settings(home.config)
    repository, _ = open_repository(home, settings)
    with repository:
        return repository.count_links(), key_place_of(home, settings).store.describe().kind


def test_it_is_made_once_and_found(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert default_home() == account_home()
    assert main(["setup", "--machine"]) == 0
    assert default_home().folder == machine_folder() == computer / "library-card-kiosk"
    config = default_home().config.read_bytes()
    assert main(["setup", "--machine"]) == 0
    assert default_home().config.read_bytes() == config
    begun(default_home())
    assert places(default_home()) == (0, "machine")
    assert [path.suffix for path in machine_keys_folder().glob("*.machine")] == [".machine"]
    assert capsys.readouterr().err == ""


def test_a_group_that_is_not_there_makes_nothing(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--machine", "--group", "no such group"]) == 1
    assert say("command.why.group-unusable.unknown") in capsys.readouterr().err
    assert list(computer.iterdir()) == []
    assert default_home() == account_home()


def test_who_may_use_it_is_said(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everyone, group = words("setup.of-everyone"), words("setup.of-group", group="Power Users")
    for options, sentence in (
        ([], words("setup.admitted", now=everyone)),
        (["--group", "Power Users", "--dry-run"], words("setup.would-admit", now=group, before=everyone)),
        (["--group", "Power Users"], words("setup.admitted-anew", now=group, before=everyone)),
        ([], words("setup.admitted", now=group)),
    ):
        assert main(["setup", "--machine", *options]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == sentence


def test_doctor_says_who_may_use_it(computer: Path) -> None:
    for options, outcome, group in (([], "home.machine-everyone", ""), (["--group", "Power Users"], "home.machine", "Power Users")):
        assert main(["setup", "--machine", *options]) == 0
        found = check_whose(default_home())
        assert (found.outcome, found.params["group"]) == (outcome, group)


@pytest.mark.parametrize("name", ["", " "])
def test_a_group_without_a_name_makes_nothing(name: str, computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A start-up script with a variable that is not set."""
    assert main(["setup", "--machine", "--group", name]) == 1
    assert say("command.why.group-unusable.empty") in capsys.readouterr().err
    assert list(computer.iterdir()) == []


def test_an_unused_place_is_taken_back(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--machine"]) == 0
    assert main(["setup", "--account"]) == 0
    assert say("command.setup.removed") in capsys.readouterr().out
    assert list(computer.iterdir()) == []
    assert default_home() == account_home()


def test_there_and_back(computer: Path, kept_links: Home) -> None:
    own = kept_links
    assert main(["setup", "--machine", "--from", str(own.folder)]) == 0
    assert not own.folder.exists()
    assert places(default_home()) == (1, "machine")
    assert main(["setup", "--machine", "--from", str(own.folder)]) == 0
    assert main(["setup", "--account"]) == 0
    assert list(computer.iterdir()) == []
    assert default_home() == account_home() == own
    assert places(own) == (1, "file")
    assert main(["setup", "--account"]) == 0


@pytest.fixture
def kept_links(computer: Path) -> Home:
    """A counter of the account's own, with a link."""
    from uuid import UUID

    from kiosk.domain.model import LinkToken, Revocation

    home = begun(account_home())
    repository, _ = open_repository(home, read_settings(home.config))
    with repository:
        repository.save_link(UUID(int=1), LinkToken(bytes(32)), LibraryCardNumber("0000001001"), revocation=Revocation.GOOD)
    return home
