"""The installer with windows: one file to start (resources/installer/windows/kiosk.nsi)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kiosk.program_version import TRIAL
from tools.installer.requirements import ROOT
from tools.installer.windows_layout import size_of, version_of

SCRIPT = ROOT / "resources" / "installer" / "windows" / "kiosk.nsi"


def build(layout: Path, out: Path, *, is_fast: bool) -> None:
    """`is_fast`: compressed less, which is done in seconds."""
    version = version_of(layout)
    told = {"LAYOUT": layout, "VERSION": version.removesuffix(TRIAL), "KILOBYTES": size_of(layout) // 1024, "OUT": out}
    options = [f"-D{name}={value}" for name, value in told.items()]
    options += ["-DTRIAL"] * version.endswith(TRIAL) + ["-DFAST"] * is_fast
    subprocess.run(["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, SCRIPT], cwd=SCRIPT.parent, check=True, timeout=900)
