"""The MSI for counter PCs, built and tried under Wine as a group policy would install it, silently.

An upgrade is ended in each of its parts; with KILLED_EVERY=seconds in the environment, each time so much later instead, until it comes to
its end. Wine has neither accounts nor group policies, and rolls nothing back at the next start. With the version before it forgets the code
of all versions: a downgrade is tried where nothing was upgraded.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from operator import le
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.installer.built import Installers, is_signed
from tests.support.installer.seen import picture, titles
from tests.support.installer.snapshot import Snapshot
from tests.support.installer.windows_computer import LIMIT, RUN, WindowsComputer
from tests.support.wait import wait_until
from tools.installer import msi
from tools.installer.__main__ import LAYOUT
from tools.installer.words import japanese

pytestmark = [pytest.mark.trial, pytest.mark.timeout(900), pytest.mark.linux("builds the MSI")]

DONE = 0
REFUSED = 1603 % 256
"""ERROR_INSTALL_FAILURE, of which Linux sees one byte: https://learn.microsoft.com/windows/win32/msi/error-codes"""
MSI_THERE = 17
FIRST, SECOND = "0.1.0-TRIAL", "0.2.0-TRIAL"
NAME = "マイナンバーカード連携窓口"
APP = f"{NAME} (試験版)"
MEGABYTE = 1_000_000
PICTURES = ROOT / "build" / "trial"


def test_it_is_small_and_the_same_again_and_says_what_setup_exe_says(installers: Installers, tmp_path: Path) -> None:
    assert installers.first_msi.name == "library-card-kiosk-0.1.0-TRIAL.msi"
    assert installers.first_msi.stat().st_size < 60 * MEGABYTE
    assert installers.first_msi.name in (installers.first_msi.parent / "SHA256SUMS").read_text(encoding="ascii")
    assert is_signed(installers.first_msi, installers.certificate)
    for name in ("once.msi", "again.msi"):
        msi.build(LAYOUT, tmp_path / name)
    assert (tmp_path / "again.msi").read_bytes() == (tmp_path / "once.msi").read_bytes()
    words = japanese()
    assert set(_table(installers.first_msi, "LaunchCondition").values()) == {words[name] for name in msi.REFUSALS}
    told = _table(installers.first_msi, "Property")
    assert (told["ProductName"], told["Manufacturer"], told["ARPPRODUCTICON"]) == (APP, "Library Card Kiosk", "kiosk.ico")
    sequence = {action: int(columns.split("\t")[-1]) for action, columns in _table(installers.first_msi, "InstallExecuteSequence").items()}
    assert max(sequence, key=sequence.__getitem__) == "RemoveExistingProducts", "behind InstallFinalize, where the new version is whole"
    assert not _table(installers.first_msi, "CustomAction")
    # Of what has one place whatever the version.
    first, second = (_components(package) for package in (installers.first_msi, installers.second_msi))
    assert set(first) == set(second)
    assert {name for name in first if first[name] == second[name]} == {"Command", "Launcher", "Menu", "Autostart"}


def test_it_installs_is_used_and_goes(computer: WindowsComputer, installers: Installers) -> None:
    before = _files(computer.drive)
    assert _install(computer, installers.second_msi, "ADDLOCAL=Program") == DONE
    assert (computer.apps(), computer.versions) == ({APP: "0.2.0"}, {SECOND})
    assert computer.registry(RUN, "LibraryCardKiosk") is None, "not started at sign-in: the feature was left out"
    code, printed = computer.kiosk("--home", r"C:\counter", "config", "write")
    assert code == DONE, printed
    _, printed = computer.kiosk("--home", r"C:\counter", "doctor")
    assert "版 0.2.0 の試験版です" in printed
    demo = computer.start("cmd", "/c", r"C:\Program Files\LibraryCardKiosk\kiosk.cmd", "--home", r"C:\counter\demo", "demo")
    wait_until(lambda: "利用者の画面" in titles(computer.screen), "the demo's windows", LIMIT)
    picture(computer.screen, PICTURES / "msi.png")
    assert demo.poll() is None
    computer.cut_power()

    assert _install(computer, installers.first_msi) == REFUSED, "older"
    assert computer.run(installers.first, "/S") == (MSI_THERE, "")
    assert (computer.apps(), computer.versions) == ({APP: "0.2.0"}, {SECOND})
    assert _remove(computer, installers.second_msi) == DONE
    assert computer.apps() == {}
    computer.settle()
    left = {path for path in _files(computer.drive) - before if not _is_of_windows(path)}
    assert {path.parts[0] for path in left} == {"counter"}, "data stay, nothing else does"


def test_it_is_refused_beside_setup_exe_and_on_old_windows(computer: WindowsComputer, installers: Installers) -> None:
    assert computer.run(installers.first, "/S") == (DONE, "")
    assert _install(computer, installers.second_msi) == REFUSED
    assert (computer.version, computer.versions) == ("0.1.0", {"0.1.0"})
    assert computer.run(computer.program / "uninstall.exe", "/S")[0] == DONE
    computer.settle()
    windows = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    for build, code in (("17134", REFUSED), ("17763", DONE)):
        assert computer.run("reg", "add", windows, "/v", "CurrentBuildNumber", "/d", build, "/f")[0] == DONE
        assert _install(computer, installers.second_msi) == code
    assert computer.versions == {SECOND}


def test_an_upgrade_ended_at_any_point_leaves_one_version_whole(computer: WindowsComputer, installers: Installers, tmp_path: Path) -> None:
    assert _install(computer, installers.first_msi) == DONE
    assert _whole(computer, "before") == {FIRST}
    before, started = Snapshot(computer, tmp_path / "before"), set()
    for when, point in _points(computer):
        before.restore()
        if not _is_cut(computer, installers.second_msi, when, point):
            break
        started |= _whole(computer, when)
    assert started == {FIRST, SECOND}
    # Tried again; what "Apps" may still list of the version before is removed there.
    assert _install(computer, installers.second_msi) == DONE
    _remove(computer, installers.first_msi)
    assert (_whole(computer, "again"), computer.apps()) == ({SECOND}, {APP: "0.2.0"})

    before.restore()
    assert _install(computer, installers.second_msi) == DONE
    assert (_whole(computer, "after"), computer.apps(), computer.versions) == ({SECOND}, {APP: "0.2.0"}, {SECOND})
    assert _remove(computer, installers.second_msi) == DONE
    assert (computer.program.exists(), computer.registry(RUN, "LibraryCardKiosk"), list(_menus(computer))) == (False, None, [])


def _points(computer: WindowsComputer) -> Iterator[tuple[str, Callable[[float], bool]]]:
    """Whether an upgrade is to be ended, by the seconds since it began."""
    if every := float(os.environ.get("KILLED_EVERY", "0")):
        yield from ((f"{number * every:g} s", partial(le, number * every)) for number in count(1))
    whole = _number(LAYOUT)
    former, new = computer.program / FIRST, computer.program / SECOND
    yield "the first file", lambda _: _number(new) > 0
    yield "half of the files", lambda _: _number(new) > whole / 2
    yield "the command", lambda _: SECOND in (computer.program / "kiosk.cmd").read_text(encoding="ascii")
    yield "the version before going", lambda _: _number(former) < whole
    yield "half of the version before", lambda _: _number(former) < whole / 2


def _is_cut(computer: WindowsComputer, package: Path, when: str, point: Callable[[float], bool]) -> bool:
    """Whether its installation came to that point, where it is ended."""
    began = time.monotonic()
    installation = computer.start("msiexec", "/i", _windows(package), "/qn")
    wait_until(lambda: point(time.monotonic() - began) or installation.poll() is not None, when, LIMIT)
    is_under_way = installation.poll() is None
    # It may not have come to Windows yet.
    installation.kill()
    computer.cut_power()
    return is_under_way


def _whole(computer: WindowsComputer, when: str) -> set[str]:
    """The versions that are started there, all of them whole."""
    named = {line.split("\\")[0] for line in (computer.program / "kiosk.cmd").read_text(encoding="ascii").split("%~dp0")[1:]}
    named |= {(computer.registry(RUN, "LibraryCardKiosk") or "").split("\\")[3]}
    for menu in _menus(computer):
        (shortcut,) = menu.glob(f"{NAME}.lnk")
        named |= {version for version in (FIRST, SECOND) if version.encode("utf-16-le") in shortcut.read_bytes()}
    # Windows Installer of Windows leaves one of the same version as it is.
    assert (computer.program / "counter.exe").stat().st_size == _expected(FIRST)["counter.exe"], when
    for version in named:
        assert _sizes(computer.program / version) == _expected(version), f"{version} at {when}"
    code, printed = computer.kiosk("--home", r"C:\counter", "config", "show-default")
    assert code == DONE, f"at {when}: {printed}"
    return named


def _expected(version: str) -> dict[str, int]:
    """What belongs to it, by size. Both were laid out once."""
    number = version.removesuffix("-TRIAL")
    return {path.replace("kiosk-0.1.0+trial.dist-info", f"kiosk-{number}+trial.dist-info"): size for path, size in _sizes(LAYOUT).items()}


def _menus(computer: WindowsComputer) -> Iterator[Path]:
    return computer.drive.glob(f"*/*/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/{NAME}")


def _install(computer: WindowsComputer, package: Path, *options: str) -> int:
    return computer.run("msiexec", "/i", _windows(package), "/qn", *options)[0]


def _remove(computer: WindowsComputer, package: Path) -> int:
    return computer.run("msiexec", "/x", _windows(package), "/qn")[0]


def _table(package: Path, name: str) -> dict[str, str]:
    """The other columns by the first one."""
    told = subprocess.run(["msiinfo", "export", package, name], capture_output=True, text=True, encoding="utf-8", check=True, timeout=60)
    rows = told.stdout.splitlines()[3:]
    return dict(row.split("\t", 1) for row in rows)


def _components(package: Path) -> dict[str, str]:
    """Their codes by name."""
    return {name: columns.split("\t")[0] for name, columns in _table(package, "Component").items()}


def _windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def _number(folder: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(folder))


def _sizes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def _files(drive: Path) -> set[Path]:
    return {path.relative_to(drive) for path in drive.rglob("*") if path.is_file()}


def _is_of_windows(path: Path) -> bool:
    """What Windows, or Wine, writes for itself."""
    return path.parts[0] == "windows" or "Temp" in path.parts
