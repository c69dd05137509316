"""The library's site key is rotated in the midst of work, time after time, and its command killed: no act is lost, none is done twice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.library import Library

pytestmark = [pytest.mark.trial, pytest.mark.timeout(240)]
ACTS = 24


def test_one_counter_sleeps_through_two_rotations_and_the_others_work_on(postgres: PostgresCluster, tmp_path: Path) -> None:
    with Library(tmp_path, postgres.create_database(), counters=4, processes=2) as library:
        library.work(ACTS)
        asleep = library.counters[-1]
        asleep.do("stop")
        lasted = 2.0
        for turn in range(3):
            library.work(ACTS // 2)
            library.server.stop()
            library.work(ACTS // 4)
            library.server.break_off("rotate-key", "--yes", seconds=library.draw.random() * lasted)
            began = time.monotonic()
            library.server.administer("rotate-key", "--yes")
            lasted = time.monotonic() - began
            library.work(ACTS // 4, at=asleep)
            library.server.start()
            library.kill_counters(library.processes[0])
            library.work(ACTS // 4)
            if turn == 1:
                asleep.do("start")
        library.settle(100)
        library.check()
