"""A registration and a lending by the windows of the demo in a process of its own: on Windows, on a real screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT


@pytest.mark.timeout(150)
def test_a_registration_and_a_lending_are_walked_in_windows_that_have_fonts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.screens.short_tour", str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=140)
    assert told.returncode == 0, (told.stdout[-2000:] + told.stderr[-2000:]).decode(errors="replace")
    pictures = sorted(tmp_path.glob("*.png"))
    assert {"registered", "registered-printed", "undone"} <= {picture.stem.split("-", 1)[1].rpartition("-")[0] for picture in pictures}
    assert all(picture.stat().st_size > 5000 for picture in pictures)
    assert len(list(tmp_path.glob("slip-*.pdf"))) == 2
