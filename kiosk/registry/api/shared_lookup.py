"""Looks up for many what each asks for alone: after news all counters ask again at once, and each lookup is a thread and a query."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class SharedLookup(Generic[K, V]):
    """Whoever asks while one lookup is under way shares the next: what is found was read after it was asked for. For one event loop."""

    def __init__(self, look_up: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        """`look_up` finds those of some keys that there are. What it raises is raised for all who asked."""
        self._look_up = look_up
        self._asked: dict[K, list[asyncio.Future[V | None]]] = defaultdict(list)
        self._looking: asyncio.Task[None] | None = None

    async def find(self, key: K) -> V | None:
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._asked[key].append(future)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await future

    async def _look(self) -> None:
        asked: Mapping[K, list[asyncio.Future[V | None]]] = {}
        try:
            while self._asked:
                asked, self._asked = self._asked, defaultdict(list)
                await self._answer(asked)
        finally:
            self._looking = None
            # Only where it was cut off does anybody still wait.
            for future in _awaited([*asked.values(), *self._asked.values()]):
                future.cancel()
            self._asked.clear()

    async def _answer(self, asked: Mapping[K, list[asyncio.Future[V | None]]]) -> None:
        try:
            found = await self._look_up(asked.keys())
        except Exception as error:
            for future in _awaited(asked.values()):
                future.set_exception(error)
        else:
            for key, futures in asked.items():
                for future in _awaited([futures]):
                    future.set_result(found.get(key))


def _awaited(futures: Collection[list[asyncio.Future[V | None]]]) -> list[asyncio.Future[V | None]]:
    """Those that nobody has given up."""
    return [future for some in futures for future in some if not future.done()]
