"""Run by test_setup_mistakes.py as root, in a mount namespace of its own: what an administrator gets wrong with `kiosk setup`, and is told.
Prints what was found as JSON. Nothing outside the folder given is changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.commands.accounts import Told, called, furnish


def empty_group() -> Told:
    """A start-up script with a variable that is not set."""
    told: Told = {"new": called(None, "setup", "--machine", "--group", "")}
    told["dry"] = called(None, "setup", "--dry-run")
    told["left"] = [path.name for path in Path("/var/lib").iterdir()]
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "empty-group": empty_group,
}


if __name__ == "__main__":
    furnish(Path(sys.argv[2]))
    found = SCENARIOS[sys.argv[1]]()
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
