"""What requirements.lock names for Python for Windows, each with its hashes, as pip takes it.

Usage: python -m tools.installer.requirements all|runtime
"""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = {
    "sys_platform": "win32",
    "platform_system": "Windows",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "python_version": "3.13",
    "python_full_version": "3.13.2",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
"""The markers of PEP 508 there; pip would apply those of this machine."""


def locked() -> dict[str, str]:
    """A line for pip by the name of each package."""
    lines: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip()):
        head, *hashes = re.sub(r"\s*\\\n\s*", "\n", block).split("\n")
        requirement = Requirement(head)
        if _holds(requirement):
            lines[canonicalize_name(requirement.name)] = " ".join([requirement.name, str(requirement.specifier), *hashes])
    return lines


def runtime() -> dict[str, str]:
    """Those that a counter needs: what setup.cfg names without an extra, and what that needs."""
    lines, wanted = locked(), set()
    waiting = list(_needed_by_counter())
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in wanted:
            wanted.add(name)
            waiting += _needed_by(name)
    return {name: lines[name] for name in sorted(wanted)}


def _needed_by_counter() -> Iterator[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    for line in setup["options"]["install_requires"].splitlines():
        if line.strip() and _holds(requirement := Requirement(line)):
            yield requirement.name


def _needed_by(name: str) -> Iterator[str]:
    try:
        told = requires(name) or []
    except PackageNotFoundError:
        # Only on Windows; those that the lock names need nothing.
        return
    for line in told:
        if _holds(requirement := Requirement(line)):
            yield requirement.name


def _holds(requirement: Requirement, environment: Mapping[str, str] = WINDOWS) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(dict(environment))


def main() -> None:
    for line in (locked() if sys.argv[1] == "all" else runtime()).values():
        print(line)


if __name__ == "__main__":
    main()
