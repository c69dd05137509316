"""Programs of the operating system are asked without a window, by their full path, and whatever they write."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

import pytest

from kiosk.system_program import ask

CHECKOUT = Path(__file__).parents[1]
STARTS = {"run", "Popen", "call", "check_call", "check_output"}
MAY_HAVE_ONE = {"kiosk/demo/browser_picture.py", "kiosk/native_message.py", "kiosk/ui/sound.py", "kiosk/keeper.py"}
"""The first three start programs of Linux; the last one the program it is itself, whose console, if it has one, is to reach both."""
if sys.platform == "win32":
    SYSTEM = Path(r"C:\Windows\System32")
    SHELL, TAKE = "cmd.exe", "/c"
    ENDLESS, FAILING = "for /l %x in (0,0,1) do @rem", "exit 3"
    IMPOSTOR, ASKED = "hostname.exe", "cmd.exe"
else:
    SYSTEM = Path("/usr/bin")
    SHELL, TAKE = "sh", "-c"
    ENDLESS, FAILING = "while :; do :; done", "exit 3"
    IMPOSTOR, ASKED = "true", "sh"


def test_what_it_writes_is_the_answer() -> None:
    assert (ask(SHELL, TAKE, "echo answer", limit=60) or "").split() == ["answer"]


def test_whatever_code_page_it_writes(tmp_path: Path) -> None:
    """Japanese UTF-8 is not CP932, nor the other way round; what is looked for is ASCII."""
    told, show = "閏インジケーター: 3(同期未実行)", "type" if sys.platform == "win32" else "cat"
    for said in (told.encode(), told.encode("cp932"), told.encode("cp932") + b"\x81"):
        (tmp_path / "said").write_bytes(said)
        answer = ask(SHELL, TAKE, f"{show} {tmp_path / 'said'}", limit=60)
        assert answer is not None
        assert ": 3(" in answer


def test_one_that_is_missing_fails_or_never_ends_gives_none() -> None:
    assert ask("no-such-program", limit=60) is None
    assert ask(SHELL, TAKE, FAILING, limit=60) is None
    assert ask(SHELL, TAKE, ENDLESS, limit=0.5) is None


def test_no_other_program_of_that_name_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(SYSTEM / IMPOSTOR, tmp_path / ASKED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (ask(SHELL, TAKE, "echo answer", limit=60) or "").split() == ["answer"]


def test_no_program_is_started_that_could_open_a_console() -> None:
    """Read, since nothing here has a console to open: what is started on Windows says so in `creationflags`."""
    starts = {
        (path.relative_to(CHECKOUT).as_posix(), any(word.arg == "creationflags" for word in node.keywords))
        for path in (CHECKOUT / "kiosk").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in STARTS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "subprocess"
    }
    assert {place for place, quiet in starts if not quiet} == MAY_HAVE_ONE
    assert {place for place, quiet in starts if quiet} >= {"kiosk/child_process.py", "kiosk/system_program.py"}
