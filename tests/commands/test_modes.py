"""Files the program creates are private to its user whatever the umask, and doctor reports exceptions."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home

pytestmark = pytest.mark.linux("file modes")


def open_to_others(*folders: Path) -> list[str]:
    places = [place for folder in folders for place in (folder, *folder.rglob("*"))]
    return [f"{place} {stat.S_IMODE(place.stat().st_mode):04o}" for place in places if stat.S_IMODE(place.stat().st_mode) & 0o077]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777], ids="{:03o}".format)
def test_all_that_commands_make_is_for_their_user_alone(tmp_path: Path, umask: int) -> None:
    """In a process of its own, which inherits the umask: first start, log, keys, anchor, backup, cards, export, tour."""
    script = """
import os, sys
os.umask(int(sys.argv[1]))
from kiosk.__main__ import main
for command in (["config", "write"], ["recovery", "sheet"], ["recovery", "backup", sys.argv[3] + "/copies"],
                ["virtual-card", "--export-authority", sys.argv[3] + "/authority.cer"], ["links", "list"]):
    main(["--home", sys.argv[2], *command])
    if command == ["config", "write"]:
        open(sys.argv[2] + "/config.toml", "w").write('[card]\\nrevocation = "none"\\n[keys]\\nplace = "file"\\n')
"""
    home, given = tmp_path / "home", tmp_path / "given"
    given.mkdir(mode=0o700)
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "PYTHONPATH": os.getcwd(), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    command = [sys.executable, "-c", script, str(umask), str(home), str(given)]
    ran = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False)
    made = {place.name for folder in (home, given, tmp_path / "config") for place in folder.rglob("*")}
    assert {"kiosk.db", "authority.cer", "authority.key.pem", "copies"} <= made, ran.stderr
    assert {Path(name).suffix for name in made} >= {".json", ".anchor", ".keys"}
    keys = tmp_path / "config" / "library-card-kiosk" / "keys"
    assert open_to_others(home, given, keys) == []


def test_a_log_of_an_earlier_version_is_closed(kiosk: Any, home: Home) -> None:
    home.logs.mkdir(exist_ok=True)
    (home.logs / "commands.log").write_text("before")
    (home.logs / "commands.log").chmod(0o644)
    kiosk("config", "check")
    assert stat.S_IMODE((home.logs / "commands.log").stat().st_mode) == 0o600


def files_found(kiosk: Any) -> tuple[str, str]:
    (found,) = (check for check in json.loads(kiosk("doctor", "--json").out)["checks"] if check["check"] == "files")
    return found["outcome"], str(found["facts"].get("files", ""))


def test_doctor_names_what_others_can_read(kiosk: Any, linked: Home) -> None:
    linked.folder.chmod(0o711)
    assert files_found(kiosk)[0] == "files.closed"
    assert stat.S_IMODE((linked.logs / "commands.log").stat().st_mode) == 0o600
    for folder in (linked.data / "backups", linked.folder / "slips"):
        folder.mkdir(exist_ok=True)
        (folder / "old.txt").write_text("old")
        (folder / "old.txt").chmod(0o644)
        # Behind a folder that is shut nobody reads anything.
        folder.chmod(0o700)
        assert files_found(kiosk)[0] == "files.closed"
        folder.chmod(0o755)
        outcome, told = files_found(kiosk)
        assert (outcome, f"{folder} (0755)" in told, f"{folder / 'old.txt'} (0644)" in told) == ("files.open", True, True)
        folder.chmod(0o700)


@pytest.mark.parametrize("mode", [0o777, 0o757])
def test_doctor_says_the_same_of_an_open_trust_folder_as_the_counter(kiosk: Any, linked: Home, mode: int) -> None:
    """Also within a home that others cannot enter: its authorities are refused."""
    (linked.trust / "one.cer").write_bytes(b"")
    linked.trust.chmod(mode)
    refused = "書き込めます" in kiosk("trust", "list").out
    outcome, told = files_found(kiosk)
    assert refused is (outcome == "files.open")
    assert (f"{linked.trust} ({mode:04o})" in told) is refused
