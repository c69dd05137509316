"""No exchange spends 1 ms in the codec, and no noise keeps it busy."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from kiosk.library.sip2 import Framer, Malformed, decode, encode, masked
from kiosk.library.sip2.framing import LONGEST
from tests.library.recorded import LINES


def best(work: Callable[[], object], rounds: int = 100, runs: int = 7) -> float:
    """Seconds of one round in the best of some runs: a busy machine makes figures worse and never better."""

    def run() -> float:
        start = time.perf_counter()
        for _ in range(rounds):
            work()
        return (time.perf_counter() - start) / rounds

    return min(run() for _ in range(runs))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_the_largest_recorded_message_takes_no_time(encoding: str) -> None:
    message = decode(max(LINES, key=len))
    line = encode(message, sequence=1, encoding=encoding)
    assert best(lambda: decode(line, encoding=encoding)) < 0.001
    assert best(lambda: encode(message, sequence=1, encoding=encoding)) < 0.001


def test_a_patron_with_two_hundred_loans_takes_no_time() -> None:
    line = max((line for line in LINES if line.startswith(b"64")), key=len).rstrip(b"\r\n")[:-9]
    line += b"".join(b"AU%013d|" % item for item in range(200)) + b"AY1AZ0000"
    assert best(lambda: (Framer().feed(line + b"\r"), decode(line), masked(line))) < 0.001


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

    assert best(read, rounds=1, runs=3) < 0.5
