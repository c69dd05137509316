"""Many who ask at once share one lookup, and nobody is told what was read before he asked."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import pytest

from kiosk.registry.api.shared_lookup import SharedLookup
from tests.support.wait import SOON


class Away(Exception):
    """The database is."""


class Table:
    """Answers each lookup once it is told to."""

    def __init__(self, **rows: int) -> None:
        self.rows, self.asked, self.may = rows, list[set[str]](), asyncio.Semaphore(0)
        self.is_away = self.is_cut_off = False

    async def look_up(self, keys: Collection[str]) -> Mapping[str, int]:
        self.asked.append(set(keys))
        read = dict(self.rows)
        await self.may.acquire()
        if self.is_away:
            raise Away
        return {key: value for key, value in read.items() if key in keys}


async def turns() -> None:
    """Until everybody has come as far as he can."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_who_asks_while_a_lookup_is_under_way_shares_the_next() -> None:
    async def test() -> None:
        table = Table(a=1, b=2)
        lookup = SharedLookup(table.look_up)
        first = asyncio.create_task(lookup.find("a"))
        await turns()
        table.rows["a"] = 10
        others = [asyncio.create_task(lookup.find(key)) for key in ("a", "b", "b", "c")]
        await turns()
        table.may.release()
        table.may.release()
        assert await first == 1
        assert await asyncio.gather(*others) == [10, 2, 2, None]
        assert table.asked == [{"a"}, {"a", "b", "c"}]

    asyncio.run(test())


def test_trouble_is_raised_for_all_who_asked_and_is_over_with_the_next() -> None:
    async def test() -> None:
        table = Table(a=1)
        lookup = SharedLookup(table.look_up)
        table.is_away = True
        asked = [asyncio.create_task(lookup.find("a")) for _ in range(3)]
        await turns()
        table.may.release()
        assert [type(error) for error in await asyncio.gather(*asked, return_exceptions=True)] == [Away] * 3
        table.is_away = False
        table.may.release()
        assert await lookup.find("a") == 1

    asyncio.run(test())


def test_a_lookup_that_is_cut_off_leaves_nobody_waiting() -> None:
    async def test() -> None:
        table = Table(a=1)

        async def look_up(keys: Collection[str]) -> Mapping[str, int]:
            found = await table.look_up(keys)
            if table.is_cut_off:
                raise asyncio.CancelledError
            return found

        lookup = SharedLookup(look_up)
        table.is_cut_off = True
        first = asyncio.create_task(lookup.find("a"))
        await turns()
        next_one = asyncio.create_task(lookup.find("a"))
        await turns()
        table.may.release()
        await asyncio.wait({first, next_one}, timeout=SOON)
        assert (first.cancelled(), next_one.cancelled()) == (True, True)
        table.is_cut_off = False
        table.may.release()
        assert await lookup.find("a") == 1

    asyncio.run(test())


def test_whoever_gives_up_takes_nothing_from_the_others() -> None:
    async def test() -> None:
        table = Table(a=1)
        lookup = SharedLookup(table.look_up)
        gone, stays = asyncio.create_task(lookup.find("a")), asyncio.create_task(lookup.find("a"))
        await turns()
        gone.cancel()
        await turns()
        table.may.release()
        assert await stays == 1
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(test())
