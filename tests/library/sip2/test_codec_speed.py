"""No noise keeps the codec busy. The time per exchange is measured in isolation by tests/test_speed.py."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from kiosk.library.sip2 import Framer, Malformed, decode
from kiosk.library.sip2.framing import LONGEST


def best(work: Callable[[], object], runs: int = 3) -> float:
    """Seconds of the best of some runs: a busy machine makes figures worse and never better."""

    def run() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(run() for _ in range(runs))


@pytest.mark.parametrize(
    "noise",
    [b"|", b"x|", b"AY1", b"AZ0000", b"AY1AZ1", b" ", b"|AY1|", b"|AZ", b"AF|", b"\n", b"|\n", b"12345678", b"&#124;", b"\xe3\x82\x99"],
)
def test_the_longest_noise_is_through_in_a_moment(noise: bytes) -> None:
    line = b"64              00020261123    185032000000000000000000000002AF" + noise * (LONGEST // len(noise) - 100)

    def read() -> None:
        try:
            for framed in Framer().feed(line + b"\r"):
                decode(framed)
        except Malformed:
            pass

    assert best(read) < 0.5
