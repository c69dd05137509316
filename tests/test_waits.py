"""No process is waited for without a timeout: neither by the program nor by its tests and tools."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = {"run", "call", "check_call", "check_output"}


def endless(source: str) -> Iterator[int]:
    """The lines in which a process is waited for, however long it takes."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            of = ast.unparse(call.func.value)
            waits = call.func.attr == "communicate" or (of == "subprocess" and call.func.attr in RUN)
            # Options that come from elsewhere (`**options`) may hold it.
            if waits and not {keyword.arg for keyword in call.keywords} & {"timeout", None}:
                yield call.lineno


def test_no_process_is_waited_for_without_a_limit() -> None:
    sources = [path for folder in ("kiosk", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 300
    assert [f"{path.relative_to(ROOT)}:{line}" for path in sources for line in endless(path.read_text("utf-8"))] == []


def test_one_that_is_found() -> None:
    assert list(endless("import subprocess\nsubprocess.run(['x'], check=True)\nchild.communicate(b'')\n")) == [2, 3]
    assert list(endless("import subprocess\nsubprocess.run(['x'], timeout=3)\nchild.communicate(timeout=1)\n")) == []


def hurried(source: str) -> Iterator[int]:
    """The lines in which a window is waited for with a limit of their own, or with pytest-qt's."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "waitUntil":
            if [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "timeout"] != ["WAIT_MS"]:
                yield call.lineno


def test_no_window_is_waited_for_with_a_limit_that_a_busy_machine_exceeds() -> None:
    found = {path.relative_to(ROOT): list(hurried(path.read_text("utf-8"))) for path in (ROOT / "tests").rglob("*.py")}
    assert {str(path): lines for path, lines in found.items() if lines} == {}
    assert list(hurried("qtbot.waitUntil(seen, timeout=WAIT_MS)\nqtbot.waitUntil(seen)\nqtbot.waitUntil(seen, timeout=2000)")) == [2, 3]
