"""A home that cannot be created: each command that creates one reports the same as doctor, without an incident number."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import Home
from kiosk.domain.errors import Code
from kiosk.text import say
from tests.support.commands.call import Call

BEGINNING = (["config", "write"], ["practice", "--reader"], ["virtual-card", "fine"], ["doctor"])
beginning = pytest.mark.parametrize("command", BEGINNING, ids=" ".join)


def long_path(folder: Path) -> Path:
    return folder.joinpath(*["x" * 100] * 6)


def long_name(folder: Path) -> Path:
    return folder / ("x" * 300)


def leads_nowhere(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "not there")
    return folder / "link"


def leads_to_itself(folder: Path) -> Path:
    (folder / "link").symlink_to("link")
    return folder / "link"


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "home"


MADE: dict[Callable[[Path], Path], pytest.MarkDecorator | tuple[()]] = {
    long_path: (),
    long_name: (),
    leads_nowhere: pytest.mark.linux("symbolic links"),
    leads_to_itself: pytest.mark.linux("symbolic links"),
    below_a_file: (),
}
WHY: dict[Callable[[Path], Path], str] = {
    long_path: "too-long",
    long_name: "too-long",
    leads_nowhere: "leads-nowhere",
    leads_to_itself: "leads-nowhere",
    below_a_file: "not-a-folder",
}


@beginning
@pytest.mark.parametrize("make", [pytest.param(make, id=make.__name__, marks=needs) for make, needs in MADE.items()])
def test_the_place_and_the_reason_are_said(kiosk: Call, tmp_path: Path, command: list[str], make: Callable[[Path], Path]) -> None:
    place = make(tmp_path)
    said = kiosk(*command, "--home", str(place))
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [
        say(f"refusal.{Code.HOME_UNUSABLE}.staff"),
        say(f"command.why.file.{WHY[make]}"),
        say("command.place", place=str(place)),
        say(f"refusal.{Code.HOME_UNUSABLE}.staff-next"),
    ]


@pytest.mark.root
def test_another_users_home_is_said_to_be_that() -> None:
    asked = (
        "import sys; from kiosk.__main__ import main;sys.exit(sum(main(['--home', sys.argv[1], *words.split()]) for words in sys.argv[2:]))"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Home(Path(folder) / "home")
        home.prepare()
        become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        environment = {**os.environ, "PYTHONPATH": os.getcwd(), "HOME": folder, "QT_QPA_PLATFORM": "offscreen"}
        said = subprocess.run(
            [*become, sys.executable, "-c", asked, str(home.folder), *(" ".join(command) for command in BEGINNING)],
            env=environment, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    if "ModuleNotFoundError" in said.stderr or "PermissionError" in said.stderr:
        pytest.skip("this checkout is shut to other users")
    each = [
        say(f"refusal.{Code.STORE_FOREIGN}.staff"),
        say("command.place", place=str(home.folder)),
        say(f"refusal.{Code.STORE_FOREIGN}.staff-next"),
    ]
    assert (said.returncode, said.stdout, said.stderr.splitlines()) == (len(BEGINNING), "", each * len(BEGINNING))


@pytest.mark.parametrize("chosen", ["/", pytest.param("//", marks=pytest.mark.linux("//")), "/..", "/usr/.."])
def test_beside_the_root_there_is_no_room_for_practice(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], chosen: str
) -> None:
    monkeypatch.setenv("KIOSK_HOME", chosen)
    for command in (["practice", "--reader"], ["virtual-card", "fine"]):
        assert main(command) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert {say("command.why.home-unusable.beside-root"), say("command.place", place=Path.cwd().anchor)} <= set(said.err.splitlines())


@pytest.mark.linux("symbolic links")
@pytest.mark.parametrize("target", ["not there", "config.toml"])
def test_a_config_that_is_a_link_to_nowhere_is_said_to_be_that(kiosk: Call, home: Home, target: str) -> None:
    home.config.unlink()
    home.config.symlink_to(target)
    for command in (["config", "write"], ["config", "check"], ["doctor"]):
        said = kiosk(*command)
        assert (said.code, said.out) == (2, "")
        assert said.err.splitlines() == [
            say(f"refusal.{Code.CONFIG_UNREADABLE}.staff"),
            say("command.why.file.leads-nowhere"),
            say("command.place", place=str(home.config)),
            say(f"refusal.{Code.CONFIG_UNREADABLE}.staff-next"),
        ]
    assert home.config.is_symlink()
