"""Run by test_setup_mistakes.py as root, in a mount namespace of its own: what an administrator gets wrong with `kiosk setup`, and is told.
Prints what was found as JSON. Nothing outside the folder given is changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import has_machine_home, machine_folder
from tests.support.commands.accounts import GROUP, HANAKO, Told, called, decide, finding, furnish


def empty_group() -> Told:
    """A start-up script with a variable that is not set."""
    told: Told = {"new": called(None, "setup", "--machine", "--group", "")}
    told["dry"] = called(None, "setup", "--dry-run")
    told["left"] = [path.name for path in Path("/var/lib").iterdir()]
    return told


def unused() -> Told:
    """A place that was made by mistake, as it was made, and with settings in it."""
    told: Told = {}
    for decided in (False, True):
        called(None, "setup", "--machine", "--group", GROUP)
        called(HANAKO, "doctor")
        if decided:
            decide(Home(machine_folder()))
        told[f"dry-{decided}"] = called(None, "setup", "--account", HANAKO, "--dry-run")
        told[f"still-{decided}"] = has_machine_home()
        told[f"removed-{decided}"] = called(None, "setup", "--account", HANAKO)
        told[f"left-{decided}"] = sorted(path.name for path in Path("/var/lib").iterdir())
    told["config"] = 'revocation = "none"' in Path("/var/lib/library-card-kiosk-unused-1/config.toml").read_text("utf-8")
    told["home"] = finding(HANAKO, "home")["outcome"]
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "empty-group": empty_group,
    "unused": unused,
}


if __name__ == "__main__":
    furnish(Path(sys.argv[2]))
    found = SCENARIOS[sys.argv[1]]()
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
