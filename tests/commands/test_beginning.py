"""A home is created only deliberately, never through a typing mistake, and with a configuration that lists every decision to take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import CardSettings, Home, RevocationSource, Settings, default_home, read_settings
from kiosk.text import say
from tests.support.commands.call import Call

NOT_BEGUN = say("command.why.home-unusable.not-begun")


def test_the_home_may_stand_behind_the_command_as_well(kiosk: Call, home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.prepare()
    assert str(other.config) in kiosk("doctor", "--home", str(other.folder)).out
    for arguments in (["--home", str(other.folder)], []):
        place = other if arguments else home
        assert str(place.config) in (said := kiosk("config", *arguments, "check")).out + said.err
        assert str(place.config) in (said := kiosk("config", "check", *arguments)).out + said.err


@pytest.mark.parametrize("made", [False, True], ids=["not there", "some other folder"])
def test_a_mistyped_home_is_refused_with_its_path_and_nothing_is_made(kiosk: Call, tmp_path: Path, made: bool) -> None:
    typo = tmp_path / "kisok"
    if made:
        (typo / "kiosk").mkdir(parents=True)
    for command in (["doctor"], ["links", "count"], ["run"], ["config", "check"], ["trust", "list"]):
        said = kiosk(*command, "--home", str(typo))
        assert (said.code, said.out) == (1, "")
        assert {NOT_BEGUN, say("command.place", place=str(typo))} <= set(said.err.splitlines())
    assert list(typo.rglob("*")) == ([typo / "kiosk"] if made else [])


def test_one_from_the_environment_is_no_surer(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path / "kisok"))
    monkeypatch.setattr("sys.stdin", None)
    assert main(["links", "count"]) == 1
    assert NOT_BEGUN in capsys.readouterr().err
    monkeypatch.delenv("KIOSK_HOME")
    # The usual place is nobody's slip of the pen.
    assert main(["config", "check"]) == 2
    assert default_home().config.exists()


@pytest.mark.parametrize(("typed", "begun"), [("はい\n", True), ("\n", False), ("いいえ\n", False), ("", False)])
def test_whoever_sits_at_a_terminal_is_asked(kiosk: Call, tmp_path: Path, typed: str, begun: bool) -> None:
    place = tmp_path / "second"
    said = kiosk("config", "check", "--home", str(place), typed=typed, at_keyboard=True)
    assert str(place) in said.err.splitlines()[0]
    assert place.exists() is begun
    assert (said.code, NOT_BEGUN in said.err) == ((2, False) if begun else (1, True))


def test_a_first_config_is_written_where_it_is_read(kiosk: Call, tmp_path: Path) -> None:
    place = Home(tmp_path / "new" / "counter")
    said = kiosk("config", "write", "--home", str(place.folder))
    assert (said.code, said.err) == (0, "")
    assert str(place.config) in said.out
    text = place.config.read_text("utf-8")
    assert '\n# name = "窓口1"\n' in text
    assert not re.search(r"^\w+ =", text, re.MULTILINE)
    # All that has to be decided is decided by taking one "# " away.
    assert 'revocation = "crl" | "none"' in kiosk("config", "check", "--home", str(place.folder)).err
    place.config.write_text(text.replace('# revocation = "none"', 'revocation = "none"'), encoding="utf-8")
    assert read_settings(place.config) == Settings(CardSettings(RevocationSource.NONE))


@pytest.mark.linux("file modes")
def test_only_this_user_may_read_a_first_config(kiosk: Call, tmp_path: Path) -> None:
    place = Home(tmp_path / "new" / "counter")
    kiosk("config", "write", "--home", str(place.folder))
    assert (place.config.stat().st_mode & 0o777, place.folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_config_that_is_there_is_never_written_over(kiosk: Call, home: Home, tmp_path: Path) -> None:
    home.config.write_text("# ours\n", encoding="utf-8")
    said = kiosk("config", "write")
    assert (said.code, said.out) == (1, "")
    assert str(home.config) in said.err
    assert home.config.read_text() == "# ours\n"
    folder = Home(tmp_path / "odd")
    folder.config.mkdir(parents=True)
    said = kiosk("config", "write", "--home", str(folder.folder))
    assert say("command.why.config-unreadable.folder") in said.err
    assert said.code == 2


@pytest.mark.linux("file modes")
def test_a_config_that_others_could_write_to_is_told_when_it_is_written(kiosk: Call, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    said = kiosk("config", "write", "--home", str(tmp_path / "shared"))
    assert (said.code, said.out) == (1, "")
    assert str(tmp_path / "shared") in said.err
