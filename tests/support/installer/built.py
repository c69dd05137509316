"""The installers that are tried: of two versions, one after the other."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT
from tools.installer import nsis
from tools.installer.__main__ import LAYOUT
from tools.installer.windows_layout import rename


@dataclass(frozen=True, slots=True)
class Installers:
    first: Path
    """Of version 0.1.0, as the command builds it."""
    second: Path
    """Of version 0.2.0."""


def build(out: Path) -> Installers:
    subprocess.run([ROOT / "tools" / "installers", "windows", "--out", out], stdin=subprocess.DEVNULL, check=True, timeout=600)
    (first,) = out.glob("*.exe")
    later = out / "layout"
    shutil.copytree(LAYOUT, later)
    rename(later, "0.2.0+trial")
    second = out / "second.exe"
    nsis.build(later, second, is_fast=True)
    shutil.rmtree(later)
    return Installers(first, second)
