"""The Python for Windows that an installer holds: what of it is looked at before anything is built with it.

CPython's files are signed by the Python Software Foundation, through roots that Debian's ca-certificates does not have all of; those in
resources/installer/windows/code_signing_roots.pem are compared with fingerprints that their owners publish (tests/installer).
"""

from __future__ import annotations

import hashlib
import re
import struct
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools.installer.requirements import ROOT

ROOTS = ROOT / "resources" / "installer" / "windows" / "code_signing_roots.pem"
_SIGNER = "/O=Python Software Foundation/CN=Python Software Foundation"
_NEEDED = ("python.exe", "pythonw.exe", "python313.dll", "python313.zip", "python313._pth")
_AMD64 = 0x8664
"""https://learn.microsoft.com/windows/win32/debug/pe-format#machine-types"""
_OF_MICROSOFT = re.compile(r"vcruntime140(_\d)?\.dll")
"""Signed by Microsoft, by a root that is not at hand; the hash of the zip holds for them."""


class EmbedError(Exception):
    """Not the Python that was meant. One line says why."""


@dataclass(frozen=True, slots=True)
class Embed:
    """The embeddable Python of the Python project, and its SHA-256."""

    zip: Path
    hash: str

    def refuse_others(self) -> None:
        """Raises EmbedError unless it is a whole CPython 3.13 for amd64 with that hash."""
        if not self.zip.is_file():
            raise EmbedError(f"{self.zip} is not there")
        found = hashlib.sha256(self.zip.read_bytes()).hexdigest()
        if found != self.hash.lower():
            raise EmbedError(f"{self.zip.name} has the SHA-256 {found}, not {self.hash}: it is another file, or was cut short")
        try:
            with zipfile.ZipFile(self.zip) as held:
                if missing := set(_NEEDED) - set(held.namelist()):
                    raise EmbedError(f"{self.zip.name} is no embeddable package of Python 3.13: {min(missing)} is not in it")
                if _machine(held.read("python.exe")) != _AMD64:
                    raise EmbedError(f"{self.zip.name} is not for 64-bit Windows (amd64)")
        except zipfile.BadZipFile:
            raise EmbedError(f"{self.zip.name} is no zip file, or was cut short") from None


def refuse_unsigned(folder: Path) -> None:
    """Raises EmbedError unless every program and library of CPython in `folder` has a valid signature of the Python Software Foundation."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".exe", ".dll", ".pyd"} and not _OF_MICROSOFT.fullmatch(path.name) and not _is_signed(path):
            raise EmbedError(f"{path.name} is not signed by the Python Software Foundation, or was altered")


def _is_signed(path: Path) -> bool:
    told = _osslsigncode("verify", *_without_network(), "-CAfile", ROOTS, "-TSA-CAfile", ROOTS, "-in", path)
    signer = re.search(r"Signer #0:\s*Subject: (.*)", told.stdout)
    is_one = told.stdout.count("Signature Index:") == 1
    return told.returncode == 0 and is_one and signer is not None and signer.group(1).strip().endswith(_SIGNER)


def _without_network() -> list[str]:
    """Debian 12's osslsigncode 2.5 asks nobody for revocation lists, later ones do unless told."""
    return ["-ignore-crl"] if "-ignore-crl" in _osslsigncode("verify", "--help").stdout else []


def _osslsigncode(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["osslsigncode", *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False
    )


def _machine(program: bytes) -> int:
    """0 if it is no program."""
    try:
        (at,) = struct.unpack_from("<I", program, 0x3C)
        signature, machine = struct.unpack_from("<4sH", program, at)
    except struct.error:
        return 0
    return machine if signature == b"PE\0\0" else 0
