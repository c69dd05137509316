"""A Debian package of what was laid out: what systemd, the desktop and dpkg read of it, and the file.

Two builds of one commit are one file.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.installer import program
from tools.installer.debian_documents import MAINTAINER, write_documents
from tools.installer.debian_layout import COUNTER, REGISTRY, Contents, binaries, finish, lay_out, packages_of
from tools.installer.debian_release import BOOKWORM, Release
from tools.installer.man_pages import command_names, write_pages
from tools.installer.requirements import ROOT

_PARTS = ROOT / "resources" / "installer" / "debian"
_HIGH_AVAILABILITY = ROOT / "resources" / "registry" / "ha"
_UNIT = ROOT / "resources" / "registry" / "kiosk-registry.service"
_PROGRAMS = re.compile(r"DEBIAN/p\w+|usr/(bin|libexec/.*)/[\w-]+|opt/.*/bin/\w+")
_SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
_OF_SERVER = frozenset({"serve", "registry"})
_OF_COUNTER = frozenset(command_names()) - _OF_SERVER


@dataclass(frozen=True, slots=True)
class Package:
    contents: Contents
    command: str
    """In /usr/bin."""
    commands: Collection[str]
    """What it is for."""
    files: dict[str, str]
    """Where files of resources/installer/debian go."""
    manuals: tuple[str, ...]
    """Of docs/administrator."""
    depends: tuple[str, ...]
    recommends: tuple[str, ...]
    about: str


COUNTER_PACKAGE = Package(
    COUNTER,
    command="kiosk",
    commands=_OF_COUNTER,
    files={
        "library-card-kiosk.service": "usr/lib/systemd/user/library-card-kiosk.service",
        "library-card-kiosk.desktop": "usr/share/applications/library-card-kiosk.desktop",
        "autostart.desktop": "etc/xdg/autostart/library-card-kiosk.desktop",
        "start-counter": "usr/libexec/library-card-kiosk/start-counter",
        "readers.conf": "usr/lib/modprobe.d/library-card-kiosk.conf",
        "library-card-kiosk.rules": "usr/share/polkit-1/rules.d/60-library-card-kiosk.rules",
    },
    manuals=("debian.md", "shared_computer.md"),
    # pyscard loads libpcsclite when it is imported.
    depends=("pcscd", "libpcsclite1", "fonts-morisawa-bizud-gothic"),
    # Sounds; a systemd for each account, which keeps the counter running.
    recommends=("pulseaudio-utils | alsa-utils", "libpam-systemd", "dbus-user-session"),
    about="counter at which the My Number Card is the library card\n"
    " Staff of a Japanese public library link a patron's My Number Card with the\n"
    " number of their library card; from then on the card alone calls it up.",
)
REGISTRY_PACKAGE = Package(
    REGISTRY,
    command="kiosk-registry",
    commands=_OF_SERVER,
    files={"kiosk-registry": "usr/bin/kiosk-registry"},
    manuals=("debian.md", "server.md", "high_availability.md"),
    depends=("adduser",),
    recommends=("systemd",),
    about="server that keeps the card links of a library's counters\n"
    " Counters of the package library-card-kiosk share the links between My Number\n"
    " Cards and library cards by it, and work on from their own copy without it.",
)


def build(package: Package, root: Path, out: Path, *, is_fast: bool, release: Release = BOOKWORM) -> Path:
    """Lay out the package's contents in `root`, and pack them. `is_fast`: compressed less, in seconds."""
    version = lay_out(package.contents, root, release)
    _write_files(package, root, version)
    return pack(package, root, out, version, is_fast=is_fast, release=release)


def renamed(package: Package, root: Path, copy: Path, version: str) -> None:
    """Copy what was built in `root` as if it were another version, to be packed once more."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, symlinks=True)
    (folder,) = (copy / "opt" / package.contents.name).iterdir()
    folder.rename(folder.with_name(version))
    program.rename(packages_of(package.contents, copy, version), version)
    finish(package.contents, copy, version)


def pack(package: Package, root: Path, out: Path, version: str, *, is_fast: bool, release: Release = BOOKWORM) -> Path:
    name = package.contents.name
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _PROGRAMS.fullmatch(str(path.relative_to(root))) else 0o644)
    _write_control(package, root, version, release)
    program.date(root)
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{name}_{version}_amd64.deb"
    compression = ("-Zgzip", "-z1") if is_fast else ("-Zxz", "-z9")
    dated = {"SOURCE_DATE_EPOCH": str(program.source_date())}
    program.answer("dpkg-deb", "--root-owner-group", *compression, "--build", root, target, environment=dated)
    return target


def _write_files(package: Package, root: Path, version: str) -> None:
    for name, place in package.files.items():
        _copy(_PARTS / name, root / place)
    if package is COUNTER_PACKAGE:
        _copy(ROOT / "resources/illustrations/app-mark.svg", root / "usr/share/icons/hicolor/scalable/apps/library-card-kiosk.svg")
        command = root / "usr/bin" / package.command
        command.parent.mkdir(parents=True)
        command.symlink_to(f"/opt/{package.contents.name}/current/bin/kiosk")
    else:
        _write_unit(package, root / "usr/lib/systemd/system" / _UNIT.name)
    write_documents(package.contents, root, version)
    if package is REGISTRY_PACKAGE:
        for example in sorted(_HIGH_AVAILABILITY.iterdir()):
            _copy(example, root / "usr/share/doc" / package.contents.name / "ha" / example.name)
    for name in package.manuals:
        _copy(ROOT / "docs/administrator" / name, root / "usr/share/doc" / package.contents.name / name)
    write_pages(root, package.command, version, package.commands)
    _copy(_PARTS / f"{package.contents.name}.lintian-overrides", root / "usr/share/lintian/overrides" / package.contents.name)


def _write_unit(package: Package, place: Path) -> None:
    """The unit for those who place it by hand, without the steps that the package does."""
    unit = _UNIT.read_text(encoding="utf-8")
    ours = unit[unit.index("[Unit]") :].replace("/usr/local/bin/kiosk ", f"/opt/{package.contents.name}/current/bin/kiosk ")
    if f"/opt/{package.contents.name}/" not in ours:
        raise RuntimeError(f"{_UNIT} does not start /usr/local/bin/kiosk")
    place.parent.mkdir(parents=True)
    place.write_text(ours, encoding="utf-8")


def _write_control(package: Package, root: Path, version: str, release: Release) -> None:
    control = root / "DEBIAN"
    shutil.rmtree(control, ignore_errors=True)
    size = sum(-(-path.lstat().st_size // 1024) for path in root.rglob("*") if not path.is_dir() or path.is_symlink())
    control.mkdir()
    libraries = _libraries(root, release)
    fields = {
        "Package": package.contents.name,
        "Version": version,
        "Architecture": "amd64",
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": ", ".join((*release.depends, *package.depends, *libraries)),
        "Recommends": ", ".join(package.recommends),
        "Section": "misc",
        "Priority": "optional",
        "Description": package.about,
    }
    (control / "control").write_text("".join(f"{name}: {value}\n" for name, value in fields.items()), encoding="utf-8")
    if conffiles := [f"/{path.relative_to(root)}\n" for path in sorted(root.glob("etc/**/*")) if path.is_file()]:
        (control / "conffiles").write_text("".join(conffiles), encoding="ascii")
    values = {"PACKAGE": package.contents.name, "VERSION": version, "KILOBYTES": str(size)}
    for name, script in scripts(package, values).items():
        (control / name).write_text(script, encoding="utf-8")
        (control / name).chmod(0o755)
    (control / "md5sums").write_text("".join(_sums(root)), encoding="utf-8")


def scripts(package: Package, values: Mapping[str, str]) -> dict[str, str]:
    """What dpkg runs of it, by its name there."""
    common, found = (_PARTS / "common.sh").read_text(encoding="utf-8"), dict[str, str]()
    for name in _SCRIPTS:
        own = _PARTS / f"{package.contents.name}.{name}"
        if own.exists():
            script = f"#!/bin/sh\nset -e\n\n{common}\n{own.read_text(encoding='utf-8')}"
            found[name] = re.sub("@([A-Z]+)@", lambda named: values[named[1]], script)
    return found


def _libraries(root: Path, release: Release) -> list[str]:
    """Debian's packages, with versions, of the shared libraries that the programs need and do not bring (dpkg-shlibdeps(1))."""
    found = list(binaries(root / "opt"))
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="shlibdeps-") as folder:
        (Path(folder) / "debian").mkdir()
        (Path(folder) / "debian" / "control").write_text("Source: unused\n\nPackage: unused\nArchitecture: amd64\n", encoding="ascii")
        own = [f"-l{place}" for place in sorted({path.parent for path in found})]
        command = [*release.inside(), "env", "-C", folder, "dpkg-shlibdeps", "-O", *own, *map(str, found)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return sorted(done.stdout.strip().removeprefix("shlibs:Depends=").split(", "))


def _sums(root: Path) -> Iterator[str]:
    """What `dpkg --verify` compares."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.parent.name != "DEBIAN":
            yield f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)
