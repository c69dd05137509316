"""Which Python an installer is built with (tools/installer/python_embed.py)."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support import ROOT
from tools.installer.python_embed import ROOTS

pytestmark = pytest.mark.linux("builds the installer")
AMD64, I386 = 0x8664, 0x014C
WHOLE = ("python.exe", "pythonw.exe", "python313.dll", "python313.zip", "python313._pth")


def program(machine: int) -> bytes:
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I4sH", 0x40, b"PE\0\0", machine)


def package(path: Path, names: tuple[str, ...] = WHOLE, machine: int = AMD64) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, program(machine))
    return path


def build_with(path: Path, sha256: str | None = None) -> list[str]:
    """What is said instead."""
    told = hashlib.sha256(path.read_bytes()).hexdigest() if sha256 is None else sha256
    given = ["--python-embed", str(path), "--sha256", told, "--out", str(path.parent / "dist")]
    command = [sys.executable, "-m", "tools.installer", "windows", *given]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.splitlines()


def test_a_zip_with_another_hash_is_refused(tmp_path: Path) -> None:
    zip_ = package(tmp_path / "python.zip")
    found = hashlib.sha256(zip_.read_bytes()).hexdigest()
    (said,) = build_with(zip_, "0" * 64)
    assert said == f"tools/installers: python.zip has the SHA-256 {found}, not {'0' * 64}: it is another file, or was cut short."


def test_a_zip_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert build_with(tmp_path / "python.zip", "0" * 64) == [f"tools/installers: {tmp_path}/python.zip is not there."]


def test_a_zip_cut_short_is_refused_even_with_its_own_hash(tmp_path: Path) -> None:
    whole = package(tmp_path / "python.zip")
    whole.write_bytes(whole.read_bytes()[:-30])
    assert build_with(whole) == ["tools/installers: python.zip is no zip file, or was cut short."]


def test_another_version_is_refused(tmp_path: Path) -> None:
    other = package(tmp_path / "python.zip", tuple(name.replace("313", "312") for name in WHOLE))
    (said,) = build_with(other)
    assert said == "tools/installers: python.zip is no embeddable package of Python 3.13: python313._pth is not in it."


def test_another_processor_is_refused(tmp_path: Path) -> None:
    assert build_with(package(tmp_path / "python.zip", machine=I386)) == ["tools/installers: python.zip is not for 64-bit Windows (amd64)."]


def test_the_roots_are_those_that_their_owners_publish() -> None:
    roots = x509.load_pem_x509_certificates(ROOTS.read_bytes())
    assert {root.fingerprint(SHA256()).hex(): root.subject.rfc4514_string().split(",")[0] for root in roots} == {
        "5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270": (
            "CN=Microsoft Identity Verification Root Certificate Authority 2020"
        ),
        "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988": "CN=DigiCert Trusted Root G4",
    }
