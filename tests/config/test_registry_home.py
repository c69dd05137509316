"""The server's home: its own folder, never a counter's, closed to others."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.config.home_marker import Purpose, purpose_of
from kiosk.config.registry_home import RegistryHome, default_registry_home, registry_home_at
from kiosk.config.registry_settings import BackupSettings, RegistryKeySettings, RegistrySettings, read_registry_settings
from kiosk.domain.errors import Code, Unavailable


def test_a_home_is_made_with_a_config_that_decides_nothing(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path / "server")
    assert not home.is_begun()
    assert home.prepare()
    assert home.is_begun()
    assert read_registry_settings(home.config) == RegistrySettings()
    assert purpose_of(home.folder) is Purpose.REGISTRY
    assert not home.prepare()


@pytest.mark.parametrize("name", ["x" * 300, "file/server"], ids=["too-long", "below-a-file"])
def test_a_home_that_there_cannot_be_is_not_one_that_was_never_begun(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    assert RegistryHome(tmp_path / name).is_begun()


@pytest.mark.linux("file modes")
def test_only_this_user_may_read_its_data(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path / "server")
    home.prepare()
    assert stat.S_IMODE(home.data.stat().st_mode) == 0o700


def test_a_config_that_is_there_is_left_alone(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path)
    home.config.write_text("[server]\nport = 9443\n", encoding="utf-8")
    assert home.is_begun()
    assert not home.prepare()
    assert read_registry_settings(home.config).server.port == 9443


def counters(folder: Path) -> None:
    Home(folder).prepare()


def older_counters(folder: Path) -> None:
    """Of a version without markers."""
    (folder / "config.toml").touch()


@pytest.mark.parametrize("make", [counters, older_counters, lambda folder: Home(folder).prepare(for_practice=True)])
def test_a_counters_home_is_no_servers(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path)
    with pytest.raises(Unavailable) as trouble:
        RegistryHome(tmp_path).prepare()
    assert (trouble.value.code, trouble.value.params["reason"]) == (Code.HOME_UNUSABLE, "not-for-registry")
    assert not RegistryHome(tmp_path).config.exists()


@pytest.mark.parametrize("for_practice", [True, False])
def test_a_servers_home_is_no_counters(tmp_path: Path, for_practice: bool) -> None:
    RegistryHome(tmp_path).prepare()
    with pytest.raises(Unavailable) as trouble:
        Home(tmp_path).prepare(for_practice=for_practice)
    assert (trouble.value.code, trouble.value.params["reason"]) == (Code.HOME_UNUSABLE, "for-registry")
    assert not Home(tmp_path).config.exists()


def test_files_lie_in_the_home_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path)
    assert home.keys(RegistryKeySettings()) == tmp_path / "keys"
    elsewhere = Path(tmp_path.anchor, "safe", "keys")
    assert home.keys(RegistryKeySettings(folder=str(elsewhere))) == elsewhere
    assert home.backups(BackupSettings(folder="other")) == tmp_path / "other"
    assert home.database.parent == home.data


def test_the_default_home_is_not_a_counters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.delenv("KIOSK_REGISTRY_HOME", raising=False)
    assert default_registry_home().folder == tmp_path / "library-card-registry"
    monkeypatch.setenv("KIOSK_REGISTRY_HOME", str(tmp_path / "chosen"))
    assert default_registry_home() == registry_home_at(str(tmp_path / "chosen"))


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable) as trouble:
        RegistryHome(tmp_path / "file").prepare()
    assert trouble.value.code is Code.HOME_UNUSABLE
    with pytest.raises(Unavailable) as trouble:
        RegistryHome(tmp_path / ("x" * 200) / ("y" * 200)).prepare()
    assert trouble.value.params["reason"] == "too-long"
