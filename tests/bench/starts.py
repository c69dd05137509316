"""How long the program takes to its first usable screen, and a bare window of the same Python, on whatever system.

Usage: python -m tests.bench.starts FOLDER. Prints one JSON object of figures. It needs a display; `tests.bench.run` provides one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support import ROOT

BARE_WINDOW = str(Path(__file__).with_name("bare_window.py"))
STARTS = 7
LIMIT = 120.0


def starts(folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """Medians of the seconds from the start of a process to our first usable screen, and to a bare window; measured in turn."""
    # What is installed has been compiled, whatever the shell says in which this runs.
    environment = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def taken(*arguments: str) -> float:
        began = time.monotonic()
        command = [sys.executable, *arguments]
        ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT)
        if ran.returncode != 0:
            raise RuntimeError(ran.stderr)
        return float(ran.stdout.splitlines()[-1]) - began

    ours, bare = [], []
    for _ in range(STARTS + 1):
        ours.append(taken("-m", "tests.bench.first_screen", str(folder)))
        bare.append(taken(BARE_WINDOW))
    # The first of each makes the files that all the others find.
    return statistics.median(ours[1:]), statistics.median(bare[1:])


def main() -> None:
    ours, bare = starts(Path(sys.argv[1]), os.environ)
    print(json.dumps({"ours": ours, "bare": bare}), flush=True)


if __name__ == "__main__":
    main()
