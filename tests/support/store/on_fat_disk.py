"""Run by test_other_disks.py as root of its own mount namespace: mounts another kind of disk and works on it by command line.

`vfat` is the kernel's own, `exfat` an image served by FUSE; "refusing" is an ordinary folder in which refuse_like_fat.c refuses what FAT
refuses.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from kiosk.__main__ import main
from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import open_repository
from tests.support.wait import LIMIT

CONFIG = '[card]\nrevocation = "none"\n[keys]\nplace = "file"\n'
SIZE = 8 * 1024 * 1024


@contextlib.contextmanager
def mounted(kind: str, folder: Path, *, read_only: bool = False) -> Iterator[Path]:
    """A disk of that kind, mounted within the context."""
    place = folder / "disk"
    place.mkdir(exist_ok=True)
    if kind == "refusing":
        yield place
        return
    image = folder / f"{kind}.img"
    if not image.exists():
        with image.open("wb") as file:
            file.truncate(SIZE)
        run(f"mkfs.{kind}", str(image))
    how = "ro" if read_only else "rw"
    with contextlib.ExitStack() as stack:
        device = run("losetup", "--find", "--show", str(image)).strip()
        stack.callback(run, "losetup", "--detach", device)
        # As desktops mount a stick: open to all.
        if kind == "exfat":
            run("mount.exfat-fuse", "-o", how, device, str(place))
        else:
            run("mount", "-t", "vfat", "-o", how, device, str(place))
        stack.callback(run, "umount", str(place))
        yield place


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout


def called(home: Home, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["--home", str(home.folder), *arguments])
    return code, out.getvalue(), err.getvalue()


def counter(folder: Path, keys: Path) -> Home:
    os.environ["XDG_CONFIG_HOME"] = str(keys)
    home = Home(folder)
    home.prepare()
    home.config.write_text(CONFIG, encoding="utf-8")
    return home


def linked(folder: Path) -> Home:
    home = counter(folder / "home", folder / "keys")
    with open_repository(home, read_settings(home.config))[0] as repository:
        repository.save_link(uuid.uuid4(), LinkToken(bytes(32)), LibraryCardNumber("2104067853"), revocation=Revocation.GOOD)
    return home


def backed_up(kind: str, folder: Path) -> dict[str, object]:
    """Back up onto the disk, and restore from there on an empty machine."""
    home = linked(folder)
    sheet = folder / "sheet.txt"
    sheet.write_text(called(home, "recovery", "sheet")[1], encoding="utf-8")
    with mounted(kind, folder) as disk:
        backup = called(home, "recovery", "backup", str(disk / "控え"))
        second = called(home, "recovery", "backup", str(disk / "控え"))
    with mounted(kind, folder) as disk:
        names = sorted(re.sub(r"\d{8}-\d{6}", "TIME", file.name) for file in (disk / "控え").iterdir())
        (copy, *_) = sorted((disk / "控え").glob("*.db"))
        other = counter(folder / "other", folder / "other-keys")
        restored = called(other, "recovery", "restore", "--sheet", str(sheet), "--backup", str(copy))
    return {"backup": backup, "second": second, "names": names, "restored": restored, "count": called(other, "links", "count")}


def full(kind: str, folder: Path) -> dict[str, object]:
    home = linked(folder)
    with mounted(kind, folder) as disk:
        with contextlib.suppress(OSError), (disk / "ballast").open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        backup = called(home, "recovery", "backup", str(disk))
        left = sorted(file.name for file in disk.iterdir())
        return {"backup": backup, "left": left, "count": called(home, "links", "count")}


def read_only(kind: str, folder: Path) -> dict[str, object]:
    home = linked(folder)
    with mounted(kind, folder):
        pass
    with mounted(kind, folder, read_only=True) as disk:
        return {"backup": called(home, "recovery", "backup", str(disk)), "count": called(home, "links", "count")}


def as_home(kind: str, folder: Path) -> dict[str, object]:
    """A whole counter on such a disk."""
    with mounted(kind, folder) as disk:
        home = counter(disk / "home", folder / "keys")
        sheet = called(home, "recovery", "sheet")
        left = sorted(file.name for file in home.data.iterdir())
        return {"sheet": (sheet[0], sheet[2]), "left": left, "mode": oct((home.config.stat().st_mode) & 0o777)}


def keys_there(kind: str, folder: Path) -> dict[str, object]:
    """The keys on a stick that everybody can read."""
    with mounted(kind, folder) as disk:
        home = counter(folder / "home", disk / "keys")
        sheet = called(home, "recovery", "sheet")
        left = sorted(str(file.relative_to(disk)) for file in (disk / "keys").rglob("*") if file.is_file())
        return {"sheet": (sheet[0], sheet[2]), "left": left}


if __name__ == "__main__":
    work = {"backed-up": backed_up, "full": full, "read-only": read_only, "as-home": as_home, "keys-there": keys_there}[sys.argv[1]]
    sys.stdout.write(json.dumps(work(sys.argv[2], Path(sys.argv[3]))))
