"""The one name under which Windows starts the counter, whatever version is installed (resources/installer/windows/counter.c)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.installer.windows_computer import WindowsComputer
from tests.support.wait import wait_until
from tools.installer.launcher import NAME, compile_launcher

pytestmark = [pytest.mark.trial, pytest.mark.timeout(300), pytest.mark.linux("compiles for Windows")]
# In a folder of its own, where Python looks first.
STARTED = rf'cd /d C:\program && "C:\Program Files\LibraryCardKiosk\{NAME}"'
A_COUNTER = """
import pathlib, sys, threading
told = pathlib.Path("C:/told")
told.write_text(" ".join([pathlib.Path(sys.executable).parent.name, *sys.argv[1:]]))
while "wait" in sys.argv:
    told.write_text(told.read_text() + ".")
    threading.Event().wait(0.05)
sys.exit(7)
"""


@pytest.fixture
def installed(computer: WindowsComputer) -> WindowsComputer:
    """Two versions, and a program in place of the counter's that tells how it was started."""
    computer.program.mkdir()
    for version in ("0.1.0", "0.2.0-TRIAL"):
        (computer.program / version).symlink_to(ROOT / "build" / "windows" / "python")
    compile_launcher(computer.program)
    counter = computer.drive / "program" / "kiosk"
    counter.mkdir(parents=True)
    (counter / "__main__.py").write_text(A_COUNTER, encoding="ascii")
    return computer


def points_at(computer: WindowsComputer, version: str) -> None:
    (computer.program / "kiosk.cmd").write_text(f'@"%~dp0{version}\\python.exe" -m kiosk %*\r\n', encoding="ascii", newline="")


def test_it_starts_the_version_of_kiosk_cmd_and_ends_with_it(installed: WindowsComputer) -> None:
    for version in ("0.1.0", "0.2.0-TRIAL"):
        points_at(installed, version)
        assert installed.batch(rf'{STARTED} --home "C:\a b"')[0] == 7
        assert (installed.drive / "told").read_text() == rf"{version} keep --home C:\a b"
    (installed.drive / "wait.cmd").write_text(f"@{STARTED} wait\r\n", encoding="ascii", newline="")
    installed.start("cmd", "/c", r"C:\wait.cmd")
    wait_until(lambda: (installed.drive / "told").read_text().endswith(".."), "the counter", 60)
    assert installed.run("taskkill", "/f", "/im", NAME)[0] == 0
    # Which it would never do if the counter went on.
    installed.settle()


def test_it_is_the_same_from_two_builds_and_of_windows_own_libraries(tmp_path: Path) -> None:
    built = []
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
        built.append(compile_launcher(tmp_path / name).read_bytes())
    assert built[0] == built[1]
    assert len(built[0]) < 50_000
    told = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", tmp_path / "once" / NAME], capture_output=True, text=True, check=True, timeout=60
    )
    assert {line.split()[-1] for line in told.stdout.splitlines() if "DLL Name" in line} == {"KERNEL32.dll", "USER32.dll"}
