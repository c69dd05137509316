"""Tells at the end of a run how many cases the matrices went through. A pytest plugin: the fixture `count_cases`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

CountCases = Callable[[str, int], None]
_MARK = "cases: "


@pytest.fixture
def count_cases(record_property: Callable[[str, object], None]) -> CountCases:
    """Called with what was tried and how many cases of it; both stand in the summary and, for machines, in the report."""

    def count(what: str, cases: int) -> None:
        assert cases > 0
        record_property(_MARK + what, cases)

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counted: Counter[str] = Counter()
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for name, value in report.user_properties:
            if name.startswith(_MARK) and report.when == "call":
                counted[name.removeprefix(_MARK)] += value
    for what, cases in sorted(counted.items()):
        terminalreporter.write_line(f"{what}: {cases:,} cases")
