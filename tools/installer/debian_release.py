"""The releases of Debian that packages are built for: the Python of each, and where its programs run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.installer import program
from tools.installer.requirements import DEBIAN_12, DEBIAN_13, ROOT, Environment

MIRROR = "http://deb.debian.org/debian"
CACHE = Path("/var/cache/library-card-kiosk-trial")
"""Bare Debians, and one to build in; of the whole machine."""
_TO_BUILD = (
    *("dpkg-dev", "gcc", "libc6-dev", "libpcsclite-dev", "python3-dev", "python3-pip", "python3-setuptools", "swig"),
    # What Qt's libraries stand on: dpkg-shlibdeps reads which versions the packages need.
    *("libcups2t64", "libdbus-1-3", "libegl1", "libfontconfig1", "libgl1", "libglib2.0-0t64", "libgssapi-krb5-2", "libxcb-cursor0"),
    *("libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0", "libxcb-shape0", "libxcb-xinerama0"),
    *("libxcb-xkb1", "libxkbcommon-x11-0", "zlib1g"),
)


@dataclass(frozen=True, slots=True)
class Release:
    number: int
    name: str
    python: str
    depends: tuple[str, ...]
    markers: Environment
    suffix: str = ""
    """Of the package's version, and of the folder: the package for the next release is a later one, and lies beside it."""

    wheels: tuple[str, ...] = ()
    """Options by which the pip of the checkout takes wheels for it."""

    def pip(self) -> tuple[str, ...]:
        """Its own, which compiles, and fetches nothing."""
        return (*(program.PIP if self is BOOKWORM else (self.python, *program.PIP[1:])), "wheel", "--no-index")

    def run(self, *command: object, environment: Mapping[str, str] | None = None) -> None:
        """Run a program of this release; it sees the checkout alone. Raises CalledProcessError."""
        program.run(*self.inside(), *command, environment=environment)

    def inside(self) -> tuple[str, ...]:
        """What a command begins with that is to run there. Raises RuntimeError."""
        if self is BOOKWORM:
            return ()
        if os.geteuid() != 0:
            raise RuntimeError(f"only root builds for Debian {self.number} here, in a Debian of its own")
        root = _build_root(self)
        mounts = f"mount --bind {ROOT} {root}{ROOT} && mount -t proc proc {root}/proc && mount -t tmpfs tmp {root}/tmp"  # noqa: S108 - its own
        return ("unshare", "--mount", "sh", "-c", f'{mounts} && exec chroot {root} env -C "{ROOT}" "$@"', "sh")


_GLIBC = ("2_17", "2_24", "2_26", "2_27", "2_28", "2_31", "2_34", "2_35", "2_39")
"""Whose wheels run with glibc 2.41: https://peps.python.org/pep-0600/"""
_PLATFORMS = ("linux_x86_64", "manylinux2014_x86_64", *(f"manylinux_{version}_x86_64" for version in _GLIBC))
_OF_313 = ("--implementation", "cp", "--python-version", "3.13", *(f"--platform={name}" for name in _PLATFORMS))
BOOKWORM = Release(12, "bookworm", "python3.11", ("python3 (>= 3.11)", "python3 (<< 3.12)", "python3.11"), DEBIAN_12)
TRIXIE = Release(13, "trixie", "python3.13", ("python3 (>= 3.13)", "python3 (<< 3.14)", "python3.13"), DEBIAN_13, "+deb13", _OF_313)


def refuse_elsewhere(release: Release) -> None:
    """Raises RuntimeError unless it can be built here."""
    if release is BOOKWORM and sys.version_info[:2] != (3, 11):
        raise RuntimeError("what is packed for Debian 12 is compiled by its Python, 3.11")


def bare(release: Release) -> Path:
    """The folder of a Debian that nothing was installed on; fetched the first time."""
    return _made(CACHE / release.name, lambda new: _run("debootstrap", "--variant=minbase", release.name, new, MIRROR))


def _build_root(release: Release) -> Path:
    base = bare(release)

    def make(new: Path) -> None:
        _run("cp", "-a", "--reflink=auto", base, new)
        shutil.copy("/etc/resolv.conf", new / "etc/resolv.conf")
        get = ("chroot", new, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
        _run(*get, "update")
        _run(*get, "-y", "--no-install-recommends", "install", *_TO_BUILD)
        _run("chroot", new, "apt-get", "clean")

    place = _made(CACHE / f"{release.name}-build", make)
    (place / str(ROOT).lstrip("/")).mkdir(parents=True, exist_ok=True)
    return place


def _made(place: Path, make: Callable[[Path], None]) -> Path:
    # Only Linux has it, and tests for every system import this module.
    from fcntl import LOCK_EX, flock

    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".lock-{place.name}").open("w", encoding="ascii") as lock:
        flock(lock, LOCK_EX)
        if not place.exists():
            new = place.with_name(f"{place.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            make(new)
            new.rename(place)
    return place


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=1200)
