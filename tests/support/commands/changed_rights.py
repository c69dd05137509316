"""Scenarios of `shared_computer`: permissions in the computer's place that somebody has changed, or left."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from tests.support.commands.accounts import GROUP, HANAKO, SOTO, TARO, Told, apart, begin_own, called, decide, finding, link, modes
from tests.support.wait import LIMIT


def _begun() -> Home:
    called(None, "setup", "--machine", "--group", GROUP)
    home = Home(machine_folder())
    decide(home)
    apart(HANAKO, lambda: link(1))
    return home


def slips() -> Told:
    """What members and root are told then; and once the administrator has done what they were told."""
    home = _begun()

    def open_to_all() -> None:
        subprocess.run(["chmod", "-R", "o+rX", str(home.folder)], check=True, timeout=LIMIT)

    def bring_config() -> None:
        """As one that a member kept elsewhere on this disk, and has put back."""
        kept = home.config.with_name("kept")

        def put_back() -> Told:
            kept.write_bytes(home.config.read_bytes())
            os.chown(kept, -1, os.getegid())
            kept.chmod(0o600)
            kept.rename(home.config)
            return {}

        apart(HANAKO, put_back)

    def shut(path: Path) -> Callable[[], None]:
        return lambda: path.chmod(0o600)

    slips: dict[str, Callable[[], None]] = {
        "open to all": open_to_all,
        "config of one member": bring_config,
        "config for all": lambda: home.config.chmod(0o666),
        "store shut": shut(home.store),
    }
    told: Told = {}
    for name, slip in slips.items():
        slip()
        # For hanako, whose files they are, root's commands find all in order.
        whose = (TARO, None) if name in ("open to all", "config for all") else (TARO,)
        said = [called(who, "links", "count") for who in whose]
        told[name] = {"said": said, "again": called(None, "setup", "--machine")[0], "then": called(TARO, "links", "count")[0]}
    return told


def lists() -> Told:
    """An access control list that names an account outside the group, and one for what will be made."""
    home = _begun()
    told: Told = {"before": finding(TARO, "files")["outcome"]}
    admits_soto = _list_of_soto()
    os.setxattr(home.store, "system.posix_acl_access", admits_soto)
    os.setxattr(home.data, "system.posix_acl_default", admits_soto)
    told["found"] = finding(TARO, "files")
    told["again"] = called(None, "setup", "--machine")
    told["after"] = finding(TARO, "files")["outcome"]
    own = begin_own(HANAKO)
    own.folder.chmod(0o711)
    os.setxattr(own.config, "system.posix_acl_access", admits_soto)
    told["own"] = finding(HANAKO, "files", "--home", str(own.folder))
    told["used"] = called(HANAKO, "--home", str(own.folder), "links", "count")
    return told


def _list_of_soto() -> bytes:
    entries = ((0x01, 6, -1), (0x02, 6, 54303), (0x04, 6, -1), (0x10, 6, -1), (0x20, 0, -1))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)


def stray_keys() -> Told:
    """Keys of an earlier store beside those of a counter that is given back."""
    own = begin_own(HANAKO)
    called(None, "setup", "--machine", "--group", GROUP, "--from", str(own.folder))
    keys = machine_keys_folder()
    stray = keys / "0123456789abcdef.machine"
    apart(TARO, lambda: {"written": stray.write_text("of an earlier store")})
    told: Told = {"back": called(None, "setup", "--account", HANAKO), "modes": list(modes(keys).values())}
    # As the version before left them.
    os.chown(keys, 0, 54300)
    keys.chmod(0o2770)
    told["found"] = finding(HANAKO, "files")
    told["again"] = called(None, "setup", "--account", HANAKO)
    told["closed"] = list(modes(keys).values())
    told["after"] = finding(HANAKO, "files")["outcome"]
    return told


def shut_folder() -> Told:
    """A folder that one member has shut to the others: what is in there was not looked at."""
    home = _begun()
    shut = home.data / "backups"

    def make() -> Told:
        shut.mkdir()
        (shut / "of-hanako").touch()
        shut.chmod(0o700)
        return {}

    apart(HANAKO, make)
    told: Told = {"found": finding(TARO, "files")}
    own = begin_own(SOTO)
    lists = Path("/var/lib/of-root")
    (lists / "crl").mkdir(parents=True)
    lists.chmod(0o700)
    own.config.write_text(own.config.read_text("utf-8").replace('# crl_folder = ""', f'crl_folder = "{lists}/crl"'), "utf-8")
    told["own"] = finding(SOTO, "files", "--home", str(own.folder))
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "slips-of-rights": slips,
    "lists": lists,
    "stray-keys": stray_keys,
    "shut-folder": shut_folder,
}
