"""The Debian packages, built and tried on bare computers with Debian 12 as an administrator would."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.domain.policies.debian import POLICIES
from tests.support import ROOT
from tests.support.installer.debian_computer import DebianComputer, kill
from tests.support.installer.polkit import may_use_readers, start_polkit
from tests.support.screens.xvfb import Screen
from tests.support.wait import wait_until
from tools.installer.__main__ import LAYOUT
from tools.installer.debian_package import COUNTER_PACKAGE, build, pack, renamed
from tools.installer.debian_release import TRIXIE

if sys.platform != "win32":
    import fcntl

pytestmark = [pytest.mark.trial, pytest.mark.root, pytest.mark.timeout(900), pytest.mark.linux("dpkg")]

DESK = "desk"
"""The account of the staff."""
COUNTER, REGISTRY = "library-card-kiosk", "library-card-registry"
PLACE = Path("opt") / COUNTER
DATA = (Path("var/lib/library-card-kiosk"), Path("var/lib/library-card-kiosk-keys"))
MEGABYTE = 1_000_000
SCREENS = 9
"""So many pictures of the tour are awaited."""


@dataclass(frozen=True, slots=True)
class Packages:
    first: Path
    """The counter's, of version 0.1.0, as the command builds it."""
    second: Path
    """Of version 0.2.0."""
    registry: Path


@dataclass(frozen=True, slots=True)
class Point:
    """At which an upgrade is killed."""

    name: str
    is_reached: Callable[[], bool]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Built once, whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    out = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "debian"
    out.mkdir(exist_ok=True)
    with (out / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / "second").exists():
            subprocess.run([ROOT / "tools/installers", "debian", "--out", out], stdin=subprocess.DEVNULL, check=True, timeout=600)
            renamed(COUNTER_PACKAGE, LAYOUT.parent / COUNTER, out / "later", "0.2.0")
            pack(COUNTER_PACKAGE, out / "later", out / "packed", "0.2.0", is_fast=True)
            shutil.rmtree(out / "later")
            (out / "packed").rename(out / "second")
    return Packages(out / f"{COUNTER}_0.1.0_amd64.deb", out / "second" / f"{COUNTER}_0.2.0_amd64.deb", out / f"{REGISTRY}_0.1.0_amd64.deb")


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[DebianComputer]:
    with DebianComputer(tmp_path) as computer:
        assert computer.run("useradd", "--create-home", DESK) == (0, "")
        yield computer


def test_two_builds_are_one_file_that_is_small_and_without_faults(packages: Packages, tmp_path: Path) -> None:
    again = build(COUNTER_PACKAGE, tmp_path / "again", tmp_path, is_fast=True)
    assert again.read_bytes() == packages.first.read_bytes()
    assert packages.first.stat().st_size < 90 * MEGABYTE
    assert sum(path.lstat().st_size for path in (tmp_path / "again").rglob("*") if path.is_file()) < 150 * MEGABYTE
    lintian = ("lintian", "--allow-root", "--fail-on", "error", packages.first, packages.registry)
    found = subprocess.run(lintian, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
    assert found.returncode == 0, found.stdout


def test_it_installs_upgrades_and_goes(computer: DebianComputer, packages: Packages) -> None:
    first, second = computer.put(packages.first), computer.put(packages.second)
    before = computer.files()
    code, printed = computer.install(first)
    assert code == 0, printed
    assert _missing_libraries(computer) == []
    _, printed = computer.run("kiosk", "doctor", account=DESK)
    assert "○ プログラム: 版 0.1.0" in printed
    _look_at_the_tour(computer)
    code, printed = computer.run("kiosk", "setup", "--machine", "--group", DESK, "--policies")
    assert code == 0, printed
    policies = [Path(policy.path) for policy in POLICIES]
    assert [path for path in policies if not (computer.root / path).exists()] == []
    assert computer.run("kiosk", "config", "write", account=DESK)[0] in {0, 1}
    kept = {path: (computer.root / path).read_bytes() for path in _files_below(computer, *DATA)}
    assert DATA[0] / "config.toml" in kept

    counter = computer.start(f"/{PLACE}/current/bin/python3", "-Ic", "import sqlcipher3; print('runs', flush=True); input()", account=DESK)
    assert counter.stdout is not None
    assert counter.stdout.readline() == b"runs\n"
    code, printed = computer.install(second)
    assert (code != 0, "窓口を閉じてから" in printed, _version(computer)) == (True, True, "0.1.0"), printed
    code, printed = computer.run("apt-get", "-q", "-y", "remove", COUNTER)
    assert (code != 0, "窓口を閉じてから" in printed, _version(computer)) == (True, True, "0.1.0"), printed
    assert counter.poll() is None
    kill(counter)

    code, printed = computer.install(second)
    assert (code, _version(computer), _versions(computer)) == (0, "0.2.0", {"0.2.0"}), printed
    _, printed = computer.run("kiosk", "doctor", account=DESK)
    assert "○ プログラム: 版 0.2.0" in printed
    assert {path: (computer.root / path).read_bytes() for path in kept} == kept
    code, printed = computer.run("dpkg", "--install", first)
    assert (code != 0, "より新しい版(0.2.0)" in printed, _version(computer)) == (True, True, "0.2.0"), printed

    assert computer.run("apt-get", "-q", "-y", "remove", COUNTER)[0] == 0
    assert {path: (computer.root / path).read_bytes() for path in kept} == kept
    assert not (computer.root / PLACE).exists()
    assert [path for path in policies if (computer.root / path).exists()] == []
    assert computer.run("apt-get", "-q", "-y", "purge", COUNTER)[0] == 0
    assert (_ours(computer.files() - before), {Path("opt")} - computer.files()) == (set(), set())


def test_the_next_release_of_debian_has_a_package_of_its_own(tmp_path: Path) -> None:
    """The thinnest form of the trial: what differs is the Python, and the libraries beside it."""
    package = build(COUNTER_PACKAGE, LAYOUT.parent / f"{COUNTER}{TRIXIE.suffix}", tmp_path, is_fast=True, release=TRIXIE)
    assert (package.name, package.stat().st_size < 90 * MEGABYTE) == (f"{COUNTER}_0.1.0+deb13_amd64.deb", True)
    with DebianComputer(tmp_path, TRIXIE) as computer:
        computer.run("useradd", "--create-home", DESK)
        before = computer.files()
        code, printed = computer.install(computer.put(package))
        assert code == 0, printed
        assert _missing_libraries(computer) == []
        _, printed = computer.run("kiosk", "doctor", account=DESK)
        assert "○ プログラム: 版 0.1.0\n" in printed
        computer.run("useradd", "--create-home", "guest")
        start_polkit(computer, DESK)
        assert computer.run("kiosk", "setup", "--machine", "--group", DESK)[0] == 0
        assert [may_use_readers(computer, account) for account in (DESK, "guest")] == [True, False]
        code, printed = computer.run("apt-get", "-q", "-y", "purge", COUNTER)
        assert code == 0, printed
        assert _ours(computer.files() - before) == set()


def test_an_upgrade_killed_at_any_point_leaves_one_version_whole(computer: DebianComputer, packages: Packages) -> None:
    first, second = computer.put(packages.first), computer.put(packages.second)
    code, printed = computer.install(first)
    assert code == 0, printed
    old, new = (computer.root / PLACE / version for version in ("0.1.0", "0.2.0"))
    whole = {version: _contents(package) for version, package in {"0.1.0": packages.first, "0.2.0": packages.second}.items()}
    unpacked = Point("files are unpacked", lambda: (new / "bin/kiosk.dpkg-new").exists())
    named = Point("files take their names", (new / "bin/kiosk").exists)
    switched = Point("the new version is the one that is started", lambda: _version(computer) == "0.2.0")
    going = Point("the old version goes", lambda: not (old / "pyvenv.cfg").exists())
    gone = Point("the new version is to be set up", lambda: not old.exists())
    for points in ((unpacked, named, going), (switched, gone)):
        for point in points:
            upgrade = computer.start("dpkg", "--install", second)
            while not point.is_reached() and upgrade.poll() is None:
                pass
            was_killed = upgrade.poll() is None
            kill(upgrade)
            missing = [path for path, size in whole[_version(computer)].items() if not _has_size(computer.root / path, size)]
            assert (was_killed, missing) == (True, []), point.name
            code, printed = computer.run("kiosk", "config", "show-default", account=DESK)
            assert code == 0, f"{point.name}: {printed}"
        # As dpkg itself advises.
        computer.run("dpkg", "--configure", "-a")
        code, printed = computer.run("dpkg", "--install", second)
        assert (code, _version(computer), _versions(computer)) == (0, "0.2.0", {"0.2.0"}), printed
        assert computer.run("dpkg", "--remove", COUNTER)[0] == 0
        code, printed = computer.run("dpkg", "--install", first)
        assert code == 0, printed


def test_the_server_serves_a_counter_and_goes(computer: DebianComputer, packages: Packages) -> None:
    before = computer.files()
    code, printed = computer.install(computer.put(packages.registry), computer.put(packages.first))
    assert code == 0, printed
    assert not [
        path for path in _ours(computer.files()) if REGISTRY in path.parts and re.match("(?i)pyside|shiboken|libqt|_scard", path.name)
    ]
    _begin_registry(computer)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    settings = computer.root / "var/lib/kiosk-registry/registry.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("# port = 8443", f"port = {port}"), encoding="utf-8")
    server = computer.start("kiosk-registry", "serve")
    wait_until(lambda: _answers(port), "the server", 30)
    assert computer.run("kiosk-registry", "registry", "counters", account=DESK)[0] == 1, "an account that is no administrator's"

    code, printed = computer.run("kiosk-registry", "registry", "enrol", "中央館1")
    (enrolment_code,) = re.findall(r"(?m)^\W*((?:[0-9A-Z]+-)+[0-9A-Z]+)\W*$", printed)
    assert computer.run("kiosk", "config", "write", account=DESK)[0] == 0
    decided = computer.root / "home" / DESK / ".local/share/library-card-kiosk/config.toml"
    decided.write_text(decided.read_text(encoding="utf-8").replace('# revocation = "none"', 'revocation = "none"'), encoding="utf-8")
    code, printed = computer.run("kiosk", "enrol", f"https://127.0.0.1:{port}", account=DESK, given=f"{enrolment_code}\n")
    assert code == 0, printed
    code, printed = computer.run("kiosk-registry", "registry", "counters")
    assert "中央館1" in printed
    kill(server)
    code, printed = computer.run("apt-get", "-q", "-y", "purge", REGISTRY, COUNTER)
    assert code == 0, printed
    assert _ours(computer.files() - before) == set()
    assert computer.run("getent", "passwd", "kiosk-registry")[0] != 0


def _begin_registry(computer: DebianComputer) -> None:
    """`registry init`, with the answers of somebody who has the sheet in front of them."""
    beginning = computer.start("kiosk-registry", "registry", "init")
    assert beginning.stdin is not None
    assert beginning.stdout is not None
    printed = b""
    while data := os.read(beginning.stdout.fileno(), 65536):
        printed += data
        text = printed.decode("utf-8", "replace")
        if asked := re.search(r"(\d+)行目: $", text):
            sheet = dict(re.findall(r"(?m)^(\d+): +(\S.*)$", text))
            beginning.stdin.write(f"{sheet[asked[1]]}\n".encode())
            beginning.stdin.flush()
    assert beginning.wait(60) == 0, printed.decode("utf-8", "replace")


def _look_at_the_tour(computer: DebianComputer) -> None:
    """The beginning of the tour, in windows. Its pictures stay in build/debian-tour."""
    pictures = computer.root / "home" / DESK / "tour"
    kept = ROOT / "build" / "debian-tour"
    with Screen(managed=False) as screen:
        tour = computer.start("kiosk", "demo", "--tour", f"/home/{DESK}/tour", account=DESK, display=screen.name)
        wait_until(lambda: len(list(pictures.glob("*.png"))) >= SCREENS or tour.poll() is not None, "pictures of the tour", 60)
        kill(tour)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(pictures, kept)
    assert len({path.read_bytes() for path in kept.glob("*.png")}) >= SCREENS


def _missing_libraries(computer: DebianComputer) -> list[str]:
    libraries = [f"/{path.relative_to(computer.root)}" for path in (computer.root / PLACE).rglob("*.so*") if path.is_file()]
    _, printed = computer.run("ldd", *libraries)
    return [line for line in printed.splitlines() if "not found" in line]


def _contents(package: Path) -> dict[str, int]:
    """Its files below /opt, with their sizes."""
    listed = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.findall(r"(?m)^-\S+ \S+ +(\d+) \S+ \S+ \./(opt/.*)$", listed)
    assert len(found) > 1000
    return {path: int(size) for size, path in found}


def _version(computer: DebianComputer) -> str:
    """That is started."""
    return str((computer.root / PLACE / "current").readlink())


def _has_size(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size == size


def _versions(computer: DebianComputer) -> set[str]:
    """That are there."""
    return {path.name for path in (computer.root / PLACE).iterdir() if not path.is_symlink()}


def _files_below(computer: DebianComputer, *places: Path) -> list[Path]:
    return [path.relative_to(computer.root) for place in places for path in (computer.root / place).rglob("*") if path.is_file()]


def _ours(paths: set[Path]) -> set[Path]:
    """Those with a name of ours, but for what accounts have in their homes."""
    return {path for path in paths if re.search("library-card|kiosk", str(path)) and path.parts[0] not in {"home", "srv"}}


def _answers(port: int) -> bool:
    with closing(socket.socket()) as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
