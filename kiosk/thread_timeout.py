"""Calls on threads of their own: with a timeout where they have none, or for as long as something else lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def in_time(question: Callable[[], T], seconds: float, name: str = "in-time", ended: threading.Event | None = None) -> T:
    """Return what `question` returns, or raise what it raises; TimeoutError after `seconds`, or earlier if somebody else sets `ended`.

    After a timeout the thread is abandoned; it blocks neither the caller nor the exit of the program. Only for calls that release the GIL
    while waiting; for others see `child_process`.
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
    if answers or failures:
        thread.join()  # which has nothing more to do
    if failures:
        raise failures[0]
    if not answers:
        raise TimeoutError(f"{name} did not answer in {seconds:g} s")
    return answers[0]


@contextmanager
def meanwhile(act: Callable[[threading.Event], None], seconds: float, name: str) -> Iterator[None]:
    """Run `act` on a thread; the event that it gets is set at the end. Nobody waits for it to begin, nor over `seconds` for its end."""
    ended = threading.Event()
    thread = threading.Thread(target=act, args=(ended,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(seconds)


def lacks_threads(error: BaseException) -> bool:
    """Whether a thread could not be started, for which Python has no exception of its own."""
    return isinstance(error, RuntimeError) and str(error) == "can't start new thread"
