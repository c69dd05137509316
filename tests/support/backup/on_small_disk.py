"""Run by test_small_disk.py as root of its own namespace: `python -m tests.support.backup.on_small_disk backup|restore|read-only FOLDER`.

Mounts a small tmpfs, and prints as JSON what a server's commands say and leave behind there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from kiosk.__main__ import main
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import RegistrySettings
from kiosk.registry.opening import open_registry
from tests.support.backup.server_machine import ServerMachine
from tests.support.wait import LIMIT

LINKS = 3000


def mount(disk: Path, options: str) -> None:
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True, timeout=LIMIT)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True, timeout=LIMIT)


def begun(folder: Path) -> RegistryHome:
    home = RegistryHome(folder)
    home.prepare()
    registry = open_registry(home, RegistrySettings(), begins=True)
    machine = ServerMachine(home.folder, f"sqlite:///{home.database}", registry.site_key.key, registry.site_key.library)
    machine.fill(range(LINKS))
    machine.close()
    registry.close()
    return home


def run(home: RegistryHome, *arguments: str) -> tuple[int, str]:
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as told:
        code = main(["--home", str(home.folder), "registry", *arguments])
    return code, told.getvalue()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def is_whole(home: RegistryHome) -> bool:
    registry = open_registry(home, RegistrySettings())
    try:
        return not registry.ledger.verify().findings and registry.ledger.head().count == LINKS
    finally:
        registry.close()


def backup(folder: Path) -> dict[str, object]:
    home, disk = begun(folder / "home"), folder / "disk"
    mount(disk, "size=100k")
    full = run(home, "backup", str(disk))
    left = names(disk)
    remount(disk, "size=20m")
    return {"full": full, "left": left, "then": run(home, "backup", str(disk))[0], "count": len(names(disk)), "whole": is_whole(home)}


def restore(folder: Path) -> dict[str, object]:
    """Over a ledger whose disk has no room for the transaction, then on an empty one."""
    first, disk = begun(folder / "first"), folder / "disk"
    run(first, "backup", str(folder / "stick"))
    (made,) = (folder / "stick").iterdir()
    key = (first.folder / "keys" / "site-key.json").read_bytes()
    mount(disk, "size=1500k")
    empty = RegistryHome(disk / "home")
    empty.prepare()
    (disk / "home" / "keys").mkdir(mode=0o700)
    (disk / "home" / "keys" / "site-key.json").write_bytes(key)
    # Enough for tables and keys, too little for rows and log.
    remount(disk, "size=700k")
    full = run(empty, "restore", str(made))
    remount(disk, "size=20m")
    again = run(empty, "restore", str(made))[0]
    whole = is_whole(empty)
    remount(disk, f"size={used(disk) // 1024 + 64}k")
    over = run(empty, "restore", str(made), "--replace")
    still = is_whole(empty)
    return {"full": full, "again": again, "whole": whole, "over": over, "still": still}


def used(disk: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in disk.rglob("*"))


def read_only(folder: Path) -> dict[str, object]:
    home, disk = begun(folder / "home"), folder / "disk"
    mount(disk, "size=10m")
    run(home, "backup", str(disk))
    (made,) = disk.iterdir()
    remount(disk, "ro")
    refused = run(home, "backup", str(disk))
    verified = run(home, "verify", str(made))[0]
    return {"refused": refused, "verified": verified, "restored": run(home, "restore", str(made), "--replace")[0], "whole": is_whole(home)}


TRIED: dict[str, Callable[[Path], dict[str, object]]] = {"backup": backup, "restore": restore, "read-only": read_only}

if __name__ == "__main__":
    print(json.dumps(TRIED[sys.argv[1]](Path(sys.argv[2])), ensure_ascii=False))  # noqa: T201 - read by the test
