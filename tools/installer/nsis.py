"""The installer with windows: one file to start (resources/installer/windows/kiosk.nsi)."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from kiosk.program_version import TRIAL
from tools.installer.component import Component
from tools.installer.msi import UPGRADE_CODE
from tools.installer.parts import TEXTS
from tools.installer.requirements import ROOT
from tools.installer.signing import Signer
from tools.installer.windows_layout import size_of, version_of

SCRIPT = ROOT / "resources" / "installer" / "windows" / "kiosk.nsi"
_MENDED = (3, 12)


def build(layout: Path, out: Path, *, is_fast: bool, signer: Signer | None = None) -> None:
    """`is_fast`: compressed less, which is done in seconds. `signer`: signs the uninstaller, which only exists inside."""
    version = version_of(layout)
    told = {"LAYOUT": layout, "VERSION": version.removesuffix(TRIAL), "KILOBYTES": size_of(layout) // 1024, "OUT": out}
    told["UPGRADE_CODE"] = f"{{{UPGRADE_CODE}}}"
    options = [f"-D{name}={value}" for name, value in told.items()]
    options += ["-DTRIAL"] * version.endswith(TRIAL) + ["-DFAST"] * is_fast
    if signer is not None:
        options.append(f"-DSIGN={shlex.join([sys.executable, '-m', 'tools.installer.signing', *signer.arguments()])}")
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, str(SCRIPT)]
    subprocess.run(command, cwd=SCRIPT.parent, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, timeout=900)


def version_there() -> str:
    """Of NSIS, as it is installed here: `3.08`."""
    told = subprocess.run(["makensis", "-VERSION"], capture_output=True, text=True, check=True, timeout=60)
    return told.stdout.strip().removeprefix("v").partition("-")[0]


def is_mended(version: str) -> bool:
    """Whether accounts of the computer get nothing by what it builds, also where the computer itself (SYSTEM) runs that.

    Up to 3.11 temporary folders may be theirs: https://nvd.nist.gov/vuln/detail/CVE-2025-43715
    https://nvd.nist.gov/vuln/detail/CVE-2026-42171
    """
    return tuple(map(int, version.split("."))) >= _MENDED


def component() -> Component:
    """What installer and uninstaller begin with."""
    return Component("NSIS", version_there(), "Zlib AND LicenseRef-LZMA-CPL-exception", "pkg:generic/nsis", (TEXTS / "NSIS.txt",))
