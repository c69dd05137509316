"""Waits for something on a thread of its own, so that who needs it can do something else until it is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Generic, TypeVar

V = TypeVar("V")


class Aside(Generic[V]):
    """Leaving the block gives up what is not there yet."""

    def __init__(self, take: Callable[[], V], give_up: Callable[[], None]) -> None:
        """`give_up` makes `take` raise soon."""
        self._take, self._give_up = take, give_up
        self._taken: Future[V] = Future()
        self._thread = threading.Thread(target=self._run, name="sync-answer", daemon=True)

    def is_there(self, seconds: float) -> bool:
        """Wait for so long at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> V:
        """What was taken, or what `take` raised."""
        return self._taken.result()

    def __enter__(self) -> Aside[V]:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while not self.is_there(0):
            self._give_up()
            self._thread.join(1)

    def _run(self) -> None:
        try:
            self._taken.set_result(self._take())
        except Exception as error:
            self._taken.set_exception(error)
