"""A limit for whatever has none of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_time(question: Callable[[], T], seconds: float, name: str = "in-time", ended: threading.Event | None = None) -> T:
    """The answer, or what was raised instead; TimeoutError after `seconds`, or before that when somebody else sets `ended`.

    The thread that asks is left behind then: it holds back neither the caller nor the end of the program. Only for calls that wait
    without the interpreter's lock; for others see `apart`.
    """
    answers: list[T] = []
    failures: list[BaseException] = []
    over = ended or threading.Event()

    def ask() -> None:
        try:
            answers.append(question())
        except BaseException as error:
            failures.append(error)
        finally:
            over.set()

    thread = threading.Thread(target=ask, name=name, daemon=True)
    thread.start()
    over.wait(seconds)
    if failures:
        raise failures[0]
    if not answers:
        raise TimeoutError(f"{name} did not answer in {seconds:g} s")
    return answers[0]


def lacks_threads(error: BaseException) -> bool:
    """Python has no exception of its own for a thread that the system does not give."""
    return isinstance(error, RuntimeError) and str(error) == "can't start new thread"
