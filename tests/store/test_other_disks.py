"""Backups on FAT and exFAT sticks, which have neither hard links nor permissions and partly cannot sync folders."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.errors import Code
from kiosk.text import plain, say
from tests.support import SUPPORT

pytestmark = pytest.mark.linux("LD_PRELOAD")

PROGRAM = SUPPORT / "store" / "on_fat_disk.py"
LIMIT = 50
KINDS = ("exfat", "vfat")
ANSWERS = ("EPERM", "EINVAL", "ENOSYS", "EOPNOTSUPP")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("shim") / "refuse_like_fat.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(PROGRAM.with_name("refuse_like_fat.c")), "-ldl"],
        check=True,
        timeout=30,
    )
    return library


def on(kind: str, what: str, folder: Path, **environment: str) -> Any:
    """What on_fat_disk.py saw, in a mount space of its own."""
    places = {"PYTHONPATH": os.getcwd(), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    command = [sys.executable, str(PROGRAM), what, kind, str(folder)]
    if kind != "refusing":
        if os.geteuid() != 0 or not shutil.which(f"mkfs.{kind}"):
            pytest.skip("only root mounts an image of a stick")
        if kind == "vfat" and "vfat" not in Path("/proc/filesystems").read_text():
            pytest.skip("this kernel has no vfat")
        command = ["unshare", "--mount", *command]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False, env={**os.environ, **places, **environment})
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def refusing(what: str, folder: Path, shim: Path, answer: str) -> Any:
    return on("refusing", what, folder, LD_PRELOAD=str(shim), FAT_AT=str(folder / "disk"), FAT_ERRNO=str(getattr(errno, answer)))


def comes_back(seen: Any) -> None:
    # What was brought back elsewhere is to be confirmed, and whoever counts is told so.
    assert [seen[step][0] for step in ("backup", "second", "restored", "count")] == [0, 0, 0, 1], seen
    of_one_second = ["kiosk-TIME-2.db", "kiosk-TIME-2.keys", "kiosk-TIME.db", "kiosk-TIME.keys"]
    assert seen["names"] in (of_one_second, ["kiosk-TIME.db", "kiosk-TIME.db", "kiosk-TIME.keys", "kiosk-TIME.keys"])
    assert "1件" in seen["count"][1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_on_a_stick_comes_back(kind: str, tmp_path: Path) -> None:
    comes_back(on(kind, "backed-up", tmp_path))


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_backup_comes_back_from_where_much_is_refused(answer: str, tmp_path: Path, shim: Path) -> None:
    comes_back(refusing("backed-up", tmp_path, shim, answer))


@pytest.mark.parametrize(("what", "reason"), [("full", "full"), ("read-only", "read-only")])
@pytest.mark.parametrize("kind", KINDS)
def test_where_no_backup_can_be_made_the_reason_is_the_sticks(kind: str, what: str, reason: str, tmp_path: Path) -> None:
    seen = on(kind, what, tmp_path)
    code, out, err = seen["backup"]
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        plain(say(f"refusal.{Code.BACKUP_FAILED}.staff")),
        say(f"command.why.file.{reason}"),
        say("command.place", place=str(tmp_path / "disk")),
        plain(say(f"refusal.{Code.BACKUP_FAILED}.staff-next")),
    ]
    assert seen.get("left", ["ballast"]) == ["ballast"]
    assert "1件" in seen["count"][1]


@pytest.mark.parametrize("what", ["as-home", "keys-there"])
def test_on_a_disk_open_to_all_neither_store_nor_keys_are_begun(what: str, tmp_path: Path, shim: Path) -> None:
    seen = refusing(what, tmp_path, shim, "EPERM")
    code, err = seen["sheet"]
    assert code == 1
    assert plain(say(f"refusal.{Code.STORE_UNPROTECTED}.staff")) in err
    assert str(tmp_path / "disk") in err
    assert seen["left"] == []
