"""Paths of files shipped with the program and of a counter's own files."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import Home, default_config, default_home
from kiosk.config.machine_place import machine_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.resource_files import resource

CHECKOUT = Path(__file__).parents[2]


def test_resources_are_found_in_a_checkout() -> None:
    assert resource("config.toml") == CHECKOUT / "resources" / "config.toml"


def test_resources_are_found_in_a_frozen_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kiosk" / "resources").mkdir(parents=True)
    (tmp_path / "kiosk" / "resources" / "config.toml").write_text("frozen")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("config.toml").read_text() == "frozen"


def test_resources_are_found_in_an_installed_program(tmp_path: Path) -> None:
    for source in CHECKOUT.glob("kiosk/**/*.py"):
        target = tmp_path / source.relative_to(CHECKOUT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    (tmp_path / "kiosk" / "resources").mkdir()
    (tmp_path / "kiosk" / "resources" / "config.toml").write_text("installed")
    asked = "from kiosk.resource_files import resource; print(resource('config.toml').read_text())"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True)
    assert answer.stdout.strip() == "installed"


def test_a_resource_that_is_nowhere_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-thing"):
        resource("no-such-thing")


def test_a_home_is_made_for_its_owner_alone_and_with_the_documented_config(tmp_path: Path) -> None:
    home = Home(tmp_path / "部屋" / "home")
    home.prepare()
    assert {path.name for path in home.folder.iterdir()} == {"library-card-kiosk.home", "config.toml", "data", "trust", "crl"}
    assert home.config.read_text("utf-8") == default_config()
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600 or sys.platform == "win32"
    if sys.platform != "win32":
        assert stat.S_IMODE(home.folder.stat().st_mode) == stat.S_IMODE(home.data.stat().st_mode) == 0o700


def test_preparing_a_home_again_leaves_its_config_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text("# ours")
    home.prepare()
    assert home.config.read_text() == "# ours"


def test_a_home_whose_settings_are_fixed_gets_no_config_nobody_would_read(tmp_path: Path) -> None:
    home = Home(tmp_path / "demo")
    for _ in range(2):
        assert not home.prepare(configured=False)
        assert {path.name for path in home.folder.iterdir()} == {"library-card-kiosk.home", "data", "trust", "crl"}


def test_a_home_below_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        Home(tmp_path / "file" / "home").prepare()
    place = str(tmp_path / "file" / "home")
    assert (caught.value.code, caught.value.params) == (Code.HOME_UNUSABLE, {"place": place, "reason": "not-a-folder"})


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_DATA_HOME": "x/share"}, "x/share/library-card-kiosk"),
        ("linux", {"HOME": "home/kiosk", "USERPROFILE": "home/kiosk"}, "home/kiosk/.local/share/library-card-kiosk"),
        ("win32", {"LOCALAPPDATA": "c/local"}, "c/local/library-card-kiosk"),
        ("win32", {"LOCALAPPDATA": "c/local", "KIOSK_HOME": "d/kiosk"}, "d/kiosk"),
    ],
)
def test_the_default_home(platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if (platform == "win32") is not (sys.platform == "win32"):
        pytest.skip(f"folders of {platform}")
    root = Path.cwd().anchor
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "KIOSK_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, root + value)
    assert default_home().folder == Path(root, expected)


def test_a_computers_home_that_cannot_be_asked_for_is_told_and_no_second_one_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer, for instance."""
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    really = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        if path == machine_folder():
            raise OSError(errno.EIO, "a disk", str(path))
        return really(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    with pytest.raises(Unavailable) as refused:
        default_home()
    assert (refused.value.code, refused.value.params["place"]) == (Code.HOME_UNUSABLE, str(machine_folder()))


def test_a_note_of_crashes_is_no_counter(tmp_path: Path) -> None:
    """A counter that never came so far as to begin its store writes one, too."""
    home = Home(tmp_path / "home")
    assert not home.has_data()
    home.data.mkdir(parents=True)
    home.crashes.write_text("", "utf-8")
    assert not home.has_data()
    (home.data / "kiosk.db-wal").touch()
    assert home.has_data()
