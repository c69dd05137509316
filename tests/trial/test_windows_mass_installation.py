"""Twenty counter PCs in an afternoon, as an administrator does it: files beside the installer, silent, and every refusal for real."""

from __future__ import annotations

import shutil
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.commands.output import words
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.text import say
from tests.support import ROOT
from tests.support.installer.built import Installers
from tests.support.installer.windows_computer import UNINSTALL, WindowsComputer
from tests.support.registry.sites import InProcess, in_process
from tests.support.wait import LIMIT, wait_until

pytestmark = [pytest.mark.trial, pytest.mark.timeout(600), pytest.mark.linux("builds the installer"), pytest.mark.root]
DONE, NOT_WRITTEN, NO_RIGHTS, OLD_WINDOWS, RUNS, NOT_SET_UP, NOT_ERASED, BAD_PLACE, BAD_SWITCH = 0, 2, 11, 12, 14, 15, 16, 18, 20
LOG = r"/LOG=C:\log.txt"
CONFIG = '[card]\nrevocation = "none"\n'
UNINSTALLER = r'"C:\Program Files\LibraryCardKiosk\uninstall.exe" /S {} /LOG=C:\log.txt _?=C:\Program Files\LibraryCardKiosk'
WINDOWS = r"HKLM\Software\Microsoft\Windows\CurrentVersion"
LINK = """
from uuid import UUID
from kiosk.config import default_home, read_settings
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import open_repository
with open_repository(default_home(), read_settings(default_home().config))[0] as store:
    store.save_link(UUID(int=1), LinkToken(bytes(32)), LibraryCardNumber('2104067853'), revocation=Revocation.GOOD)
print('linked', flush=True)
input()
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "server") as here:
        yield here


@pytest.fixture
def share(computer: WindowsComputer, installers: Installers) -> Path:
    """With the installer in it, under a name with a blank."""
    place = computer.drive / "share of all"
    place.mkdir()
    # As a release is called.
    shutil.copy(installers.first, place / installers.first.name.replace("-TRIAL", ""))
    return place


def setup_in(share: Path) -> Path:
    (setup,) = share.glob("*-setup.exe")
    return setup


def log_of(computer: WindowsComputer) -> str:
    """What was said since the last time."""
    path = computer.drive / "log.txt"
    said = path.read_text("utf-16") if path.exists() else ""
    path.unlink(missing_ok=True)
    return said


def handed_out(site: InProcess, name: str, path: Path) -> EnrolmentFile:
    life = timedelta(hours=12)
    code = site.registry.enrolment.open(name, site.registry.tls.authority.public_bytes(Encoding.DER), life=life)
    file = EnrolmentFile(site.url, name, code, datetime.now(UTC) + life)
    path.write_text(file.formatted(explained=""), "utf-8")
    return file


def script_of_the_manual(computer: WindowsComputer, share: Path) -> Callable[[], int]:
    """The one that is to be distributed, with this share and a group that is there; runs it, and returns its exit code."""
    _, begins, rest = (ROOT / "docs/administrator/windows.md").read_text("utf-8").partition("   @echo off")
    script = textwrap.dedent(begins + rest.partition("   ```")[0])
    for was, now in ((r"\\files\kiosk", r"C:\share of all"), ("窓口担当", '"Power Users"')):
        assert was in script
        script = script.replace(was, now)
    (share / "logs").mkdir()
    (share / "install.cmd").write_text(script, "cp932", newline="\r\n")
    return lambda: computer.run("cmd", "/c", r"C:\share of all\install.cmd")[0]


def data_of(computer: WindowsComputer) -> set[str]:
    return {path.name for path in (computer.drive / "ProgramData").iterdir() if "library-card-kiosk" in path.name}


def test_what_lies_beside_the_installer_makes_an_enrolled_counter_and_is_gone_without_a_trace(
    computer: WindowsComputer, share: Path, site: InProcess
) -> None:
    (share / "kiosk.toml").write_text(f"{CONFIG}\n[hologram]\non = true\n", "utf-8")
    _, printed = computer.run("cmd", "/c", "echo %COMPUTERNAME%")
    file = handed_out(site, "中央館1番", share / f"{printed.strip()}.enrolment")
    (share / "kiosk.enrolment").write_text("of no computer that has a file of its own", "utf-8")

    install_without_a_file(computer, setup_in(share), printed.strip())
    run_script = script_of_the_manual(computer, share)
    assert run_script() == NOT_SET_UP
    log = share / "logs" / f"{printed.strip()}.log"
    said = log.read_text("utf-16")
    assert "窓口の用意が終わっていません" in said
    assert say("command.setup.config-newer").partition("{")[0] in said
    assert (computer.version, data_of(computer)) == ("0.1.0", set()), "the program, and nothing of a counter"

    (share / "kiosk.toml").write_text(CONFIG, "utf-8")
    assert run_script() == DONE
    said = log.with_suffix(".txt").read_text("cp932")
    assert words("setup.enrolment-original") in said
    assert file.code.formatted() not in said
    assert [counter.name for counter in site.registry.counters.all()] == ["中央館1番"]
    config = computer.drive / "ProgramData" / "library-card-kiosk" / "config.toml"
    before = config.stat().st_mtime_ns
    assert config.read_text("utf-8") == CONFIG

    assert run_script() == DONE
    assert words("enrol.already", name="中央館1番", url=site.url) in log.with_suffix(".txt").read_text("cp932")
    assert config.stat().st_mtime_ns == before

    # What the server has not got is not thrown away by the way; nor is anything taken from under a counter that runs.
    running = computer.start(computer.program / "0.1.0" / "python.exe", "-c", LINK)
    assert running.stdout is not None
    assert running.stdout.readline().strip() == b"linked"
    assert computer.batch(UNINSTALLER.format("/ERASE"))[0] == RUNS
    assert "窓口が動いている" in log_of(computer)
    running.kill()
    running.wait(30)
    computer.settle()
    assert computer.batch(UNINSTALLER.format("/ERASE"))[0] == NOT_ERASED
    assert words("erase.lost-unsent", count=1) in log_of(computer)
    assert (computer.version, "library-card-kiosk" in data_of(computer)) == ("0.1.0", True)
    assert computer.batch(UNINSTALLER.format("/ERASE /LOSE=2"))[0] == NOT_ERASED
    log_of(computer)
    remove_by_hand(computer, "中央館1番")
    assert (computer.registry(UNINSTALL, "DisplayVersion"), data_of(computer), list(computer.program.glob("0.*"))) == (None, set(), [])


def install_without_a_file(computer: WindowsComputer, setup: Path, name: str) -> None:
    """Nothing lies there for the computer of that name: the program is installed, and that is told."""
    share = computer.drive / "elsewhere"
    share.mkdir()
    shutil.copy(setup, share)
    (share / "MADO-PC77.enrolment").write_text("of another computer", "utf-8")
    assert computer.batch(rf'"C:\elsewhere\{setup.name}" /S /FILES {LOG}')[0] == NOT_SET_UP
    said = log_of(computer)
    assert all(sought in said for sought in ("窓口の用意はしていません", rf"C:\elsewhere\{name}.enrolment")), said
    assert computer.batch(UNINSTALLER.format(""))[0] == DONE
    log_of(computer)


def remove_by_hand(computer: WindowsComputer, name: str) -> None:
    """As a double click does; asked what is lost, whoever sits there says no, and then yes. Another account's data stay and are named."""
    others = computer.drive / "users" / "staff" / "AppData" / "Local" / "library-card-kiosk"
    others.mkdir(parents=True)
    line = UNINSTALLER.format("/ERASE").replace(" /S", "")
    (computer.drive / "remove.cmd").write_text(f"@{line}\r\n@exit %errorlevel%\r\n", "ascii", newline="")
    title = "アンインストール"
    for answer, code in (("n", NOT_ERASED), ("y", DONE)):
        removing = computer.start("cmd", "/c", r"C:\remove.cmd")
        wait_until(lambda: computer.shows(title), "the uninstaller", 60)
        computer.press("Return")
        wait_until(lambda: computer.shows(title, times=2), "the question what is lost", 60)
        computer.press(f"alt+{answer}")
        if answer == "n":
            assert removing.wait(60) == code
            assert words("erase.lost-unsent", count=1) in log_of(computer)
            assert (computer.version, "library-card-kiosk" in data_of(computer)) == ("0.1.0", True)
        else:
            # The question has gone by then: a slow look might miss the moment between it and what follows.
            wait_until(lambda: "library-card-kiosk" not in data_of(computer), "the data to be gone", 60)
            wait_until(lambda: computer.shows(title, times=2), "what was removed", 60)
            computer.press("Return")
            wait_until(lambda: not computer.shows(title, times=2), "the end", 60)
            # The window stays until it is closed.
            computer.press("Return")
            assert removing.wait(60) == code
    said = log_of(computer)
    assert words("erase.server-untold", name=name) in said
    assert (rf"\staff\AppData\Local\{others.name}" in said, others.exists()) == (True, True)


@contextmanager
def disk(computer: WindowsComputer, folder: Path, options: str) -> Iterator[Path]:
    """Drive E, of that size."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, timeout=LIMIT)
    drive = computer.drive.parent / "dosdevices" / "e:"
    drive.symlink_to(folder)
    try:
        yield folder
    finally:
        computer.settle()
        drive.unlink()
        subprocess.run(["umount", folder], check=True, timeout=LIMIT)


def refused_places(computer: WindowsComputer, setup: Path) -> Path:
    """Where anybody may write, or what is another program's: refused. Returns a file of the other program."""
    other = computer.drive / "Program Files" / "Python313" / "python313.dll"
    other.parent.mkdir()
    other.write_bytes(b"of another program")
    for folder in (r"C:\Library Counter", r"C:\Program Files\..\Library Counter", r"C:\Program Files", r"C:\Program Files\Python313"):
        assert computer.batch(rf'"C:\share of all\{setup.name}" /S {LOG} /D={folder}')[0] == BAD_PLACE, folder
        assert "このフォルダーには入れられません" in log_of(computer)
    return other


def refused_switches(computer: WindowsComputer, setup: Path) -> None:
    """A counter that is to be closed to others must not be open to everybody for a slip of the pen."""
    for given in ("/GROPU=Power", "/MACHIN", "/s", '"/D=C:\\Program Files\\Library Counter"', "kiosk.toml"):
        assert computer.batch(rf'"C:\share of all\{setup.name}" /S /MACHINE {given} {LOG}')[0] == BAD_SWITCH, given
        said = log_of(computer)
        assert ("次の指定はわかりません" in said, given.strip('"') in said) == (True, True), said


def test_what_stands_in_the_way_is_told_and_nothing_is_half_installed(computer: WindowsComputer, share: Path, tmp_path: Path) -> None:
    setup = setup_in(share)
    # As a download that broke off. NSIS itself says so, in English, before anything of ours is there.
    cut = share / "cut.exe"
    cut.write_bytes(setup.read_bytes()[:-5_000_000])
    assert computer.run(cut, "/S", LOG)[0] == NOT_WRITTEN
    for name, options in (("small", "size=20m"), ("half-way", "size=900m,nr_inodes=200")):
        with disk(computer, tmp_path / name, options) as place:
            programs = place / "programs"
            programs.mkdir()
            assert computer.run("reg", "add", WINDOWS, "/v", "ProgramFilesDir", "/d", r"E:\programs", "/f")[0] == DONE
            assert computer.run(setup, "/S", LOG)[0] == NOT_WRITTEN
            assert "ディスクの空き" in log_of(computer)
            assert list(programs.iterdir()) == [], name
    assert computer.run("reg", "add", WINDOWS, "/v", "ProgramFilesDir", "/d", r"C:\Program Files", "/f")[0] == DONE
    other = refused_places(computer, setup)
    refused_switches(computer, setup)
    (share / "without_rights.py").write_bytes((ROOT / "tests/support/installer/without_rights.py").read_bytes())
    line = rf'"C:\share of all\{setup.name}" /S {LOG}'
    assert computer.run(ROOT / "build/windows/python/python.exe", share / "without_rights.py", line)[0] == NO_RIGHTS
    assert "管理者としてサインインするか" in log_of(computer)
    assert computer.run("winecfg", "-v", "win81")[0] == 0
    assert computer.run(setup, "/S", LOG) == (OLD_WINDOWS, "")
    assert "Windows を更新して" in log_of(computer)
    assert computer.run("winecfg", "-v", "win10")[0] == 0
    assert (computer.version, computer.versions, data_of(computer)) == (None, set(), set())

    # And where nothing stands in the way, in a folder of choice, for a group, in English.
    computer.speak("en_US.UTF-8")
    line = rf'"C:\share of all\{setup.name}" /S /NOAUTOSTART /MACHINE /GROUP="No Such Group" {LOG} /D=C:\Program Files\Library Counter'
    assert computer.batch(line)[0] == NOT_SET_UP
    assert "Mend the cause below" in log_of(computer)
    assert (computer.drive / "Program Files" / "Library Counter" / "0.1.0" / "python.exe").exists()
    assert computer.registry(UNINSTALL, "DisplayName") == "Library Card Kiosk (trial build)"
    assert data_of(computer) == set()
    # Nobody has said that what lies beside it is to be taken.
    (share / "kiosk.toml").write_text(CONFIG, "utf-8")
    # In the form in which PowerShell hands it over.
    assert computer.batch(line.replace('/GROUP="No Such Group"', '"/GROUP=Power Users"'))[0] == DONE
    assert "Power Users" in (told := log_of(computer)), told
    assert "Files beside the installer were not used" in told
    config = computer.drive / "ProgramData" / "library-card-kiosk" / "config.toml"
    assert config.parent.exists()
    assert not config.exists() or config.read_text("utf-8") != CONFIG
    # Told a folder of its own choice, it removes nothing of others.
    assert computer.batch(r'"C:\Program Files\Library Counter\uninstall.exe" /S _?=C:\Program Files')[0] == DONE
    assert other.read_bytes() == b"of another program"
