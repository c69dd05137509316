"""Copies of the program with one rule broken, and the histories run on them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from tests.support import ROOT

Change = tuple[str, str]


class Mutant(NamedTuple):
    module: str
    before: str
    after: str


def mutants(changes: Mapping[str, tuple[Change, ...]]) -> list[Mutant]:
    """One for each change of a module."""
    return [Mutant(module, *change) for module, of_module in changes.items() for change in of_module]


def copy_of_the_program(folder: Path) -> Path:
    for package in ("kiosk", "tests/support/ledger", "tests/support/store"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests/support/__init__.py", folder / "tests/support/__init__.py")
    return folder


def histories(folder: Path, counters: Literal["memory", "store"], count: int) -> str:
    """What is said of the first history that goes wrong; empty if none does."""
    command = [sys.executable, "-B", "-m", "tests.support.ledger.histories", counters, "0", str(count)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280, check=False).stderr


def is_noticed(folder: Path, mutant: Mutant, counters: Literal["memory", "store"], count: int) -> bool:
    """Whether a history goes wrong once a copy of the program is broken in this way."""
    module = copy_of_the_program(folder) / mutant.module
    source = module.read_text("utf-8")
    if source.count(mutant.before) != 1:
        raise ValueError(f"{mutant.module} has changed: say anew what is to be broken")
    module.write_text(source.replace(mutant.before, mutant.after), "utf-8")
    said = histories(folder, counters, count)
    if said and not said.startswith("history "):
        raise ValueError(said)
    return bool(said)
