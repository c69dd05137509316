"""What is built into an installer is what the lock names, or nothing is built."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.installer.requirements import DEBIAN_12, runtime

pytestmark = pytest.mark.linux("builds the installer")


def test_an_input_cut_short_ends_the_build_with_a_sentence_and_nothing_new(tmp_path: Path) -> None:
    (version,) = re.findall(r"==([\d.]+)", runtime(DEBIAN_12)["pyscard"])
    inputs, out = tmp_path / "inputs", tmp_path / "dist"
    inputs.mkdir()
    out.mkdir()
    (inputs / f"pyscard-{version}.tar.gz").write_bytes(b"\x1f\x8b\x08 the beginning of it")
    (out / "library-card-kiosk_0.0.9_amd64.deb").write_bytes(b"of another run")
    (out / "SHA256SUMS").write_text("of another run", "ascii")
    command = [sys.executable, "-m", "tools.installer", "debian", "--out", str(out)]
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(inputs)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("tools/installers: nothing was built, and nothing in "), done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        "library-card-kiosk_0.0.9_amd64.deb": b"of another run",
        "SHA256SUMS": b"of another run",
    }
