"""Runs a script of tests.support as root, in a mount namespace of its own, as on a computer with accounts that is thrown away later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import ROOT


def found_by(script: str, what: str, tmp: Path, seconds: float = 120) -> Any:
    """What `tests.support.commands.<script>` prints of `what`."""
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-m", f"tests.support.commands.{script}"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    ran = subprocess.run(
        [*command, what, str(tmp)], cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False, env=environment
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
