"""A registration and a lending by the windows of the demo in a process of its own: on Windows, on a real screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.demo.browser_picture import PROGRAMS
from kiosk.text import plain, say
from tests.support import ROOT


@pytest.mark.timeout(150)
def test_a_registration_and_a_lending_are_walked_in_windows_that_have_fonts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.screens.short_tour", str(tmp_path)]
    # Not in the test's own folder: a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="tour-") as aside:
        environment = {**os.environ, "TMPDIR": aside, "PYTHONIOENCODING": "utf-8"}
        told = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, encoding="utf-8", timeout=140)
        assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
        assert left_of_browser(aside) == []
    pictures = sorted(tmp_path.glob("*.png"))
    shown = {picture.stem.split("-", 1)[1].rpartition("-")[0] for picture in pictures}
    assert {"registered", "registered-printed", "undone"} <= shown
    assert all(picture.stat().st_size > 5000 for picture in pictures)
    assert len(list(tmp_path.glob("slip-*.pdf"))) == 2

    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    of_browser = list(tmp_path.glob("*-browser.png"))
    if missing:
        assert of_browser == []
        assert plain(say("demo.tour.browser-missing", programs=", ".join(missing))) in told.stdout
    else:
        [picture] = of_browser
        assert picture.name in told.stdout
        assert QImage(str(picture)).size() == QImage(str(pictures[0])).size()


def left_of_browser(folder: str) -> list[str]:
    """Files and processes that are still there."""
    left = [path.name for path in Path(folder).glob("kiosk-browser-*")]
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"HOME={folder}".encode() in (process / "environ").read_bytes():
                left.append((process / "cmdline").read_text())
    return left
