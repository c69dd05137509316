"""A large library's snapshot arrives in the time a database needs, in little memory, and nobody has to wait for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.snapshot import LOCK, MEGABYTES, RATIO, measure, told


@pytest.mark.trial
@pytest.mark.timeout(1800)
def test_two_million_links(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = measure(tmp_path, 2_000_000)
    with capsys.disabled():
        print(" " + "; ".join(told(figures, 2_000_000)), end="")  # noqa: T201
    assert figures["ratio"] <= RATIO
    assert figures["megabytes"] < MEGABYTES
    assert figures["longest lock"] < LOCK


@pytest.mark.linux("/proc")
def test_twenty_thousand_links(tmp_path: Path) -> None:
    """On a machine that may be busy with other tests, and with so few that the pauses weigh: no figure but the memory is exact."""
    figures = measure(tmp_path, 20_000)
    assert figures["ratio"] < 5 * RATIO
    assert figures["megabytes"] < MEGABYTES
    assert figures["longest lock"] < 3 * LOCK
