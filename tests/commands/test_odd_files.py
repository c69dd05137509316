"""Anything but a regular file, wherever one is read, is reported as such at once, without blocking on it or reading it to its end."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.equipment import key_place_of
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.text import say
from tests.support.cards.revocation_lists import Issuer


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


def huge(path: Path) -> None:
    """As long as a disk, and holding nothing."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


WHY: dict[Callable[[Path], None], str] = {
    pipe: say("command.why.file.not-a-file"),
    endless: say("command.why.file.not-a-file"),
    folder: say("command.why.file.folder"),
    huge: say("command.why.file.oversized"),
}
PIPE = pytest.param(pipe, id="pipe", marks=pytest.mark.linux("named pipes"))
ENDLESS = pytest.param(endless, id="endless", marks=pytest.mark.linux("devices as files"))
FOLDER, HUGE = pytest.param(folder, id="folder"), pytest.param(huge, id="huge")
odd = pytest.mark.parametrize("odd", [PIPE, ENDLESS, FOLDER, HUGE])


def put(make: Callable[[Path], None], path: Path) -> Path:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    make(path)
    return path


@odd
def test_among_the_authorities_each_is_listed_with_its_reason(kiosk: Any, home: Home, odd: Callable[[Path], None]) -> None:
    name = f"{'ab' * 32}.cer"
    put(odd, home.trust / name)
    said = kiosk("trust", "list")
    assert said.code == 1
    assert f"{name}\n  この証明書は使えません。{WHY[odd]}\n" in said.out
    assert WHY[odd] in kiosk("doctor").out


@pytest.mark.linux("symbolic links")
def test_among_the_authorities_a_link_that_leads_nowhere_is_listed(kiosk: Any, home: Home) -> None:
    (home.trust / "gone.cer").symlink_to("/nowhere/at/all")
    said = kiosk("trust", "list")
    assert (said.code, say("command.why.file.leads-nowhere") in said.out) == (1, True)


@pytest.mark.linux("named pipes")
def test_among_the_revocation_lists_each_is_named_and_the_others_serve(kiosk: Any, home: Home, authority: VirtualAuthority) -> None:
    home.config.write_text('[card]\nrevocation = "crl"\ncrl_max_age = "unlimited"\n', encoding="utf-8")
    (home.trust / f"{hashlib.sha256(authority.der).hexdigest()}.cer").write_bytes(authority.der)
    (home.crl / "good.crl").write_bytes(Issuer(authority).list(1, 2, number=7))
    for make in (pipe, endless, huge):
        make(home.crl / f"{make.__name__}.crl")
    (home.crl / "nowhere.crl").symlink_to("/nowhere/at/all")
    (home.crl / "put away").mkdir()
    said = kiosk("trust", "list")
    assert said.code == 1
    assert "番号2件" in said.out
    for name in ("pipe", "endless", "nowhere"):
        assert f"{name}.crl\n  {say('command.list.not-a-file')}\n" in said.out
    assert f"huge.crl\n  {say('command.list.too-large')}\n" in said.out
    assert not any(name in said.out for name in ("good.crl", "put away"))


@odd
def test_as_the_config_it_is_unreadable(kiosk: Any, home: Home, odd: Callable[[Path], None]) -> None:
    put(odd, home.config)
    said = kiosk("links", "count")
    assert (said.code, WHY[odd] in said.err) == (2, True)


@odd
def test_as_the_keys_they_are_unreadable(kiosk: Any, linked: Home, odd: Callable[[Path], None]) -> None:
    put(odd, Path(key_place_of(linked, read_settings(linked.config)).store.describe().place))
    said = kiosk("links", "count")
    assert said.code == 1
    assert odd is endless or WHY[odd] in said.err  # the device is another user's, or open to all


@odd
def test_as_the_anchor_the_store_is_doubted(kiosk: Any, linked: Home, odd: Callable[[Path], None]) -> None:
    put(odd, key_place_of(linked, read_settings(linked.config)).anchor_path)
    said = kiosk("links", "count")
    assert (said.code, say("refusal.store-unanchored.staff") in said.err) == (1, True)


@odd
@pytest.mark.parametrize(
    "command",
    [["trust", "add"], ["recovery", "restore", "--sheet"], ["recovery", "restore", "--backup"]],
    ids=" ".join,
)
def test_named_on_the_command_line_it_is_said(
    kiosk: Any, home: Home, tmp_path: Path, odd: Callable[[Path], None], command: list[str]
) -> None:
    place = put(odd, tmp_path / "odd")
    said = kiosk(*command, str(place))
    assert said.code == 1
    if odd is huge and command[-1] == "--backup":
        return  # a backup may be of any length: it is the sheet that is asked for
    assert WHY[odd] in said.err
    assert str(place) in said.err


@pytest.mark.parametrize("odd", [PIPE, ENDLESS, FOLDER])
def test_nothing_is_written_to_it(kiosk: Any, tmp_path: Path, odd: Callable[[Path], None]) -> None:
    place = put(odd, tmp_path / "odd")
    said = kiosk("virtual-card", "--export-authority", str(place))
    assert (said.code, WHY[odd] in said.err, str(place) in said.err) == (1, True, True)


@odd
def test_beside_a_backup_its_keys_are_unreadable(
    kiosk: Any, linked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: Callable[[Path], None]
) -> None:
    sheet = tmp_path / "sheet.txt"
    sheet.write_text(kiosk("recovery", "sheet").out, encoding="utf-8")
    assert kiosk("recovery", "backup", str(tmp_path / "copies")).code == 0
    (copy,) = (tmp_path / "copies").glob("*.db")
    put(odd, copy.with_suffix(".keys"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "elsewhere"))
    assert kiosk("--home", str(tmp_path / "other"), "config", "write").code == 0
    Home(tmp_path / "other").config.write_bytes(linked.config.read_bytes())
    said = kiosk("--home", str(tmp_path / "other"), "recovery", "restore", "--sheet", str(sheet), "--backup", str(copy))
    assert (said.code, WHY[odd] in said.err, str(copy.with_suffix(".keys")) in said.err) == (1, True, True)


@pytest.mark.parametrize("odd", [PIPE, ENDLESS, FOLDER])
def test_as_the_log_it_keeps_nothing_and_that_is_said(kiosk: Any, home: Home, odd: Callable[[Path], None]) -> None:
    home.logs.mkdir(exist_ok=True)
    put(odd, home.logs / "commands.log")
    said = kiosk("config", "check")
    assert (said.code, WHY[odd] in said.err) == (0, True)
