"""kiosk practice: the course, and the counter on a real reader with nothing else real, never in a home a counter uses."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.commands.output import for_platform
from kiosk.config import Home, default_home
from kiosk.domain.errors import Code
from kiosk.domain.model import Language
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, plain_refusal, say
from tests.support.commands.call import Call
from tests.support.pcscd.rig import PcscdRig

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def practice(home: Home) -> Home:
    """Where it takes place when nobody says where: beside the usual home."""
    return default_home().for_practice()


def practised(this: str, *arguments: str) -> tuple[list[str], str]:
    """What both bands said when staff's window said `this`, and what the terminal did."""
    command = [sys.executable, "-m", "tests.support.commands.run_until_shown", this, *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    *told, said = ran.stdout.splitlines()
    bands: list[str] = json.loads(said)
    return bands, "\n".join(told)


@pytest.mark.pcscd
def test_both_windows_say_so_and_a_card_of_its_authority_is_read(
    practice: Home, home: Home, pcscd: PcscdRig, capsys: pytest.CaptureFixture[str]
) -> None:
    # Whoever lays a card first, without saying where, lays one of the practice.
    assert main(["virtual-card", "fine"]) == 1  # no reader outside the rig
    assert not practice.folder.with_name("library-card-kiosk").exists()
    card = Deck(practice.virtual_cards).card("fine")
    pcscd.lay(card)
    seen, told = practised(plain(say("refusal.not-linked.title")), "practice", "--reader")
    assert sorted(seen) == sorted([say("staff.practice"), plain(say("patron.practice", Language.JAPANESE))])
    assert str(practice.folder) in told
    assert practice.store.exists()
    assert not home.store.exists()
    # What was done there is no counter's, and nobody serves from it.
    for command in ("run", "doctor"):
        assert main(["--home", str(practice.folder), command]) == 1
        assert say("command.why.home-unusable.for-practice") in capsys.readouterr().err


@pytest.mark.pcscd
def test_without_a_reader_it_says_what_to_do(practice: Home, pcscd: PcscdRig, capsys: pytest.CaptureFixture[str]) -> None:
    pcscd.restart(readers=False)
    assert main(["practice", "--reader"]) == 1
    said = capsys.readouterr().err
    assert {plain_refusal(Code.READER_MISSING, "staff"), say("command.why.reader-missing.practice")} <= set(said.splitlines())
    pcscd.restart()
    practice.config.write_text('[card]\nrevocation = "none"\n[reader]\nname = "RC-S300"\n', encoding="utf-8")
    assert main(["practice", "--reader"]) == 1
    assert "「RC-S300」に合うカードリーダーがありません。つながっているのは: Virtual PCD" in capsys.readouterr().err
    pcscd.stop()
    assert main(["practice", "--reader"]) == 1
    said = capsys.readouterr().err
    assert {plain_refusal(Code.READER_SERVICE_MISSING, "staff"), say("command.why.reader-service-missing.practice")} <= set(
        said.splitlines()
    )


@pytest.mark.pcscd
def test_the_command_that_it_names_lays_a_card_it_reads(home: Home, pcscd: PcscdRig) -> None:
    place = home.folder.with_name("of its own")
    laying = ["kiosk", "--home", str(place), "virtual-card"]
    assert main(laying[1:]) == 1  # no reader outside the rig
    pcscd.lay(Deck(Home(place).virtual_cards).card("fine"))
    _bands, told = practised(plain(say("refusal.not-linked.title")), "--home", str(place), "practice", "--reader")
    assert shlex.split(told.partition("「")[2].partition("」")[0]) == laying


@pytest.mark.parametrize("way", ["home", "usual", pytest.param("link", marks=pytest.mark.linux("symbolic links"))])
def test_where_a_counter_works_nobody_practises(kiosk: Call, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    usual = tmp_path / "usual"
    usual.mkdir()
    monkeypatch.setenv("KIOSK_HOME", str(usual))
    if way == "link":
        (tmp_path / way).symlink_to(usual)
    place = home.folder if way == "home" else tmp_path / way
    before = sorted(place.iterdir())
    said = kiosk("practice", "--home", str(place))
    assert (said.code, said.out) == (1, "")
    assert {say("command.why.home-unusable.not-for-practice"), say("command.place", place=str(place))} <= set(said.err.splitlines())
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize("key", ["virtual-card.no-service", "why.reader-missing.practice", "why.reader-service-missing.practice"])
def test_nobody_is_advised_of_what_only_another_system_has(key: str) -> None:
    said = say(for_platform(f"command.{key}"))
    assert ("pcscd" in said) is (sys.platform != "win32")
    assert "kiosk demo" in said or "kiosk practice" in said or sys.platform != "win32"


@pytest.mark.parametrize("at_keyboard", [True, False])
def test_where_a_card_was_laid_first_people_practise(kiosk: Call, tmp_path: Path, at_keyboard: bool) -> None:
    """As `practice` itself, it asks nobody whether a new place is meant."""
    place = tmp_path / "new"
    said = kiosk("virtual-card", "fine", "--home", str(place), at_keyboard=at_keyboard)
    assert (said.out, said.err) == ("", say(for_platform("command.virtual-card.no-service")) + "\n")
    assert Home(place).is_for_practice()
    assert 'revocation = "none"' in Home(place).config.read_text("utf-8")


def test_cards_for_trust_make_no_home_for_practice(kiosk: Call, tmp_path: Path) -> None:
    place, file = tmp_path / "new", tmp_path / "authority.cer"
    said = kiosk("virtual-card", "--export-authority", str(file), "--home", str(place))
    assert say("command.why.home-unusable.not-begun") in said.err
    assert not place.exists()
    kiosk("virtual-card", "--export-authority", str(file), "--home", str(place), typed="はい\n", at_keyboard=True)
    assert file.exists()
    assert not Home(place).is_for_practice()


def test_the_course_needs_no_reader_and_leaves_nothing_behind(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = tmp_path / "temporary"
    aside.mkdir()
    monkeypatch.setenv("TMPDIR" if sys.platform != "win32" else "TEMP", str(aside))
    before = sorted(tmp_path.rglob("*"))
    seen, _told = practised(plain(say("staff.home.title")), "practice")
    assert sorted(seen) == sorted([say("staff.practice"), plain(say("patron.practice", Language.JAPANESE))])
    assert sorted(tmp_path.rglob("*")) == before
    assert not default_home().for_practice().folder.exists()
