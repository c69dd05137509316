"""Usage: python -m tools.installer [windows] [debian] [debian-13] [--release] [--python-embed ZIP --sha256 HASH]
       [--sign-with KEY --certificate PEM] [--out DIR]

Prints what was built, with its size and its SHA-256, and leaves beside it what it is made of (CycloneDX) and SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.program_version import TRIAL
from tools.installer import inventory, launcher, msi, nsis, signing
from tools.installer.component import InventoryError
from tools.installer.debian_package import COUNTER_PACKAGE, REGISTRY_PACKAGE, build
from tools.installer.debian_release import BOOKWORM, TRIXIE, Release
from tools.installer.python_embed import Embed, EmbedError
from tools.installer.requirements import ROOT
from tools.installer.signing import Signer, SigningError
from tools.installer.windows_layout import lay_out, version_of

KINDS = ("windows", "debian", "debian-13")
PUBLISHED = (".exe", ".msi", ".deb", ".json")
LAYOUT = ROOT / "build" / "installer" / "windows"


def build_windows(out: Path, embed: Embed | None, signer: Signer | None, *, is_release: bool) -> list[Path]:
    if embed is not None:
        embed.refuse_others()
    lay_out(LAYOUT, embed, [nsis.component()])
    if signer is not None:
        signer.sign(LAYOUT / launcher.NAME)
    version = version_of(LAYOUT)
    name = f"library-card-kiosk-{version.removesuffix(TRIAL)}{'-TRIAL' if embed is None else ''}"
    setup, package = out / f"{name}-setup.exe", out / f"{name}.msi"
    if is_release and not nsis.is_mended(version_there := nsis.version_there()):
        print(
            f"tools/installers: NSIS {version_there} is older than 3.12: have nobody run setup.exe as SYSTEM, but the MSI"
            " (the manual for Windows; CVE-2025-43715, CVE-2026-42171).",
            file=sys.stderr,
        )
    nsis.build(LAYOUT, setup, is_fast=not is_release, signer=signer)
    msi.build(LAYOUT, package)
    built = [setup, package]
    if signer is not None:
        for path in built:
            signer.sign(path)
    materials = out / f"{name}-windows.cdx.json"
    shutil.copyfile(LAYOUT / inventory.LICENCES / inventory.SBOM, materials)
    return [*built, materials]


def build_debian(out: Path, release: Release, *, is_release: bool) -> list[Path]:
    built = list[Path]()
    for package in (COUNTER_PACKAGE, REGISTRY_PACKAGE):
        name = package.contents.name
        layout = LAYOUT.parent / f"{name}{release.suffix}"
        built.append(build(package, layout, out, is_fast=not is_release, release=release))
        built.append(built[-1].with_suffix(".cdx.json"))
        shutil.copyfile(layout / "usr/share/doc" / name / inventory.SBOM, built[-1])
    return built


def build_all(out: Path, kinds: Collection[str], embed: Embed | None, signer: Signer | None, *, is_release: bool) -> list[Path]:
    built = build_windows(out, embed, signer, is_release=is_release) if "windows" in kinds else []
    for kind, release in (("debian", BOOKWORM), ("debian-13", TRIXIE)):
        built += build_debian(out, release, is_release=is_release) if kind in kinds else []
    return built


def _kinds_here() -> Collection[str]:
    if os.geteuid() == 0:
        return KINDS
    print("tools/installers: no packages for Debian 13: only root builds them here, in a Debian of its own.", file=sys.stderr)
    return KINDS[:2]


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools/installers")
    parser.add_argument("kinds", nargs="*", metavar="kind", help=f"{', '.join(KINDS)}; all of them if none is named")
    parser.add_argument("--release", action="store_true", help="compress as far as possible, which takes minutes")
    parser.add_argument("--python-embed", type=Path, metavar="ZIP", help="python.org's embeddable Python 3.13; without it a trial is built")
    parser.add_argument("--sha256", metavar="HASH", help="of that ZIP, as python.org tells it")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="FOLDER")
    signing.add_options(parser)
    told = parser.parse_args()
    if unknown := set(told.kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    if (told.python_embed is None) != (told.sha256 is None):
        parser.error("--python-embed and --sha256 go together")
    embed = None if told.python_embed is None else Embed(told.python_embed.resolve(), told.sha256)
    signer = signing.signer_told(parser, told)
    told.out.mkdir(parents=True, exist_ok=True)
    out = told.out.resolve()
    # All of it appears there, or nothing.
    with TemporaryDirectory(dir=out, prefix=".new-") as folder:
        try:
            built = build_all(Path(folder), told.kinds or _kinds_here(), embed, signer, is_release=told.release)
        except (EmbedError, InventoryError, SigningError) as error:
            sys.exit(f"tools/installers: {error}.")
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            failed = Path(str(error.cmd[0])).name
            how = (
                f"ended with {error.returncode}"
                if isinstance(error, subprocess.CalledProcessError)
                else f"took more than {error.timeout:.0f} s"
            )
            sys.exit(f"tools/installers: nothing was built, and nothing in {out} was changed: {failed} {how}, see above.")
        built = [path.replace(out / path.name) for path in built]
    # Of each kind, also of those that another run has left there.
    published = sorted(path for path in out.iterdir() if path.suffix in PUBLISHED)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in published}
    (out / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="ascii")
    for path in built:
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, sha256 {sums[path.name]}")


if __name__ == "__main__":
    main()
