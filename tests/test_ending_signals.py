"""Every signal by which a program is asked to end is heard."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest

from kiosk.ending_signals import heard

NAMES = ("SIGINT", "SIGTERM", "SIGBREAK") if sys.platform == "win32" else ("SIGINT", "SIGTERM", "SIGHUP")


@pytest.fixture(params=NAMES)
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    found: int = getattr(signal, request.param)
    before = signal.getsignal(found)
    yield found
    signal.signal(found, before)


def test_it_is_heard_meanwhile_and_no_longer(number: int) -> None:
    earlier: list[int] = []
    signal.signal(number, lambda number, frame: earlier.append(number))
    ends: list[int] = []
    with heard(lambda number, frame: ends.append(number)):
        signal.raise_signal(number)
    signal.raise_signal(number)
    assert (ends, earlier) == ([number], [number])


@pytest.mark.linux("SIGHUP")
def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    """As `nohup` does it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ends: list[int] = []
    with heard(lambda number, frame: ends.append(number)):
        signal.raise_signal(signal.SIGHUP)
    assert ends == []
    assert signal.signal(signal.SIGHUP, before) is signal.SIG_IGN
