"""Tells at the end of a run how many cases the matrices went through. A pytest plugin: the fixture `count_cases`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

_CASES = pytest.StashKey[Counter[str]]()
CountCases = Callable[[str, int], None]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_CASES] = Counter()


@pytest.fixture
def count_cases(pytestconfig: pytest.Config, record_property: Callable[[str, object], None]) -> CountCases:
    """Called with what was tried and how many cases of it; both stand in the summary and, for machines, in the report."""

    def count(what: str, cases: int) -> None:
        assert cases > 0
        pytestconfig.stash[_CASES][what] += cases
        record_property(what, cases)

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for what, cases in sorted(config.stash[_CASES].items()):
        terminalreporter.write_line(f"{what}: {cases:,} cases")
