"""A pytest plugin: what stands on Linux is left out on Windows, and the run's last lines count it by reason.

A test says so by `@pytest.mark.linux("file modes")`, or by one of the markers and fixtures named here. Who is not root skips what needs it.
"""

from __future__ import annotations

import os
import sys
from collections import Counter

import pytest

_MARKERS = {"pcscd": "pcscd", "window": "X11", "root": "root"}
_FIXTURES = {"pcscd": "pcscd", "postgres": "PostgreSQL", "screen": "X11", "no_child_left": "/proc", "note": "named pipes"}
_LEFT_OUT = pytest.StashKey[Counter[str]]()


def _stands_on(item: pytest.Item) -> str | None:
    """What it is of Linux that this test needs."""
    said = item.get_closest_marker("linux")
    if said is not None:
        if len(said.args) != 1:
            raise pytest.UsageError(f'{item.nodeid}: say what it needs of Linux, as in linux("file modes")')
        return str(said.args[0])
    for marker, what in _MARKERS.items():
        if item.get_closest_marker(marker) is not None:
            return what
    asked = getattr(item, "fixturenames", ())
    return next((what for fixture, what in _FIXTURES.items() if fixture in asked), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needs = {item: _stands_on(item) for item in items}
    left_out = [item for item in items if needs[item] is not None] if os.name == "nt" else []
    if left_out:
        config.stash[_LEFT_OUT] = Counter(str(needs[item]) for item in left_out)
        items[:] = [item for item in items if needs[item] is None]
        config.hook.pytest_deselected(items=left_out)
    if sys.platform != "win32" and os.geteuid() != 0:
        for item in items:
            if item.get_closest_marker("root") is not None:
                item.add_marker(pytest.mark.skip(reason="needs root"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counted = config.stash.get(_LEFT_OUT, Counter[str]())
    if counted:
        reasons = ", ".join(f"{what} {number}" for what, number in sorted(counted.items()))
        terminalreporter.write_line(f"left out on Windows, {counted.total()}: {reasons}")
