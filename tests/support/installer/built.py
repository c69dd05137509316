"""The installers that are tried: of two versions, one after the other."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT
from tools.installer import msi, nsis
from tools.installer.__main__ import LAYOUT
from tools.installer.signing import Signer
from tools.installer.windows_layout import rename


@dataclass(frozen=True, slots=True)
class Installers:
    first: Path
    """Of version 0.1.0, as the command builds it."""
    second: Path
    """Of version 0.2.0."""
    first_msi: Path
    second_msi: Path
    certificate: Path
    """All are signed with it."""


def build(out: Path) -> None:
    """What of 0.1.0 was laid out stays in LAYOUT."""
    signer = Signer(str(out / "key.pem"), out / "certificate.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-subj", "/CN=Example Library", "-days", "1"]
    made += ["-addext", "extendedKeyUsage=codeSigning", "-keyout", signer.key, "-out", str(signer.certificate)]
    subprocess.run(made, capture_output=True, check=True, timeout=60)
    command = [str(ROOT / "tools" / "installers"), "windows", "--out", str(out), *signer.arguments()]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=600)
    later = out / "layout"
    shutil.copytree(LAYOUT, later)
    rename(later, "0.2.0+trial")
    nsis.build(later, out / "second.exe", is_fast=True, signer=signer)
    msi.build(later, out / "second.msi")
    for name in ("second.exe", "second.msi"):
        signer.sign(out / name)
    shutil.rmtree(later)


def found(out: Path) -> Installers:
    """What was built there."""
    (first,), (first_msi,) = out.glob("*-0.1.0-*.exe"), out.glob("*-0.1.0-*.msi")
    return Installers(first, out / "second.exe", first_msi, out / "second.msi", out / "certificate.pem")


def is_signed(path: Path, certificate: Path) -> bool:
    """Whether it is signed with this certificate, and unaltered."""
    command = ["osslsigncode", "verify", "-CAfile", str(certificate), "-in", str(path)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False).returncode == 0
