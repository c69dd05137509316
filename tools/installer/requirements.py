"""What requirements.lock names for one of the computers that we build for, each with its hashes, as pip takes it.

Usage: python -m tools.installer.requirements all|runtime (for Windows)
"""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Collection, Iterator, Mapping
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
DEBIAN_12 = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "python_version": "3.11",
    "python_full_version": "3.11.2",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
DEBIAN_13 = {**DEBIAN_12, "python_version": "3.13", "python_full_version": "3.13.5"}
Environment = Mapping[str, str]


def locked(environment: Environment = WINDOWS) -> dict[str, str]:
    """A line for pip by the name of each package."""
    lines: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip()):
        head, *hashes = re.sub(r"\s*\\\n\s*", "\n", block).split("\n")
        requirement = Requirement(head)
        if _holds(requirement, environment):
            lines[canonicalize_name(requirement.name)] = " ".join([requirement.name, str(requirement.specifier), *hashes])
    return lines


def runtime(environment: Environment = WINDOWS, *, extra: str = "", without: Collection[str] = ()) -> dict[str, str]:
    """Those that a counter needs: what setup.cfg names without an extra, and what that needs.

    `extra`: also what it names in that one. `without`: these are left out, and what only they need.
    """
    lines, done = locked(environment), set[tuple[str, frozenset[str]]]()
    waiting = [(requirement, environment) for requirement in _needed_by_us(extra)]
    while waiting:
        requirement, asked = waiting.pop()
        wanted = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if wanted in done or wanted[0] in without or not _holds(requirement, asked):
            continue
        done.add(wanted)
        waiting += [(each, {**environment, "extra": of}) for each in _needed_by(wanted[0]) for of in ("", *wanted[1])]
    return {name: lines[name] for name in sorted({name for name, _ in done})}


def _needed_by_us(extra: str) -> Iterator[Requirement]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    named = setup["options"]["install_requires"] + (setup["options.extras_require"][extra] if extra else "")
    return (Requirement(line) for line in named.splitlines() if line.strip())


def _needed_by(name: str) -> Iterator[Requirement]:
    try:
        told = requires(name) or []
    except PackageNotFoundError:
        # Only on Windows; those that the lock names need nothing.
        told = []
    return (Requirement(line) for line in told)


def _holds(requirement: Requirement, environment: Environment) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(dict(environment))


def main() -> None:
    for line in (locked() if sys.argv[1] == "all" else runtime()).values():
        print(line)


if __name__ == "__main__":
    main()
