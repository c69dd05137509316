"""Paths in the configuration are relative to the home, wherever the program is started; `~` is the user's home directory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kiosk.config import Home, default_home, read_settings
from kiosk.domain.errors import Code, Refused
from kiosk.equipment import key_place_of, open_repository
from kiosk.text import say

PLACES = {"card": "crl_folder", "slip": "pdf_folder", "ils": "ca_file", "keys": "folder"}


def configured(home: Home, section: str, value: str) -> None:
    texts = {"card": 'revocation = "none"', **({section: ""} if section != "card" else {})}
    texts[section] += f"\n{PLACES[section]} = '{value}'"
    home.config.write_text("\n".join(f"[{name}]\n{text}" for name, text in texts.items()), "utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.chdir(tmp_path)
    place = Home(tmp_path / "home")
    place.prepare()
    return place


def seen(home: Home, section: str) -> Path:
    settings = read_settings(home.config)
    found = {
        "card": home.crl_folder(settings.card),
        "slip": home.slip_folder(settings.slip),
        "ils": Path(home.ils_settings(settings.ils).ca_file),
        "keys": key_place_of(home, settings).folder,
    }
    return found[section]


@pytest.mark.parametrize("section", PLACES)
def test_places_are_seen_from_the_home(home: Home, tmp_path: Path, section: str) -> None:
    for value, place in (
        ("place", tmp_path / "home" / "place"),
        ("~/place", tmp_path / "user" / "place"),
        (f"{tmp_path.anchor}somewhere/place", Path(tmp_path.anchor, "somewhere", "place")),
    ):
        configured(home, section, value)
        assert seen(home, section) == place


@pytest.mark.linux("a list of users")
@pytest.mark.parametrize("section", PLACES)
def test_a_user_whom_nobody_knows_is_named(home: Home, section: str) -> None:
    configured(home, section, "~nobody-of-this-name/place")
    with pytest.raises(Refused) as refused:
        read_settings(home.config)
    assert refused.value.code is Code.CONFIG_INVALID
    assert refused.value.params["key"] == f"{section}.{PLACES[section]}"


def test_keys_are_found_wherever_the_program_is_started(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(home, "keys", "~/keys")
    with home.config.open("a", encoding="utf-8") as config:
        config.write('\nplace = "file"\n')
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        open_repository(home, read_settings(home.config))[0].close()
        assert list((tmp_path / folder).iterdir()) == []
    assert len(list((tmp_path / "user" / "keys").glob("*.json"))) == 1


@pytest.mark.linux("XDG")
def test_relative_base_folders_are_ignored(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the XDG Base Directory Specification has it: else keys and home would lie wherever the program was started."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "here")
    monkeypatch.setenv("XDG_DATA_HOME", "./here")
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    configured(home, "card", "crl")
    assert key_place_of(home, read_settings(home.config)).folder == tmp_path / "user" / ".config" / "library-card-kiosk" / "keys"
    assert default_home().folder == tmp_path / "user" / ".local" / "share" / "library-card-kiosk"


@pytest.mark.root
def test_without_a_home_of_the_user_the_keys_have_no_place_until_one_is_named() -> None:
    """A service's user may have none, neither in the environment nor in the list of users."""
    asked = (
        "import os, sys; os.setgroups([]); os.setgid(54321); os.setuid(54321); os.environ.pop('HOME');"
        "from kiosk.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | {"QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Home(Path(folder) / "home")
        home.folder.mkdir(mode=0o700)
        home.config.write_text('[card]\nrevocation = "none"\n', "utf-8")

        def call(*arguments: str) -> subprocess.CompletedProcess[str]:
            for place in (home.folder, home.config):
                os.chown(place, 54321, 54321)
            command = [sys.executable, "-c", asked, "--home", str(home.folder), *arguments]
            return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)

        for arguments in (("links", "count"), ("recovery", "sheet"), ("run",), ("doctor",)):
            said = call(*arguments)
            assert say("command.why.store-key-unreadable.no-home") in said.stdout + said.stderr
            assert "プログラムに問題" not in said.stdout + said.stderr
        home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\nfolder = "keys"\n', "utf-8")
        assert call("recovery", "sheet").returncode == 0
        assert len(list((home.folder / "keys").glob("*.json"))) == 1
