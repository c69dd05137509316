"""Every branch for a platform in the program has a row in docs/windows-branches.md, and every row a branch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
TABLE = CHECKOUT / "docs" / "windows-branches.md"
SEEN = {"ran", "read", "not tried"}
_PLATFORM = {("sys", "platform"), ("os", "name")}


def test_the_table_names_the_branches_of_the_program() -> None:
    found = {place for path in sorted((CHECKOUT / "kiosk").rglob("*.py")) for place in branches(path)}
    assert {place for place, *_ in rows()} == found


def test_each_row_says_what_differs_where_it_is_written_and_whether_it_ran() -> None:
    for place, difference, page, seen in rows():
        assert difference, place
        assert page.startswith("–") or re.search(r"https://(learn|support|technet)\.microsoft\.com/", page), place
        assert seen.partition(":")[0] in SEEN, place


def branches(path: Path) -> Iterator[str]:
    """The functions of a module that ask which platform this is, as the table names them."""
    module = ast.parse(path.read_text(encoding="utf-8"))

    def walk(node: ast.AST, names: tuple[str, ...]) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from walk(child, (*names, child.name))
                continue
            if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name) and (child.value.id, child.attr) in _PLATFORM:
                yield f"{path.relative_to(CHECKOUT / 'kiosk').as_posix()} {'.'.join(names) or 'module'}"
            yield from walk(child, names)

    yield from walk(module, ())


def rows() -> list[list[str]]:
    """Place, what differs, Microsoft's page with what it says, and whether it ran."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]
