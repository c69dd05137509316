"""Lays out what is installed on Debian: the packages that a counter, or the library's server, needs, and the program, compiled beforehand.

Python is Debian's own, with Debian's security updates. A version lies as a whole in a folder that bears its name, so that the one before is
never touched by it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.installer import debian_qt, program
from tools.installer.debian_release import BOOKWORM, Release, refuse_elsewhere
from tools.installer.requirements import ROOT, runtime

REPORTS = "report-*.json"
"""In the root: what was installed, from which files (`pip install --report`)."""
_UNUSED = ("*.pyi", "direct_url.json", "REQUESTED", "INSTALLER", "*.c", "*.h", "pwiz.py")
_UNUSED_FOLDERS = ("tests", "test", "include", "peewee-stubs", "playhouse")


@dataclass(frozen=True, slots=True)
class Contents:
    """What is laid out, below /opt/NAME/VERSION."""

    name: str
    extra: str = ""
    """Of setup.cfg."""
    without: frozenset[str] = frozenset()


COUNTER = Contents("library-card-kiosk")
REGISTRY = Contents("library-card-registry", "registry", frozenset({"pyside6-essentials", "pyscard", "python-xlib"}))


def lay_out(contents: Contents, root: Path, release: Release = BOOKWORM) -> str:
    """Make `root` anew, as the root of a file system with nothing else in it. Returns the version.

    Raises CalledProcessError, RuntimeError.
    """
    refuse_elsewhere(release)
    shutil.rmtree(root, ignore_errors=True)
    packages = root / "packages"
    _install_requirements(contents, packages, release)
    program.install(packages)
    version = program.version_of(packages) + release.suffix
    folder = root / "opt" / contents.name / version
    (folder / "bin").mkdir(parents=True)
    place = folder / "lib" / release.python / "site-packages"
    place.parent.mkdir(parents=True)
    packages.rename(place)
    _trim(place)
    _strip(folder)
    finish(contents, root, version, release)
    return version


def finish(contents: Contents, root: Path, version: str, release: Release = BOOKWORM) -> None:
    """What names the folder of the version in itself: its Python, the command, and where compiled modules have their source."""
    folder = root / "opt" / contents.name / version
    # A virtual environment (https://docs.python.org/3/library/venv.html): this is all that Python looks for.
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n", encoding="ascii")
    python = folder / "bin" / "python3"
    python.unlink(missing_ok=True)
    python.symlink_to(f"/usr/bin/{release.python}")
    command = folder / "bin" / "kiosk"
    home = Path("/") / folder.relative_to(root)
    lines = f"#!{home}/bin/python3 -I\nimport sys\n\nfrom kiosk.__main__ import main\n\nsys.exit(main())\n"
    command.write_text(lines, encoding="ascii")
    command.chmod(0o755)
    # Nobody may write below /opt later. Hashes instead of times: two builds are alike, and dpkg may date the files (PEP 552, unchecked).
    options = ("-q", "-f", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", root, "-p", "/")
    release.run(f"/usr/bin/{release.python}", "-m", "compileall", *options, folder / "lib", environment={"PYTHONHASHSEED": "0"})


def packages_of(contents: Contents, root: Path, version: str) -> Path:
    """The folder of Python packages in there."""
    (found,) = (root / "opt" / contents.name / version).glob("lib/python3.*/site-packages")
    return found


def binaries(folder: Path) -> Iterator[Path]:
    """Programs and shared libraries below the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def _install_requirements(contents: Contents, packages: Path, release: Release) -> None:
    """From the lock, each file by its hash. For Linux pyscard comes as source only: it is compiled here, and its wheel's hash is told."""
    lines = runtime(release.markers, extra=contents.extra, without=contents.without)
    packages.mkdir(parents=True)
    (ROOT / "build").mkdir(exist_ok=True)
    # In the checkout, where programs of each release see it.
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="requirements-") as folder:
        listed, wheels = Path(folder) / "requirements.txt", Path(folder) / "wheels"
        wheels.mkdir()
        install = (*program.PIP, "install", "--no-deps", "--no-compile", "--target", packages, *release.wheels)
        if source := lines.pop("pyscard", None):
            listed.write_text(source + "\n", encoding="ascii")
            unbuilt = ("--no-deps", "--no-build-isolation", "--no-binary", ":all:")
            program.run(*program.PIP, "download", *unbuilt, "--require-hashes", "-d", folder, "-r", listed)
            # Two builds are one file: no path of this build in it, and no time (https://reproducible-builds.org/docs/build-path/).
            alike = {
                "SOURCE_DATE_EPOCH": str(program.source_date()),
                "CFLAGS": f"-g0 -ffile-prefix-map={tempfile.gettempdir()}=.",
                "LDFLAGS": "-Wl,--build-id=none",
            }
            (fetched,) = Path(folder).glob("pyscard-*")
            release.run(*release.pip(), *unbuilt, "--no-cache-dir", "-w", wheels, fetched, environment=alike)
        listed.write_text("\n".join(lines.values()) + "\n", encoding="ascii")
        reports = [packages.parent / REPORTS.replace("*", name) for name in ("locked", "built")]
        program.run(*install, "--require-hashes", "--only-binary", ":all:", "--report", reports[0], "-r", listed)
        if built := sorted(wheels.iterdir()):
            program.run(*install, "--no-index", "--report", reports[1], *built)
            _tell_hashes(reports[1], built)


def _tell_hashes(report: Path, wheels: Sequence[Path]) -> None:
    """pip tells none of a file that is here."""
    told = json.loads(report.read_text(encoding="utf-8"))
    for item, wheel in zip(told["install"], wheels, strict=True):
        item["download_info"]["archive_info"]["hashes"] = {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}
    report.write_text(json.dumps(told), encoding="utf-8")


def _trim(packages: Path) -> None:
    # Programs of others have this build's Python in their first line, and nobody calls them.
    shutil.rmtree(packages / "bin", ignore_errors=True)
    if (packages / "PySide6").exists():
        debian_qt.trim(packages / "PySide6")
    for name in _UNUSED_FOLDERS:
        for path in [found for found in packages.rglob(name) if found.is_dir()]:
            shutil.rmtree(path)
    for pattern in _UNUSED:
        for path in packages.rglob(pattern):
            path.unlink()


def _strip(folder: Path) -> None:
    for path in binaries(folder):
        path.chmod(0o644)
        program.run("strip", "--strip-unneeded", "--remove-section=.comment", path)
