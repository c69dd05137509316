"""The pictures of windows that pages show (docs/pictures): made by the tour of the demo, and kept, since the tour takes a minute.

Those of the practice course, `course-…`, are made by `tools.site.course_pictures`.

Each carries the names of what it shows, by which a test finds that the windows say something else by now.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from PySide6.QtGui import QImage

from kiosk.demo.tour_driver import SHOWN
from tools.installer.requirements import ROOT

KEPT = ROOT / "docs" / "pictures"
COLOURS = 64
"""Of a picture: windows have few."""
_NAMED = re.compile(r"pictures/([a-z-]+)\.png")
_SCREEN = {"name": "counter", "x": 0, "y": 0, "width": 1280, "height": 800, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
_CHANGING = re.compile(r"\([月火水木金土日]\)|[0-9]+")
_STATUS = re.compile(r"(連携台帳|図書館システム|カードリーダー): |同期")
"""At the foot of the window, at any time."""


def tour(folder: Path) -> subprocess.CompletedProcess[str]:
    """The demo shows all it can, on a display of the size that pictures have; they lie in the folder afterwards."""
    return _shown(["kiosk", "demo", "--tour"], folder)


def course(folder: Path) -> subprocess.CompletedProcess[str]:
    """The same of the practice course."""
    return _shown(["tools.site.course_pictures"], folder)


def _shown(program: list[str], folder: Path, limit: float = 280) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as aside:
        screens = Path(aside) / "screens.json"
        screens.write_text(json.dumps({"synchronousWindowSystemEvents": False, "screens": [_SCREEN]}), encoding="utf-8")
        environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={screens}", "TZ": "Asia/Tokyo"}
        command = [sys.executable, "-m", *program, str(folder)]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=limit)


def shown_in_pages() -> set[str]:
    """The names of pictures that pages show."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {name for page in pages for name in _NAMED.findall(page.read_text("utf-8"))}


def is_of_course(name: str) -> bool:
    return name.startswith("course-")


def drawn(folder: Path) -> dict[str, Path]:
    """The tour's pictures by their names: the first of each."""
    return {picture.stem.partition("-")[2]: picture for picture in sorted(folder.glob("*-*.png"), reverse=True)}


def words(picture: Path) -> set[str]:
    """What it shows, without what differs from day to day."""
    lines = QImage(str(picture)).text(SHOWN).splitlines()
    return {_CHANGING.sub("0", line) for line in lines if not _STATUS.search(line)}


def words_kept(name: str) -> set[str]:
    return words(KEPT / f"{name}.png")


def keep(picture: Path, name: str) -> None:
    """Beside the pages, small."""
    whole = QImage(str(picture))
    colours = Counter(whole.pixel(x, y) for x in range(0, whole.width(), 2) for y in range(0, whole.height(), 2))
    table = [colour for colour, _ in colours.most_common(COLOURS)]
    few = whole.convertToFormat(QImage.Format.Format_Indexed8, table)
    few.setText(SHOWN, whole.text(SHOWN))
    few.save(str(KEPT / f"{name}.png"), quality=0)


def make() -> int:
    """All that pages show, and none beside."""
    with tempfile.TemporaryDirectory() as folder:
        told = tour(Path(folder)), course(Path(folder))
        found = drawn(Path(folder))
        wanted = shown_in_pages()
        if any(one.returncode for one in told) or wanted - found.keys():
            said = (text[-2000:] for one in told for text in (one.stdout, one.stderr))
            print(*said, *sorted(wanted - found.keys()), sep="\n", file=sys.stderr)
            return 1
        for old in KEPT.glob("*.png"):
            old.unlink()
        for name in sorted(wanted):
            keep(found[name], name)
    return 0
