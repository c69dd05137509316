"""The memory of the program, which may hold a PIN, is written to no disk when it crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kiosk import log

PROGRAM = """
import os, sys
from kiosk.memory_dumps import forbid_memory_dumps
if sys.platform != "win32":
    import resource
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
forbid_memory_dumps()
print("asked", flush=True)
os.abort()
"""


def test_a_crash_leaves_no_memory(tmp_path: Path) -> None:
    """On Windows it is only seen that asking for it fails in no way."""
    environment = {**os.environ, "PYTHONPATH": str(Path(log.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, timeout=60, env=environment, check=False)
    assert done.stdout.split() == [b"asked"]
    assert done.returncode not in (0, 1)
    assert list(tmp_path.iterdir()) == []
