"""The program itself, without what it needs, as it is installed by every installer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.installer.requirements import ROOT

_PACKAGE = "library-card-kiosk"
_DIST_INFO = "library_card_kiosk-*.dist-info"
_UNUSED = "installer"
"""Of resources/: read here, not by the program."""


def install(packages: Path) -> None:
    """Into a folder of Python packages, in which its requirements are.

    From a copy of what Git knows: setuptools works in the folder of its source, and packs what it finds there of an earlier build.
    """
    named = answer("git", "ls-files", "-z").split("\0")
    with tempfile.TemporaryDirectory(prefix=f"{_PACKAGE}-") as folder:
        for name in named:
            if name.startswith(("kiosk/", "resources/")) or (name and "/" not in name):
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, Path(folder) / name)
        shutil.rmtree(Path(folder) / "resources" / _UNUSED)
        run(*PIP, "install", "--no-deps", "--no-build-isolation", "--no-compile", "--target", packages, "--upgrade", folder)
    shutil.rmtree(packages / "bin", ignore_errors=True)
    (found,) = packages.glob(_DIST_INFO)
    (found / "direct_url.json").unlink()


def rename(packages: Path, version: str) -> None:
    """Have the program there bear another version."""
    (found,) = packages.glob(_DIST_INFO)
    metadata = found / "METADATA"
    text = metadata.read_text(encoding="utf-8")
    metadata.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", text, count=1), encoding="utf-8")
    found.rename(found.with_name(f"library_card_kiosk-{version}.dist-info"))


def version_of(packages: Path) -> str:
    """Of the program that was installed there."""
    (found,) = packages.glob(_DIST_INFO)
    return found.name.removesuffix(".dist-info").rpartition("-")[2]


def source_date() -> int:
    """The time of the commit, which all files bear (https://reproducible-builds.org/docs/source-date-epoch/)."""
    return int(answer("git", "log", "-1", "--format=%ct"))


def date(folder: Path) -> None:
    """Give every file in there that time."""
    time = source_date()
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (time, time), follow_symlinks=False)


PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--timeout", "30", "--retries", "3", "-qq")


def run(*command: object, environment: Mapping[str, str] | None = None) -> None:
    """Run a command to its end, from the checkout's folder. Raises CalledProcessError."""
    told = [str(part) for part in command]
    subprocess.run(told, cwd=ROOT, env=os.environ | dict(environment or {}), stdin=subprocess.DEVNULL, check=True, timeout=1200)


def answer(*command: object, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints, run in the same way."""
    told = [str(part) for part in command]
    given = os.environ | dict(environment or {})
    done = subprocess.run(told, cwd=ROOT, env=given, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return done.stdout
