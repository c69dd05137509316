"""kiosk registry export: all links in one sealed file, and the program in the manual that reads it, as it stands there."""

from __future__ import annotations

import csv
import re
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code
from kiosk.ledger.database import ask
from kiosk.ledger.recovery_sheet import fingerprint, sheet, sheet_lines
from kiosk.text import plain, say
from tests.support import ROOT
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.server import enrolled

LINES = 30


@pytest.fixture
def library(library: Library, registry: Call, place: RegistryHome) -> Library:
    """With five links."""
    enrolled(registry, place, "中央1")
    library.link(1, 2, 3, 4, 5)
    return library


@pytest.fixture
def alone(registry: Call, begun: RegistryHome, tmp_path: Path) -> Library:
    return Library(tmp_path, begun)


def reader(folder: Path) -> Path:
    """The program of the manual."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/administrator/server.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    assert len([line for line in blocks[0].splitlines() if line]) <= LINES
    path = folder / "read_export.py"
    path.write_text(blocks[0], "utf-8")
    return path


def read(folder: Path, export: Path, by: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(reader(folder)), str(export), str(by)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, cwd=folder)


def exported(registry: Call, library: Library, folder: Path) -> Path:
    path = folder / "links.export"
    said = registry("export", str(path), "--sheet", str(library.sheet))
    assert (said.code, said.err) == (0, "")
    return path


def test_the_manuals_program_reads_every_link(registry: Call, library: Library, tmp_path: Path) -> None:
    path = exported(registry, library, tmp_path)
    ran = read(tmp_path, path, library.sheet)
    assert (ran.returncode, ran.stderr) == (0, "")
    machine = library.machine()
    links = {(bytes(row[0]).hex(), row[1], row[2]) for row in machine.rows()["link"]}
    assert machine.rows()["audit"][-1][4] == "exported"
    machine.close()
    rows = list(csv.reader(ran.stdout.splitlines()))
    assert {tuple(row) for row in rows} == links
    assert len(rows) == 5


@pytest.mark.linux("file modes")
def test_nothing_in_it_is_legible_and_nobody_else_may_open_it(registry: Call, library: Library, tmp_path: Path) -> None:
    path = exported(registry, library, tmp_path)
    content, machine = path.read_bytes(), library.machine()
    links = machine.rows()["link"]
    machine.close()
    assert len(links) == 5
    for token, number, *_ in links:
        assert not [part for part in (number.encode(), token, token.hex().encode(), b"links") if part in content]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".links*")) == []


def test_a_sheet_as_it_is_printed_is_asked_back(registry: Call, alone: Library, tmp_path: Path) -> None:
    said = registry("export", str(tmp_path / "a"), typed="x\n" * 6, at_keyboard=True)
    assert (said.code, say("command.registry.export.no-sheet") in said.err) == (1, True)
    said = registry("export", str(tmp_path / "a"))
    assert (said.code, said.err.strip()) == (2, say("command.registry.export.script"))
    assert not (tmp_path / "a").exists()


def test_a_wrong_sheet_is_named(registry: Call, alone: Library, tmp_path: Path) -> None:
    """By the command, and by the manual's program."""
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(sheet(bytes(32), datetime.now(JAPAN).date()), "utf-8")
    said = registry("export", str(tmp_path / "a"), "--sheet", str(wrong))
    names = {"found": fingerprint(bytes(32)), "wanted": fingerprint(alone.key)}
    assert (said.code, said.err.strip()) == (1, words("registry.export.other-sheet", **names))
    assert not (tmp_path / "a").exists()
    ran = read(tmp_path, exported(registry, alone, tmp_path), wrong)
    assert ran.returncode == 1
    assert fingerprint(alone.key) in ran.stderr
    mistyped = alone.sheet.read_text("utf-8").replace(sheet_lines(alone.key)[0], sheet_lines(bytes(32))[0])
    wrong.write_text(mistyped, "utf-8")
    assert plain(say(f"refusal.{Code.RECOVERY_MISMATCH}.staff")) in registry("export", str(tmp_path / "a"), "--sheet", str(wrong)).err
    assert "復旧シートを正しく読めません" in read(tmp_path, tmp_path / "links.export", wrong).stderr


@pytest.mark.parametrize("harm", ["cut off", "changed", "added to"])
def test_a_damaged_file_gives_nothing(registry: Call, alone: Library, tmp_path: Path, harm: str) -> None:
    path = exported(registry, alone, tmp_path)
    content = bytearray(path.read_bytes())
    if harm == "cut off":
        length = int.from_bytes(content[59:63], "big")
        content = content[: 63 + length]
    elif harm == "changed":
        content[-1] ^= 1
    else:
        content += content[59:]
    path.write_bytes(content)
    ran = read(tmp_path, path, alone.sheet)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "壊れている" in ran.stderr


def test_nothing_of_another_is_deleted(registry: Call, alone: Library, tmp_path: Path) -> None:
    (tmp_path / ".links.export.new").write_text("somebody's", "utf-8")
    exported(registry, alone, tmp_path)
    assert (tmp_path / ".links.export.new").read_text("utf-8") == "somebody's"


def test_a_ledger_that_was_altered_is_said_to_be(registry: Call, library: Library, tmp_path: Path) -> None:
    """It is exported all the same: the library needs what is left."""
    machine = library.machine()
    with machine.database.writing() as database:
        ask(database, "DELETE FROM link WHERE number = (SELECT min(number) FROM link)")
    machine.close()
    said = registry("export", str(tmp_path / "a"), "--sheet", str(library.sheet))
    assert (said.code, said.err.strip()) == (1, words("registry.export.altered", count=4, head=5))
    assert (tmp_path / "a").exists()


def test_a_file_that_is_there_is_left(registry: Call, alone: Library, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("somebody's", "utf-8")
    said = registry("export", str(path), "--sheet", str(alone.sheet))
    assert (said.code, said.err.strip()) == (1, words("registry.export.file-there", file=str(path)))
    assert path.read_text("utf-8") == "somebody's"
    said = registry("export", str(tmp_path / "nowhere" / "a"), "--sheet", str(alone.sheet))
    assert (said.code, words("why.file.missing") in said.err) == (1, True)
