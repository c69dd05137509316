"""What can be said of the Debian packages without building them; tests/trial installs them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.resource_files import resource
from tools.installer.debian_layout import COUNTER, REGISTRY
from tools.installer.debian_package import COUNTER_PACKAGE, REGISTRY_PACKAGE, Package
from tools.installer.man_pages import PAGES
from tools.installer.requirements import DEBIAN_12, runtime

pytestmark = pytest.mark.linux("packages of the lock for Linux")


@pytest.mark.parametrize("package", [COUNTER_PACKAGE, REGISTRY_PACKAGE], ids=lambda package: package.command)
def test_the_english_page_names_every_command(package: Package) -> None:
    page = (PAGES / f"{package.command}.1").read_text(encoding="utf-8").replace("\\-", "-").replace('"', "").replace(",", " ").split()
    assert set(package.commands) - set(page) == set()


def test_the_servers_page_names_every_act() -> None:
    ran = subprocess.run([sys.executable, "-m", "kiosk", "registry", "--help"], capture_output=True, text=True, timeout=60, check=True)
    acts = set(re.findall(r"^ {4}([a-z-]+) ", ran.stdout, re.MULTILINE))
    page = (PAGES / "kiosk-registry.1").read_text("utf-8").replace("\\-", "-")
    assert {"init", "export"} <= acts
    assert acts - set(re.findall(r"[a-z-]+", page.partition(".B registry")[2].partition(".SH")[0])) == set()


def test_a_link_that_leads_nowhere_is_no_reason_to_keep_a_package(tmp_path: Path) -> None:
    """As /opt is where it was moved to a disk that is away."""
    (tmp_path / "opt").symlink_to(tmp_path / "away")
    script = resource("installer/debian/common.sh").read_text("utf-8").replace("/opt", f"{tmp_path}/opt") + "keep_opt\n"
    assert subprocess.run(["sh", "-ec", script], capture_output=True, timeout=60, check=False).returncode == 0
    (tmp_path / "opt").unlink()
    subprocess.run(["sh", "-ec", script], timeout=60, check=True)
    assert (tmp_path / "opt").is_dir()


def test_a_counter_brings_qt_and_card_readers_and_the_server_neither() -> None:
    qt_and_readers = {"pyside6-essentials", "shiboken6", "pyscard"}
    counter = runtime(DEBIAN_12, extra=COUNTER.extra, without=COUNTER.without)
    server = runtime(DEBIAN_12, extra=REGISTRY.extra, without=REGISTRY.without)
    assert qt_and_readers <= counter.keys()
    assert qt_and_readers.isdisjoint(server)
    assert {"fastapi", "uvicorn", "psycopg-binary", "sqlcipher3"} <= server.keys()
    assert "fastapi" not in counter
    assert {"pywin32", "colorama"}.isdisjoint(counter | server), "of another system"
    assert all("--hash=sha256:" in line for line in (counter | server).values())


_MAPPED = """
import mmap, sys
with open(sys.argv[1], "rb") as file:
    kept = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
print("mapped", flush=True)
input()
"""


def test_whoever_uses_the_program_is_named_and_nobody_who_only_names_a_folder_like_it(tmp_path: Path) -> None:
    """proc(5): a path in `maps` may hold blanks, and anybody may choose one of their own."""
    place = tmp_path / "opt" / "kiosk"
    alike = Path(f"{tmp_path}/x {place}")
    script = resource("installer/debian/common.sh").read_text("utf-8") + f"place={place}\nrunning\n"
    told = []
    for folder in (alike, place):
        folder.mkdir(parents=True)
        (folder / "f").write_text("of it")
        pipe = subprocess.PIPE
        with subprocess.Popen([sys.executable, "-c", _MAPPED, str(folder / "f")], stdin=pipe, stdout=pipe) as user:
            assert user.stdout is not None
            assert user.stdout.readline() == b"mapped\n"
            done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, timeout=60, check=True)
            told.append(done.stdout.replace(str(user.pid), "PID").strip())
            user.kill()
    assert told == ["", f"PID ({tmp_path.owner()})"]


def test_a_purge_leaves_no_settings_that_were_prepared() -> None:
    """They hold the password of the library's system."""
    assert " /var/lib/library-card-kiosk-unused-[0-9]* " in resource("installer/debian/library-card-kiosk.postrm").read_text("utf-8")
