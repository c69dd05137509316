"""The installer for counter PCs with Windows, built and tried under Wine as an administrator would."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.domain.policies.windows import POLICIES
from tests.support.installer.built import Installers, is_signed
from tests.support.installer.windows_computer import RUN, UNINSTALL, WindowsComputer
from tools.installer.__main__ import LAYOUT
from tools.installer.python_embed import EmbedError, refuse_unsigned
from tools.installer.windows_layout import size_of

pytestmark = [pytest.mark.trial, pytest.mark.timeout(900), pytest.mark.linux("builds the installer")]

DONE, NEWER_THERE, RUNS = 0, 13, 14
MEGABYTE = 1_000_000
POLICY = (rf"HKLM\{POLICIES[0].key}", POLICIES[0].value_name)
LATER = 0.4
"""Seconds after which an upgrade is killed, and as many again each time."""


def test_it_is_small_enough(installers: Installers) -> None:
    assert installers.first.name == "library-card-kiosk-0.1.0-TRIAL-setup.exe"
    assert installers.first.stat().st_size < 60 * MEGABYTE
    assert size_of(LAYOUT) < 130 * MEGABYTE
    sums = (installers.first.parent / "SHA256SUMS").read_text(encoding="ascii")
    assert installers.first.name in sums


def test_what_is_inside_is_told(installers: Installers) -> None:
    (beside,) = installers.first.parent.glob("*.cdx.json")
    assert beside.read_bytes() == (LAYOUT / "licences" / "sbom.cdx.json").read_bytes()
    told = {component["name"] for component in json.loads(beside.read_text("utf-8"))["components"]}
    assert told >= {
        "CPython",
        "OpenSSL",
        "SQLite",
        "SQLCipher",
        "Microsoft Visual C++ runtime",
        "PySide6_Essentials",
        "Qt",
        "FreeType",
        "NSIS",
    }
    read = (LAYOUT / "licences" / "README.txt").read_text("utf-8")
    assert [name for name in told if f"\n{name}" not in read] == []


def test_it_is_signed_and_tells_when_it_was_altered(installers: Installers, tmp_path: Path) -> None:
    assert is_signed(installers.first, installers.certificate)
    assert is_signed(installers.second, installers.certificate)
    altered = tmp_path / "altered.exe"
    content = bytearray(installers.first.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    assert not is_signed(altered, installers.certificate)


def test_its_python_is_that_of_the_python_project(installers: Installers, tmp_path: Path) -> None:
    for name in ("python.exe", "python313.dll"):
        shutil.copy(LAYOUT / name, tmp_path)
    refuse_unsigned(tmp_path)
    content = bytearray((tmp_path / "python313.dll").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "python313.dll").write_bytes(content)
    with pytest.raises(EmbedError, match=r"python313\.dll is not signed by the Python Software Foundation, or was altered"):
        refuse_unsigned(tmp_path)


def test_it_installs_upgrades_and_goes(computer: WindowsComputer, installers: Installers) -> None:
    before = _files(computer.drive)
    assert computer.run(installers.first, "/S") == (DONE, "")
    assert (computer.version, computer.versions) == ("0.1.0", {"0.1.0"})
    assert computer.registry(RUN, "LibraryCardKiosk") == r'"C:\Program Files\LibraryCardKiosk\0.1.0\pythonw.exe" -m kiosk keep'
    assert (computer.program / "counter.exe").read_bytes() == (LAYOUT / "counter.exe").read_bytes()
    code, printed = computer.kiosk("--home", r"C:\counter", "config", "write")
    assert (code, (computer.drive / "counter" / "config.toml").exists()) == (DONE, True), printed
    _, printed = computer.kiosk("--home", r"C:\counter", "doctor")
    assert "版 0.1.0 の試験版です" in printed
    assert is_signed(computer.program / "uninstall.exe", installers.certificate)

    # Once more: the same version in its own place.
    assert computer.run(installers.first, "/S") == (DONE, "")
    assert computer.versions == {"0.1.0"}
    (computer.program / ".going").mkdir()
    assert len(computer.menus()) == 1
    computer.speak("C.utf8")
    assert computer.run(installers.second, "/S", "/NOAUTOSTART") == (DONE, "")
    # Nothing starts a version that has gone, or comes back unasked; and what an ended removal has left is no obstacle.
    assert computer.registry(RUN, "LibraryCardKiosk") is None
    assert computer.run(installers.second, "/S", "/POLICIES") == (DONE, "")
    assert computer.registry(*POLICY) == "0x0"
    assert computer.registry(RUN, "LibraryCardKiosk") is None
    assert not (computer.program / ".going").exists()
    # Whoever installs it next speaks another language, and so does who removes it: there is one menu, and none is left.
    assert computer.menus() == {"Library Card Kiosk"}
    computer.speak("ja_JP.UTF-8")
    assert (computer.version, computer.versions) == ("0.2.0", {"0.2.0"})
    _, printed = computer.kiosk("--home", r"C:\counter", "doctor")
    assert "版 0.2.0 の試験版です" in printed
    assert computer.run(installers.first, "/S") == (NEWER_THERE, "")
    assert (computer.version, computer.versions) == ("0.2.0", {"0.2.0"})

    assert computer.run(computer.program / "uninstall.exe", "/S")[0] == DONE
    computer.settle()
    left = {path for path in _files(computer.drive) - before if not _is_of_windows(path)}
    assert {path.parts[0] for path in left} == {"counter", "ProgramData"}, "data stay, nothing else does"
    assert computer.registry(*POLICY) is None
    assert (computer.registry(UNINSTALL, "DisplayVersion"), computer.registry(RUN, "LibraryCardKiosk")) == (None, None)


def test_a_counter_that_runs_is_not_taken_from_under_itself(computer: WindowsComputer, installers: Installers) -> None:
    assert computer.run(installers.first, "/S") == (DONE, "")
    running = computer.start(computer.program / "0.1.0" / "python.exe", "-c", "print('runs', flush=True); input()")
    assert running.stdout is not None
    assert running.stdout.readline().strip() == b"runs"
    assert computer.run(installers.first, "/S") == (RUNS, "")
    assert computer.batch(r'"C:\Program Files\LibraryCardKiosk\uninstall.exe" /S _?=C:\Program Files\LibraryCardKiosk')[0] == RUNS
    assert computer.version == "0.1.0"
    # The next version goes beside it.
    assert computer.run(installers.second, "/S") == (DONE, "")
    assert (computer.version, computer.versions) == ("0.2.0", {"0.1.0", "0.2.0"})
    assert running.poll() is None
    running.kill()
    running.wait(30)
    computer.settle()
    assert computer.run(installers.second, "/S") == (DONE, "")
    assert computer.versions == {"0.2.0"}


def test_an_upgrade_killed_at_any_time_leaves_one_version_whole(computer: WindowsComputer, installers: Installers) -> None:
    assert computer.run(installers.first, "/S") == (DONE, "")
    seconds, was_killed = 0.0, True
    while was_killed:
        seconds += LATER
        upgrade = computer.start(installers.second, "/S")
        try:
            assert upgrade.wait(seconds) == DONE
            was_killed = False
        except subprocess.TimeoutExpired:
            upgrade.kill()
            upgrade.wait(30)
        computer.settle()
        assert computer.version in {"0.1.0", "0.2.0"}
        code, printed = computer.kiosk("--home", r"C:\counter", "config", "show-default")
        assert code == DONE, f"after {seconds:g} s: {printed}"
        assert (computer.program / "counter.exe").read_bytes() == (LAYOUT / "counter.exe").read_bytes()
    assert (computer.version, computer.versions) == ("0.2.0", {"0.2.0"})
    assert not [path for path in computer.program.iterdir() if path.name.startswith(".")]


def _files(drive: Path) -> set[Path]:
    return {path.relative_to(drive) for path in drive.rglob("*") if path.is_file()}


def _is_of_windows(path: Path) -> bool:
    """What Windows, or Wine, writes for itself."""
    return path.parts[0] == "windows" or "Temp" in path.parts
