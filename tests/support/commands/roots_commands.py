"""Scenarios of `shared_computer`: root's commands where another account says what lies there."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.acting_account import account_named
from tests.support.commands.accounts import HANAKO, Told, apart, begin_own, called, opens, own_home

_ROOTS = Path("/var/lib/of-root")


def _furnish() -> None:
    _ROOTS.mkdir(mode=0o755, exist_ok=True)
    (_ROOTS / "service.log").write_text("of a service")
    (_ROOTS / "service.log").chmod(0o644)


def _harmed() -> list[str]:
    """What is not in root's folder as it was."""
    found = {path.name: f"{path.stat().st_mode & 0o777:04o}" for path in _ROOTS.iterdir()}
    return [f"{name} {mode}" for name, mode in sorted(found.items()) if (name, mode) != ("service.log", "0644")]


def root_at_anothers_home() -> Told:
    """Root names a home of an account that lets its folders lead to root's; or the account's HOME was handed on to root."""
    _furnish()
    own = begin_own(HANAKO)
    told: Told = {}
    folders = {own.folder / name: own.folder / f"{name}-aside" for name in ("logs", "trust", "data")}

    def lay() -> Told:
        for place, aside in folders.items():
            place.mkdir(exist_ok=True)
            place.rename(aside)
            place.symlink_to(_ROOTS)
        return {}

    def take_back() -> Told:
        for place, aside in folders.items():
            place.unlink()
            aside.rename(place)
        return {}

    apart(HANAKO, lay)
    told["named"] = [called(None, "--home", str(own.folder), *command) for command in (("doctor",), ("config", "check"))]
    before = os.environ["HOME"]
    os.environ["HOME"] = str(account_named(HANAKO).folder)  # type: ignore[union-attr]
    told["inherited"] = [called(None, "links", "count")]
    os.environ["HOME"] = before
    apart(HANAKO, take_back)
    return {"told": told, "harmed": _harmed(), "links": opens(HANAKO, own)}


def root_begins_in_anothers_folder() -> Told:
    """What is begun for the first time, counter and server, where another account lets a folder lead to root's."""
    _furnish()
    own = own_home(HANAKO)

    def lay() -> Told:
        (own.folder.parents[2] / ".local").symlink_to(_ROOTS)
        return {}

    apart(HANAKO, lay)
    place = str(own.folder)
    told = [called(None, "config", "write", "--home", place), called(None, "registry", "init", "--home", f"{place}-server")]
    shared = _ROOTS.with_name("shared")
    shared.mkdir()
    os.chown(shared, 0, 54300)
    shared.chmod(0o775)
    told.append(called(None, "config", "write", "--home", str(shared / "counter")))
    # Root's by owner and group; acl(5) lets an account write.
    listed = _ROOTS.with_name("listed")
    listed.mkdir(mode=0o755)
    entries = ((0x01, 7, -1), (0x02, 7, account_named(HANAKO).number), (0x04, 5, -1), (0x10, 7, -1), (0x20, 5, -1))  # type: ignore[union-attr]
    os.setxattr(listed, "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries))
    told.append(called(None, "config", "write", "--home", str(listed / "counter")))
    return {"told": told, "harmed": _harmed(), "made": [path.name for place in (shared, listed) for path in place.iterdir()]}


def root_at_its_own_home() -> Told:
    """What only root may change is root's to use, also through a link of its own."""
    disk = Path("/var/lib/disk")
    disk.mkdir()
    Path("/var/lib/link").symlink_to(disk)
    code, _ = called(None, "config", "write", "--home", "/var/lib/link/counter")
    called(None, "config", "check", "--home", "/var/lib/link/counter")
    return {"code": code, "made": Home(disk / "counter").config.exists(), "log": Home(disk / "counter").logs.exists()}


SCENARIOS: dict[str, Callable[[], Told]] = {
    "root-at-anothers-home": root_at_anothers_home,
    "root-begins-in-anothers-folder": root_begins_in_anothers_folder,
    "root-at-its-own-home": root_at_its_own_home,
}
