"""kiosk erase leaves what this program has not made, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.equipment import key_place_of
from tests.support.commands.call import Call

OTHERS = ("data/x", "data/backups/last", "logs/y", "demo/z", "slips/letter.pdf", "crl/list.crl", "trust/ca.cer", "virtual-cards/q/r")


def lay(folder: Path) -> set[Path]:
    for name in OTHERS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("of somebody", "utf-8")
    return {folder / name for name in OTHERS}


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("looked", [("doctor",), ("config", "write")])
def test_a_folder_that_was_only_looked_at_keeps_its_files(kiosk: Call, home: Home, tmp_path: Path, looked: tuple[str, ...]) -> None:
    folder = tmp_path / "srv"
    others = lay(folder)
    kiosk("--home", str(folder), *looked)
    assert files(folder) > others
    assert kiosk("--home", str(folder), "erase", "--yes").code == 0
    assert files(folder) == others


def test_a_counter_leaves_the_files_of_others_in_its_folders(kiosk: Call, linked: Home) -> None:
    others = lay(linked.folder)
    said = kiosk("erase", "--yes", "--lose", "1")
    assert (said.code, files(linked.folder)) == (0, others), said.err
    left = ", ".join(str(linked.folder / name) for name in sorted({Path(name).parts[0] for name in OTHERS}))
    assert words("erase.left", places=left) in said.out


def test_an_empty_folder_is_not_removed(kiosk: Call, home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    said = kiosk("--home", str(folder), "erase")
    assert (said.code, said.out.strip(), folder.is_dir()) == (0, words("erase.none", folder=str(folder)), True)


def test_a_folder_of_the_keys_names_does_not_stop_it(kiosk: Call, linked: Home) -> None:
    keys = key_place_of(linked, read_settings(linked.config))
    (keys.folder / f"{keys.name}.zzz" / "inside").mkdir(parents=True)
    (linked.data / "kiosk.db.set-aside-1").mkdir()
    said = kiosk("erase", "--yes", "--lose", "1")
    assert (said.code, keys.folder.exists()) == (0, False), said.err
    assert words("erase.left", places=str(linked.data)) in said.out


@pytest.mark.linux("links")
def test_a_linked_folder_is_named_and_its_link_goes(kiosk: Call, linked: Home, tmp_path: Path) -> None:
    elsewhere, slips = tmp_path / "elsewhere", linked.folder / "slips"
    elsewhere.mkdir()
    slip = elsewhere / "slip-20261129-101500.pdf"
    slip.write_bytes(b"of a patron")
    slips.symlink_to(elsewhere)
    said = kiosk("erase", "--yes", "--lose", "1")
    assert (said.code, slip.exists(), linked.folder.exists()) == (0, True, False), said.err
    assert words("erase.outside", places=str(elsewhere)) in said.out
