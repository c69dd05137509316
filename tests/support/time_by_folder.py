"""A pytest plugin: how long the tests of each folder took, of all workers, added to the file that `PART_TIMES` names (tools/part)."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest


class TimeByFolder:
    def __init__(self, part: str, file: Path) -> None:
        self._part, self._file = part, file
        self._times: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folders = report.nodeid.partition("::")[0].split("/")[:-1]
        self._times["/".join(folders[:2])] += round(1000 * report.duration)

    def pytest_sessionfinish(self) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            for folder, time in self._times.most_common():
                if time >= 1000:
                    file.write(f"  {self._part}: {folder}\t{round(time / 1000)}\n")


def pytest_configure(config: pytest.Config) -> None:
    part, file = os.environ.get("PART"), os.environ.get("PART_TIMES")
    # The workers of pytest-xdist report to the process that started them. What Wine runs would see another file.
    if part and file and not hasattr(config, "workerinput") and os.name == "posix":
        config.pluginmanager.register(TimeByFolder(part, Path(file)))
