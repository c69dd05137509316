"""A named pipe where a file is expected is reported, and never blocks the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.config import Home
from tests.support.wait import LIMIT

PLACES: dict[str, Callable[[Home, Path], Path]] = {
    "keys": lambda home, keys: next(file for file in keys.iterdir() if file.suffix != ".anchor"),
    "anchor": lambda home, keys: next(keys.glob("*.anchor")),
    "log": lambda home, keys: home.folder / "logs" / "commands.log",
}


def kiosk(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)


@pytest.mark.linux("named pipes")
@pytest.mark.parametrize("place", PLACES)
def test_no_command_waits_for_a_pipe(tmp_path: Path, place: str) -> None:
    keys = tmp_path / "keys"
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text(f'[card]\nrevocation = "none"\n[keys]\nplace = "file"\nfolder = "{keys}"\n', encoding="utf-8")
    home.config.chmod(0o600)
    assert kiosk(home.folder, "recovery", "sheet").returncode in (0, 1)
    file = PLACES[place](home, keys)
    file.unlink(missing_ok=True)
    os.mkfifo(file, 0o600)
    for arguments in (("links", "count"), ("audit", "verify")):
        done = kiosk(home.folder, *arguments)
        assert "Traceback" not in done.stderr
        assert done.returncode == (1 if place == "keys" else done.returncode)
