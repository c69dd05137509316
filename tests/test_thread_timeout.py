"""A call with a timeout: its result, its exception, or TimeoutError."""

from __future__ import annotations

import threading

import pytest

from kiosk.thread_timeout import in_time


def test_an_answer_or_an_error_comes_through() -> None:
    assert in_time(lambda: 7, 5) == 7
    assert in_time(lambda: None, 5) is None
    with pytest.raises(ZeroDivisionError):
        in_time(lambda: 1 // 0, 5)


def test_whoever_has_answered_has_ended() -> None:
    """What is closed for threads that have ended, such as their connections to a database, is closed for this one too."""

    class Lingering:
        def __del__(self) -> None:
            threading.Event().wait(0.1)

    of_the_thread = threading.local()

    def ask() -> threading.Thread:
        of_the_thread.last = Lingering()
        return threading.current_thread()

    assert not in_time(ask, 5).is_alive()


def test_whoever_does_not_answer_is_left_behind() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError):
        in_time(never.wait, 0.05)
    never.set()
