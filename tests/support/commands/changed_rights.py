"""Scenarios of `shared_computer`: permissions in the computer's place that somebody has changed, or left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import machine_folder
from tests.support.commands.accounts import GROUP, HANAKO, TARO, Told, apart, called, decide, link


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
        subprocess.run(["chmod", "-R", "o+rX", str(home.folder)], check=True, timeout=10)

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


SCENARIOS: dict[str, Callable[[], Told]] = {
    "slips-of-rights": slips,
}
