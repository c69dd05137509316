"""Where practice is allowed: never in or inside a home a counter uses, always again in a home created for practice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import Home, begin_practice
from kiosk.domain.errors import Unavailable
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.pcscd.rig import PcscdRig
from tests.support.wait import LIMIT

NOT_FOR_PRACTICE = say("command.why.home-unusable.not-for-practice")
FOR_PRACTICE = say("command.why.home-unusable.for-practice")


def beginning(place: Path) -> list[list[str]]:
    """The commands that begin a home for practice."""
    return [["practice", "--reader", "--home", str(place)], ["virtual-card", "fine", "--home", str(place)]]


@pytest.mark.parametrize("by_a_link", [False, pytest.param(True, marks=pytest.mark.linux("symbolic links"))])
@pytest.mark.parametrize("below", ["practice", "deep/er"])
def test_inside_a_counters_home_nobody_practises(kiosk: Call, home: Home, tmp_path: Path, below: str, by_a_link: bool) -> None:
    if by_a_link:
        (tmp_path / "link").symlink_to(home.folder)
    for command in beginning((tmp_path / "link" if by_a_link else home.folder) / below):
        said = kiosk(*command)
        assert (said.code, NOT_FOR_PRACTICE in said.err) == (1, True)
    assert not (home.folder / below).exists()
    assert kiosk("config", "check").code == 0


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(Path.mkdir, id="folder"),
        pytest.param(Path.touch, id="file"),
        pytest.param(lambda path: path.symlink_to("/nowhere"), id="link", marks=pytest.mark.linux("symbolic links")),
    ],
)
@pytest.mark.parametrize("name", ["practice", "library-card-kiosk.home"])
def test_what_lies_in_a_counters_home_makes_it_none_for_practice(kiosk: Call, home: Home, name: str, make: Callable[[Path], None]) -> None:
    (home.folder / name).unlink(missing_ok=True)
    make(home.folder / name)
    assert kiosk("config", "check").code == 0
    said = kiosk("practice", "--reader")
    assert (said.code, NOT_FOR_PRACTICE in said.err) == (1, True)


@pytest.mark.parametrize("linked", [False, pytest.param(True, marks=pytest.mark.linux("symbolic links"))])
def test_a_counter_beside_the_usual_home_is_no_place_for_practice(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], linked: bool
) -> None:
    beside = tmp_path / "kiosk-practice"
    if linked:
        beside.symlink_to(home.folder)
    else:
        home.folder.rename(beside)
    before = sorted(beside.iterdir())
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path / "kiosk"))
    for command in (["virtual-card", "fine"], ["practice", "--reader"]):
        assert main(command) == 1
        assert NOT_FOR_PRACTICE in capsys.readouterr().err
    assert sorted(beside.iterdir()) == before
    assert main(["--home", str(beside), "config", "check"]) == 0


@pytest.mark.pcscd
@pytest.mark.parametrize("made", [(), ("data", "trust", "crl")], ids=["nothing", "folders"])
def test_a_beginning_that_was_cut_off_is_begun_again(kiosk: Call, tmp_path: Path, pcscd: PcscdRig, made: tuple[str, ...]) -> None:
    # With a reader there, windows would open.
    pcscd.stop()
    place = Home(tmp_path / "new")
    for name in made:
        (place.folder / name).mkdir(parents=True)
    import resource  # not on Windows

    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        said = kiosk("practice", "--reader", "--home", str(place.folder))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert (said.code, say("command.why.file.limited") in said.err) == (1, True)
    assert NOT_FOR_PRACTICE not in kiosk("practice", "--reader", "--home", str(place.folder)).err
    assert FOR_PRACTICE in kiosk("config", "check", "--home", str(place.folder)).err


@pytest.mark.pcscd
def test_one_that_is_marked_and_no_more_is_for_practice(kiosk: Call, tmp_path: Path, pcscd: PcscdRig) -> None:
    pcscd.stop()
    place = Home(tmp_path / "new")
    place.folder.mkdir()
    (place.folder / "crl").touch()
    for command in beginning(place.folder):
        assert say("command.why.file.not-a-folder") in kiosk(*command).err
    said = kiosk("config", "write", "--home", str(place.folder))
    assert (said.code, said.out, FOR_PRACTICE in said.err) == (1, "", True)
    (place.folder / "crl").unlink()
    for command in beginning(place.folder):
        assert "フォルダー" not in kiosk(*command).err
    assert 'revocation = "none"' in place.config.read_text("utf-8").splitlines()
    # Also where there is a config, it is not one to go on with as a counter.
    assert FOR_PRACTICE in kiosk("config", "write", "--home", str(place.folder)).err


def test_a_counter_that_was_begun_and_no_more_is_none_for_practice(kiosk: Call, tmp_path: Path) -> None:
    place = Home(tmp_path / "new")
    place.folder.mkdir()
    (place.folder / "crl").touch()
    assert say("command.why.file.not-a-folder") in kiosk("config", "write", "--home", str(place.folder)).err
    (place.folder / "crl").unlink()
    assert NOT_FOR_PRACTICE in kiosk("practice", "--reader", "--home", str(place.folder)).err
    assert kiosk("config", "write", "--home", str(place.folder)).code == 0


def test_of_a_counter_and_a_practice_begun_at_once_one_is_refused(home: Home, tmp_path: Path) -> None:
    for turn in range(40):
        place = Home(tmp_path / f"new{turn}")
        refused: list[str] = []
        together = threading.Barrier(2)

        def begin(how: Callable[[], object], together: threading.Barrier = together, refused: list[str] = refused) -> None:
            together.wait(LIMIT)
            try:
                how()
            except Unavailable as error:
                refused.append(str(error.params["reason"]))

        both = [threading.Thread(target=begin, args=(how,)) for how in (place.prepare, lambda place=place: begin_practice(place))]
        for one in both:
            one.start()
        for one in both:
            one.join(LIMIT)
        assert refused == (["for-practice"] if place.is_for_practice() else ["not-for-practice"])
        decided = 'revocation = "none"' in place.config.read_text("utf-8").splitlines()
        assert decided is place.is_for_practice()
