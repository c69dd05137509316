"""Thousands of consecutive loans through the real window and the real client: nothing grows, nothing slows down, nothing is lost.

tests/test_speed.py also measures how long the windows freeze meanwhile, in a run short enough for every change.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.bench import run

OFFSCREEN = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(run.ROOT)}
MEMORY = 1.05
"""What a long run may have more of it than its warm-up; Qt keeps some 5 KB of each page that was opened, 2 MB of a day of 500 patrons."""
SHARED = 1.5
"""The library's system has the other core, and over minutes some other program is in the way as well: held here is that no stall grows."""

ONCE = {"objects": 5000, "widgets": 250}
"""What comes one time and stays, sooner or later by the machine: a module that is read late, the two pages that are ready for what comes
next. A page kept of every patron would be ten times as many."""


def check_flat(parts: list[dict[str, Any]], warm_up: int) -> None:
    """From the end of this part on nothing grows: memory, objects Python looks after, widgets.

    How many pages are ready for what comes next differs from one moment to the other.
    """
    assert parts[-1]["memory"] <= parts[warm_up - 1]["memory"] * MEMORY
    for kind in ("objects", "widgets"):
        first, last = (max(part[kind] for part in some) for some in (parts[warm_up - 1 : warm_up + 2], parts[-3:]))
        assert last <= first * 1.1 + ONCE[kind], kind


def slowness(parts: list[dict[str, Any]], warm_up: int) -> float:
    """How much more work the quickest of the last three parts was than that of the first three."""
    seconds = [part["worked"] for part in parts[warm_up:]]
    return float(min(seconds[-3:]) / min(seconds[:3]))


def stalls(measured: dict[str, Any]) -> list[float]:
    """Of each third of the run: how long the windows stood still at most, as far as it was this process that worked."""
    parts = measured["parts"][1:]
    return [max(min(part["longest"], part["busiest"]) for part in parts[first : first + 3]) for first in (0, 3, 6)]


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_five_thousand_loans_of_two_hundred_and_fifty_patrons(tmp_path: Path) -> None:
    measured = run.loans(5_000, 20, tmp_path, OFFSCREEN, limit=500)
    assert measured["lent"] == measured["on loan"] == 5_000
    check_flat(measured["parts"], warm_up=2)
    assert min(stalls(measured)) < run.STALL * SHARED
    assert slowness(measured["parts"], warm_up=1) < 1.5


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_two_thousand_loans_of_one_patron_in_one_session(tmp_path: Path) -> None:
    """A school fetches its books: the list is long, and one more item costs what the first ones did."""
    measured = run.loans(2_000, 2_000, tmp_path, OFFSCREEN, limit=500)
    assert measured["lent"] == measured["on loan"] == 2_000
    assert min(stalls(measured)) < run.STALL * SHARED
    assert slowness(measured["parts"], warm_up=3) < 1.5
