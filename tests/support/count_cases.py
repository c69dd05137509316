"""A pytest plugin with the fixture `count_cases`: reports at the end of a run how many cases each matrix covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

CountCases = Callable[[str, int], None]
_MARK = "cases: "


@pytest.fixture
def count_cases(record_property: Callable[[str, object], None]) -> CountCases:
    """Call it with what was tried and the number of cases; both appear in the summary and in the machine-readable report."""

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
