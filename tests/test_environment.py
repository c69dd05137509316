"""Variables that somebody else may have written lead neither commands of an administrator nor programs of the system elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config.machine_place import machine_folder
from kiosk.elevation import is_elevated
from kiosk.environment import for_system_programs
from kiosk.system_program import ask
from tests.support import ROOT

LURES = {
    "OPENSSL_CONF": "elsewhere.cnf",
    "COR_PROFILER_PATH": "elsewhere.dll",
    "PYTHONSTARTUP": "elsewhere.py",
    "PYTHONPATH": "elsewhere",
    "QT_PLUGIN_PATH": "elsewhere",
    "PSMODULEPATH": "elsewhere",
    "SYSTEMROOT": "elsewhere",
    "PROGRAMDATA": "elsewhere",
    "PATH": "elsewhere",
}


def called(*arguments: str, account: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    """What the entry point leaves of the environment."""
    code = (
        "import json, os, sys, kiosk.command_line, kiosk.__main__ as begun\n"
        f"if {account}: os.setuid({account})\n"
        "kiosk.command_line.carry_out = lambda given: print(json.dumps(dict(os.environ))) or 0\n"
        "sys.exit(begun.main())"
    )
    given = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run([sys.executable, "-c", code, *arguments], env=given, capture_output=True, text=True, timeout=60, check=True)


@pytest.mark.skipif(not is_elevated(), reason="without the administrator's rights")
@pytest.mark.parametrize("arguments", [("setup", "--machine"), ("--home", "x", "doctor"), ("links", "count")])
def test_whatever_an_administrator_runs_keeps_what_names_its_terminal_and_the_accounts_own_folders(arguments: tuple[str, ...]) -> None:
    lures = {name: value for name, value in LURES.items() if name not in ("PYTHONPATH", "SYSTEMROOT", "PATH")}
    known = {"LANG": "C.UTF-8", "COLUMNS": "99", "DISPLAY": ":7", "KIOSK_HOME": "x", "HOME": str(Path.home())}
    left = json.loads(called(*arguments, account=0, **known, **lures).stdout)
    assert {"elsewhere", *lures.values()}.isdisjoint(left.values())
    assert "PYTHONPATH" not in left
    assert (left["LANG"], left["COLUMNS"], left["KIOSK_HOME"], left["DISPLAY"]) == ("C.UTF-8", "99", "x", ":7")


@pytest.mark.root
def test_an_account_without_rights_keeps_all() -> None:
    left = json.loads(called("doctor", account=1, QT_PLUGIN_PATH="elsewhere").stdout)
    assert left["QT_PLUGIN_PATH"] == "elsewhere"


def test_a_program_of_the_system_gets_no_variable_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LURES.items():
        monkeypatch.setenv(name, value)
    shown = ask("cmd.exe", "/c", "set", limit=60) if sys.platform == "win32" else ask("env", limit=60)
    assert shown is not None
    seen = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    assert "elsewhere" not in " ".join(seen.values())
    assert for_system_programs().items() <= {name.upper(): value for name, value in seen.items()}.items()


def test_the_computers_place_is_where_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    there = machine_folder()
    for name in ("PROGRAMDATA", "ALLUSERSPROFILE", "SystemDrive", "SystemRoot"):
        monkeypatch.setenv(name, "Q:\\elsewhere" if sys.platform == "win32" else "/elsewhere")
    assert machine_folder() == there
    assert there.is_absolute()
    assert "elsewhere" not in str(there)


@pytest.mark.root
@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
@pytest.mark.parametrize(
    "arguments", [("setup", "--dry-run"), ("--home", "nowhere", "erase", "--yes"), ("--home", "nowhere", "links", "count")]
)
def test_no_library_reads_what_a_variable_leads_to(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """OpenSSL, at its import, would wait for somebody to write to the pipe that this variable names."""
    pipe = tmp_path / "openssl.cnf"
    os.mkfifo(pipe)
    given = {**os.environ, "OPENSSL_CONF": str(pipe)}
    ran = subprocess.run([sys.executable, "-m", "kiosk", *arguments], cwd=ROOT, env=given, capture_output=True, timeout=30, check=False)
    assert ran.returncode in (0, 1, 2)
