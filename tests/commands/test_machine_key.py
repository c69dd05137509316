"""A counter whose keys belong to the computer, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.equipment import open_repository


@pytest.fixture
def machines(home: Home) -> Home:
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "machine"\nfolder = "../machine-keys"\n', encoding="utf-8")
    with open_repository(home, read_settings(home.config))[0]:
        return home


def found(kiosk: Any, check: str) -> Any:
    return next(row for row in json.loads(kiosk("doctor", "--json").out)["checks"] if row["check"] == check)


def test_doctor_says_where_they_are_and_what_protects_them(kiosk: Any, machines: Home) -> None:
    (file,) = machines.folder.parent.glob("machine-keys/*.machine")
    keys = found(kiosk, "keys")
    assert (keys["outcome"], Path(keys["facts"]["place"]).name) == ("keys.machine", file.name)
    assert "ディスクの暗号化だけが守ります" in keys["found"]
    disk = found(kiosk, "disk")
    if disk["outcome"] != "disk.encrypted":  # as the tests' own disk may be
        assert disk["outcome"] in ("disk.plain-machine", "disk.unknown-machine")
        assert "ディスクを持ち出した人に" in disk["found"]


def test_what_is_no_key_of_this_computer_is_told_and_left(kiosk: Any, machines: Home) -> None:
    (file,) = machines.folder.parent.glob("machine-keys/*.machine")
    file.write_bytes(b"of another computer")
    keys = found(kiosk, "keys")
    assert keys["outcome"] == "keys.wrong"
    assert kiosk("links", "count").code == 1
    assert file.read_bytes() == b"of another computer"
