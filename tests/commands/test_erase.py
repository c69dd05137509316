"""kiosk erase: everything of a counter goes, and nothing else, after somebody has said so in words."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.__main__ import main
from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import key_place_of, open_repository
from kiosk.ledger.running_lock import RunningLock
from kiosk.registry.models import CounterState
from kiosk.store.home_erasing import erase_keys, erase_store, remove_files
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.enrolment import record
from tests.support.registry.sites import InProcess

NAME = "中央館1番"
WORD = words("erase.word")
MADE = (
    "logs/kiosk.log",
    "logs/kiosk.log.2026-11-29",
    "logs/kiosk-crash-20261129-101500-4711.log",
    "logs/commands-crash.log",
    "slips/slip-20261129-101500.pdf",
    "slips/.slip-unfinished0",
    "crl-held/held.json",
    f"crl-held/{'0a' * 32}.numbers",
    f"trust/{'0a' * 32}.cer",
    "data/backups/kiosk-v4-1.db",
    "data/crashes.txt",
    "data/registry-authority.der",
    "virtual-cards/demo/fine.key.pem",
    "demo/logs/kiosk.log",
    "config.toml.before",
    "config.toml.before-2",
    ".config.toml.0a1b2c3d",
)


def everything(home: Home) -> list[Path]:
    keys = key_place_of(home, read_settings(home.config)).folder if home.config.exists() else home.folder
    return sorted(path for folder in (home.folder, keys) for path in folder.rglob("*"))


@pytest.fixture
def furnished(linked: Home) -> Home:
    """With one link, and with all that may lie beside it."""
    for name in MADE:
        path = linked.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of the counter")
    linked.lock.touch()
    keys = key_place_of(linked, read_settings(linked.config))
    (keys.folder / f".{keys.name}.json.0a1b2c3d").write_bytes(b"a draft")
    return linked


def test_nothing_is_left_of_a_counter(kiosk: Call, furnished: Home) -> None:
    keys = key_place_of(furnished, read_settings(furnished.config)).folder
    said = kiosk("erase", typed=f"1\n{WORD}\n", at_keyboard=True)
    assert said.code == 0, said.err
    assert words("erase.lost-links", count=1) in said.out
    assert (furnished.folder.exists(), keys.exists()) == (False, False)
    assert words("erase.elsewhere") in said.out
    again = kiosk("erase", "--yes")
    assert (again.code, again.out.strip()) == (0, words("erase.none", folder=str(furnished.folder)))


@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        ((), f"2\n{WORD}\n", "not-confirmed"),
        ((), "1\nはい\n", "not-confirmed"),
        ((), "", "not-confirmed"),
        (("--yes",), None, "lost"),
        (("--yes", "--lose", "2"), None, "lost"),
        (("--lose", "1"), None, "script"),
    ],
)
def test_without_the_words_nothing_is_erased(kiosk: Call, furnished: Home, arguments: tuple[str, ...], typed: str | None, why: str) -> None:
    before = everything(furnished)
    said = kiosk("erase", *arguments, typed=typed or "", at_keyboard=typed is not None)
    assert said.code == 1
    assert say(f"command.why.erase-impossible.{why}").partition("{")[0] in said.err
    assert everything(furnished) == before
    with open_repository(furnished, read_settings(furnished.config))[0] as store:
        assert store.count_links() == 1


def test_a_script_says_what_is_lost(kiosk: Call, furnished: Home) -> None:
    assert kiosk("erase", "--yes", "--lose", "1").code == 0
    assert not furnished.folder.exists()


def test_the_uninstaller_is_told_what_would_be_lost_and_nothing_is_changed(kiosk: Call, furnished: Home, tmp_path: Path) -> None:
    before = everything(furnished)
    said = kiosk("erase", "--count-lost")
    assert (said.code, said.out.splitlines()) == (0, ["1", words("erase.lost-links", count=1)])
    assert everything(furnished) == before
    assert kiosk("--home", str(tmp_path / "nowhere"), "erase", "--count-lost").out == "0\n"


def test_a_counter_that_runs_is_not_erased(kiosk: Call, furnished: Home) -> None:
    with RunningLock(furnished.lock):
        said = kiosk("erase", "--yes", "--lose", "1")
    assert (said.code, words("why.erase-impossible.running") in said.err, furnished.has_store()) == (1, True, True)


def test_what_others_have_laid_there_stays(kiosk: Call, furnished: Home, tmp_path: Path) -> None:
    letter, lists = furnished.folder / "letter.txt", tmp_path / "lists"
    letter.write_text("of somebody", "utf-8")
    lists.mkdir()
    config = '[card]\nrevocation = "none"\ncrl_folder = "{}"\n[keys]\nplace = "file"\n'
    furnished.config.write_text(config.format(lists.as_posix()), "utf-8")
    said = kiosk("erase", "--yes", "--lose", "1")
    assert said.code == 0
    assert [path.name for path in furnished.folder.iterdir()] == ["letter.txt"]
    assert words("erase.left", places=str(letter)) in said.out
    assert words("erase.outside", places=str(lists)) in said.out
    # No counter is there any more, and this folder is no counter's.
    said = kiosk("erase", "--yes")
    assert (said.code, letter.exists(), words("why.erase-impossible.nothing-there") in said.err) == (1, True, True)


def test_a_counter_that_cannot_be_read_is_erased_by_saying_so(kiosk: Call, furnished: Home) -> None:
    key_place_of(furnished, read_settings(furnished.config)).store.forget()
    furnished.config.write_text('[card]\nrevocation = "perhaps"\n[keys]\nplace = "file"\n', "utf-8")
    said = kiosk("erase", "--yes")
    assert (said.code, words("erase.lost-unknown") in said.out, furnished.has_store()) == (1, True, True)
    assert kiosk("erase", "--count-lost").out.splitlines()[0] == "unknown"
    # People confirm it in words of their own.
    said = kiosk("erase", typed=f"{words('erase.word-unknown')}\nいいえ\n", at_keyboard=True)
    assert (said.code, "unknown" in said.err, words("erase.ask", word=WORD) in said.err) == (1, False, True)
    assert kiosk("erase", "--yes", "--lose", "unknown").code == 0
    assert not furnished.folder.exists()


def test_only_a_counter_is_erased(kiosk: Call, home: Home, tmp_path: Path) -> None:
    practice, papers = tmp_path / "practice", tmp_path / "papers"
    (papers / "data").mkdir(parents=True)
    (papers / "data" / "letter").write_text("of somebody", "utf-8")
    practice.mkdir()
    (practice / "library-card-kiosk.home").write_bytes(b"library-card-kiosk: practice\n")
    server = tmp_path / "server"
    server.mkdir()
    (server / "library-card-kiosk.home").write_bytes(b"library-card-kiosk: registry\n")
    (papers / "config.toml").write_text("[project]\n", "utf-8")
    for folder in (practice, server, papers):
        before = sorted(folder.rglob("*"))
        assert kiosk("erase", "--yes", "--home", str(folder)).code == 1
        assert sorted(folder.rglob("*")) == before
    assert kiosk("erase", "--yes", "--home", str(tmp_path / "default")).code == 0


def test_a_variable_names_no_counter_that_a_script_erases(
    furnished: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_HOME", str(furnished.folder))
    before = everything(furnished)
    assert main(["erase", "--yes", "--lose", "1"]) == 2
    assert words("erase.home-chosen", folder=str(furnished.folder)) in capsys.readouterr().err
    assert everything(furnished) == before


def test_a_home_of_an_earlier_version_says_whose_it_is_until_all_has_gone(kiosk: Call, furnished: Home) -> None:
    mark = furnished.folder / "library-card-kiosk.home"
    mark.unlink()
    keys = key_place_of(furnished, read_settings(furnished.config))
    erase_store(furnished, keys)
    erase_keys(keys)
    remove_files(furnished)  # killed here
    assert (kiosk("erase", "--yes").code, furnished.folder.exists()) == (0, False)


@pytest.mark.parametrize("is_away", [False, True])
def test_keys_that_are_recorded_for_another_folder_stay(kiosk: Call, furnished: Home, tmp_path: Path, is_away: bool) -> None:
    """Of a counter that was copied; where its disk was mounted, no store is seen just now."""
    keys, copy, away = key_place_of(furnished, read_settings(furnished.config)), tmp_path / "copy", tmp_path / "away"
    shutil.copytree(furnished.folder, copy)
    if is_away:
        furnished.folder.rename(away)
        furnished.folder.mkdir()
    kept = words("erase.keys-elsewhere", keys=keys.store.describe().place, first=str(furnished.data.resolve()))
    said = kiosk("--home", str(copy), "erase", "--yes")
    assert (said.code, kept in said.out, copy.exists()) == (1, True, True)
    said = kiosk("--home", str(copy), "erase", "--yes", "--lose", "unknown")
    assert (said.code, kept in said.out, copy.exists()) == (0, True, False), said.err
    if is_away:
        furnished.folder.rmdir()
        away.rename(furnished.folder)
    with open_repository(furnished, read_settings(furnished.config))[0] as store:
        assert store.count_links() == 1


def test_the_keys_of_a_renamed_counter_go_once_they_are_recorded_for_it(kiosk: Call, linked: Home, tmp_path: Path) -> None:
    keys, renamed = key_place_of(linked, read_settings(linked.config)).folder, str(tmp_path / "renamed")
    linked.folder.rename(renamed)
    assert kiosk("--home", renamed, "recovery", "moved").code == 0
    assert kiosk("--home", renamed, "erase", "--yes", "--lose", "1").code == 0
    assert not keys.exists()


def test_keys_whose_store_is_not_to_be_seen_are_lost_unless_somebody_says_so(kiosk: Call, furnished: Home, tmp_path: Path) -> None:
    """The disk with the whole home is away, and its keys are here: nothing is left to be counted."""
    away = tmp_path / "away"
    furnished.folder.rename(away)
    said = kiosk("erase", "--yes")
    assert (said.code, words("erase.lost-unknown") in said.out) == (1, True)
    away.rename(furnished.folder)
    with open_repository(furnished, read_settings(furnished.config))[0] as store:
        assert store.count_links() == 1


@pytest.fixture
def enrolled(kiosk: Call, home: Home, site: InProcess) -> Home:
    assert kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n").code == 0
    return home


def test_what_the_server_has_not_got_is_counted(kiosk: Call, enrolled: Home) -> None:
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        for number in range(2):
            store.save_link(
                UUID(int=number), LinkToken(bytes([number] * 32)), LibraryCardNumber(f"{number:010}"), revocation=Revocation.GOOD
            )
    said = kiosk("erase", "--yes")
    assert (said.code, words("erase.lost-unsent", count=2) in said.out, enrolled.has_store()) == (1, True, True)
    said = kiosk("erase", "--yes", "--lose", "2")
    assert (said.code, words("erase.server-untold", name=NAME) in said.out) == (0, True)


def test_the_server_is_told_where_it_lets_the_counter_go(kiosk: Call, enrolled: Home, site: InProcess) -> None:
    site.retire(NAME)
    said = kiosk("erase", "--yes")
    assert (said.code, words("erase.server-told", name=NAME) in said.out) == (0, True)
    assert site.registry.counters.named(NAME).state is CounterState.RETIRED


def test_otherwise_people_are_told_what_to_do_there(kiosk: Call, enrolled: Home, site: InProcess) -> None:
    secret = record(enrolled).secret
    said = kiosk("erase", "--yes")
    assert (said.code, words("erase.server-untold", name=NAME) in said.out) == (0, True)
    assert site.registry.counters.named(NAME).state is CounterState.ACTIVE
    assert secret not in said.out + said.err
