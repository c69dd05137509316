"""What dpkg runs of the counter's package leaves the program of a counter that is kept alone, also while it waits after a crash."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.wait import end
from tools.installer.debian_package import COUNTER_PACKAGE, scripts

pytestmark = pytest.mark.linux("dpkg")

VALUES = {"PACKAGE": "library-card-kiosk", "VERSION": "0.2.0", "KILOBYTES": "1"}
WAITS = "print('waits', flush=True); input()"


@contextmanager
def started(called: str) -> Iterator[subprocess.Popen[bytes]]:
    """The system's Python under the name by which the package's command starts it: no file of the package is mapped, as of `kiosk keep`."""
    command = [called, "-Ic", WAITS, "/opt/library-card-kiosk/0.1.0/bin/kiosk"]
    waiting = subprocess.Popen(command, executable=sys.executable, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == b"waits\n"
        try:
            yield waiting
        finally:
            end(waiting)


def refused(folder: Path, name: str, *arguments: str) -> str:
    script = folder / name
    script.write_text(scripts(COUNTER_PACKAGE, VALUES)[name], "utf-8")
    ran = subprocess.run(["sh", script, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return ran.stderr if ran.returncode else ""


def test_a_counter_in_its_pause_keeps_its_program_from_being_replaced_and_removed(tmp_path: Path) -> None:
    for name in ("python3", "python3.11"):
        with started(f"/opt/library-card-kiosk/0.1.0/bin/{name}") as keep:
            for said in (refused(tmp_path, "preinst", "upgrade", "0.1.0"), refused(tmp_path, "prerm", "remove")):
                assert f"{keep.pid} (" in said


def test_a_program_that_only_speaks_of_the_package_does_not(tmp_path: Path) -> None:
    with started("/usr/bin/python3") as other, started("/opt/library-card-kiosk-notes/bin/python3") as neighbour:
        said = refused(tmp_path, "preinst", "upgrade", "0.1.0")
    assert not any(f"{process.pid} (" in said for process in (other, neighbour))
