"""What is waited for has a limit: no process is waited for without one, and in tests nothing with one that a busy machine exceeds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.wait import LIMIT

ROOT = Path(__file__).parents[1]
RUN = {"run", "call", "check_call", "check_output"}
WAITS = RUN | {"wait", "join", "result", "settimeout", "acquire", "get", "stop", "until", "wait_until", "wait_for_end"}
WAITS |= {"create_connection", "communicate"}
Call = tuple[str, str, ast.Call]
"""Of what, the name, and the call."""


def calls(tree: ast.AST) -> list[Call]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.append((ast.unparse(node.func.value) if node.func.attr in WAITS else "", node.func.attr, node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.append(("", node.func.id, node))
    return found


@cache
def calls_in(folder: str) -> dict[str, list[Call]]:
    return {str(path.relative_to(ROOT)): calls(ast.parse(path.read_text("utf-8"))) for path in (ROOT / folder).rglob("*.py")}


def endless(found: list[Call]) -> Iterator[int]:
    """The lines in which a process is waited for, however long it takes."""
    for of, name, call in found:
        # Options that come from elsewhere (`**options`) may hold it.
        if (name == "communicate" or (of == "subprocess" and name in RUN)) and not {word.arg for word in call.keywords} & {"timeout", None}:
            yield call.lineno


def hurried(found: list[Call]) -> Iterator[int]:
    """The lines in which a window is waited for with a limit of their own, or with pytest-qt's."""
    for _, name, call in found:
        if name == "waitUntil" and [ast.unparse(word.value) for word in call.keywords if word.arg == "timeout"] != ["WAIT_MS"]:
            yield call.lineno


def impatient(found: list[Call]) -> Iterator[int]:
    """The lines in which what has to come is waited for with a number below `tests.support.wait.LIMIT`, whose name stands for it.

    Less than a second is a pause, or what shows that nothing comes.
    """
    for _, name, call in found:
        limits = [word.value for word in call.keywords if word.arg in ("timeout", "limit")]
        if name in WAITS:
            limits += [] if name in RUN else call.args
            if any(1 <= number < LIMIT for number in map(_number, limits)):
                yield call.lineno


def _number(node: ast.expr) -> float:
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else 0.0


def lines_of(source: str) -> list[Call]:
    return calls(ast.parse(source))


def test_no_process_is_waited_for_without_a_limit() -> None:
    files = calls_in("kiosk") | calls_in("tests")
    assert len(files) > 300
    assert [f"{path}:{line}" for path, found in files.items() for line in endless(found)] == []
    one, another = "import subprocess\nsubprocess.run(['x'], check=True)", "child.communicate(b'')"
    assert list(endless(lines_of(f"{one}\n{another}\n"))) == [2, 3]
    assert list(endless(lines_of("import subprocess\nsubprocess.run(['x'], timeout=3)\nchild.communicate(timeout=1)\n"))) == []


def test_no_window_is_waited_for_with_a_limit_that_a_busy_machine_exceeds() -> None:
    assert [f"{path}:{line}" for path, found in calls_in("tests").items() for line in hurried(found)] == []
    waits = "qtbot.waitUntil(seen, timeout=WAIT_MS)\nqtbot.waitUntil(seen)\nqtbot.waitUntil(seen, timeout=2000)"
    assert list(hurried(lines_of(waits))) == [2, 3]


def test_nothing_else_is_either() -> None:
    files = {path: found for path, found in calls_in("tests").items() if not path.startswith("tests/bench/")}
    assert [f"{path}:{line}" for path, found in files.items() for line in impatient(found)] == []
    waits = "assert ready.wait(5)\none.join(timeout=5)\nwait_until(seen, 'it', 10)\nsubprocess.run(['x'], timeout=10)"
    assert list(impatient(lines_of(waits))) == [1, 2, 3, 4]
    assert list(impatient(lines_of("assert not rung.wait(0.3)\none.join(LIMIT)\nsubprocess.run(['x'], timeout=60)"))) == []
