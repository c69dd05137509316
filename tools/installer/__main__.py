"""Usage: python -m tools.installer windows [--release] [--python-embed ZIP --sha256 HASH] [--out FOLDER]

Prints what was built, with its size and its SHA-256, and leaves SHA256SUMS beside it.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from kiosk.program_version import TRIAL
from tools.installer import nsis
from tools.installer.requirements import ROOT
from tools.installer.windows_layout import Embed, lay_out, version_of

LAYOUT = ROOT / "build" / "installer" / "windows"


def build_windows(out: Path, embed: Embed | None, *, is_release: bool) -> list[Path]:
    lay_out(LAYOUT, embed)
    version = version_of(LAYOUT)
    name = f"library-card-kiosk-{version.removesuffix(TRIAL)}{'-TRIAL' if embed is None else ''}"
    setup = out / f"{name}-setup.exe"
    nsis.build(LAYOUT, setup, is_fast=not is_release)
    return [setup]


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools/installers")
    parser.add_argument("for_", choices=["windows"], metavar="windows")
    parser.add_argument("--release", action="store_true", help="compress as far as possible, which takes minutes")
    parser.add_argument("--python-embed", type=Path, metavar="ZIP", help="python.org's embeddable Python 3.13; without it a trial is built")
    parser.add_argument("--sha256", metavar="HASH", help="of that ZIP, as python.org tells it")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="FOLDER")
    told = parser.parse_args()
    if (told.python_embed is None) != (told.sha256 is None):
        parser.error("--python-embed and --sha256 go together")
    embed = None if told.python_embed is None else Embed(told.python_embed.resolve(), told.sha256)
    told.out.mkdir(parents=True, exist_ok=True)
    built = build_windows(told.out.resolve(), embed, is_release=told.release)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in built}
    (told.out / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="ascii")
    for path in built:
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, sha256 {sums[path.name]}")


if __name__ == "__main__":
    main()
