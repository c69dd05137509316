"""The tail of the feed: whoever waits hears of what is new, at once and exactly once, and nothing falls between asking and waiting."""

from __future__ import annotations

import asyncio
import json
import threading
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from kiosk.domain.errors import Unavailable
from kiosk.domain.wire import Position
from kiosk.registry.tail import KEPT, Tail
from tests.support.registry.feed_in_memory import Feed

SOON, NEVER = 5.0, 3600.0


@asynccontextmanager
async def tail_of(feed: Feed, poll: float = 0.01) -> AsyncIterator[Tail]:
    with ThreadPoolExecutor(2) as executor:
        tail = Tail(feed, executor, feed.encode, poll)
        following = asyncio.create_task(tail.follow())
        await tail.read()
        # The tail's own first look is over too.
        await tail.read()
        try:
            yield tail
        finally:
            tail.close()
            async with asyncio.timeout(SOON):
                await following


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(30):
            await test()

    asyncio.run(limited())


async def waits(tail: Tail, position: Position, counter: str = "本館1", seconds: float = NEVER) -> asyncio.Task[None]:
    """Somebody who waits, and is known to."""
    before = tail.waiting
    task = asyncio.create_task(tail.wait_beyond(position, seconds, counter))
    while tail.waiting == before and not task.done():
        await asyncio.sleep(0)
    return task


async def ends(task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(SOON):
        await task


def cursors(encoded: bytes | None) -> list[int]:
    assert encoded is not None
    read: list[int] = json.loads(b"[" + encoded + b"]")
    return read


def test_who_is_behind_does_not_wait() -> None:
    async def test() -> None:
        feed = Feed(count=3)
        async with tail_of(feed, NEVER) as tail:
            await ends(asyncio.create_task(tail.wait_beyond(Position(1, 2), NEVER, "本館1")))
            await ends(asyncio.create_task(tail.wait_beyond(Position(0, 3), NEVER, "本館1")))
            assert tail.waiting == 0

    run(test)


def test_a_commit_of_this_process_wakes_at_once_without_a_look_at_the_database() -> None:
    async def test() -> None:
        feed = Feed(count=3)
        async with tail_of(feed, NEVER) as tail:
            task, reads = await waits(tail, Position(1, 3)), feed.reads
            await asyncio.to_thread(lambda: tail.committed(feed.append(2)))
            await ends(task)
            assert (cursors(tail.entries_after(3)), tail.head.position, feed.reads) == ([4, 5], Position(1, 5), reads)

    run(test)


def test_what_another_server_committed_is_found_by_looking() -> None:
    async def test() -> None:
        feed = Feed(count=3)
        async with tail_of(feed) as tail:
            task = await waits(tail, Position(1, 3))
            feed.append(2)
            await ends(task)
            assert cursors(tail.entries_after(3)) == [4, 5]

    run(test)


def test_between_two_commits_of_this_process_lies_another_servers() -> None:
    async def test() -> None:
        feed = Feed()
        async with tail_of(feed, NEVER) as tail:
            tail.committed(feed.append())
            feed.append()
            tail.committed(feed.append())
            task = asyncio.create_task(tail.wait_beyond(Position(1, 1), NEVER, "本館1"))
            await ends(task)
            assert cursors(tail.entries_after(1)) == [2, 3]

    run(test)


def test_a_look_begun_before_a_commit_takes_nothing_back() -> None:
    async def test() -> None:
        feed, looked, go = Feed(), threading.Event(), threading.Event()
        async with tail_of(feed, NEVER) as tail:

            def slowly() -> None:
                looked.set()
                go.wait(SOON)

            feed.before_answering = slowly
            look = asyncio.create_task(tail.read())
            await asyncio.to_thread(looked.wait, SOON)
            task = await waits(tail, Position(1, 0))
            tail.committed(feed.append())
            await ends(task)
            go.set()
            async with asyncio.timeout(SOON):
                assert (await look).position == Position(1, 1)
            assert cursors(tail.entries_after(0)) == [1]

    run(test)


def test_nothing_falls_between_while_two_servers_write_as_fast_as_they_can() -> None:
    async def test() -> None:
        feed, last, seen = Feed(), 2000, {counter: [0] for counter in ("一", "二", "三")}
        async with tail_of(feed) as tail:

            def write() -> None:
                for turn in range(last):
                    commit = feed.append()
                    if turn % 3:
                        tail.committed(commit)

            async def hears(counter: str) -> None:
                while seen[counter][-1] < last:
                    at = seen[counter][-1]
                    await tail.wait_beyond(Position(1, at), NEVER, counter)
                    seen[counter] += cursors(tail.entries_after(at))

            async with asyncio.timeout(25):
                await asyncio.gather(asyncio.to_thread(write), *map(hears, seen))
        assert all(numbers == list(range(last + 1)) for numbers in seen.values())

    run(test)


def test_a_wait_ends() -> None:
    async def test() -> None:
        async with tail_of(Feed(), NEVER) as tail:
            await ends(await waits(tail, Position(1, 0), seconds=0.05))
            await ends(asyncio.create_task(tail.wait_beyond(Position(1, 0), 0, "本館1")))
            assert tail.waiting == 0

    run(test)


def test_of_one_counter_only_the_newest_request_waits() -> None:
    async def test() -> None:
        async with tail_of(Feed(), NEVER) as tail:
            first = await waits(tail, Position(1, 0))
            other = await waits(tail, Position(1, 0), "分館")
            second = asyncio.create_task(tail.wait_beyond(Position(1, 0), NEVER, "本館1"))
            await ends(first)
            assert (second.done(), other.done(), tail.waiting) == (False, False, 2)

    run(test)


def test_a_new_epoch_wakes_all_and_nothing_of_the_old_one_is_told_in_it() -> None:
    async def test() -> None:
        feed = Feed(count=0)
        async with tail_of(feed) as tail:
            tail.committed(feed.append(5))
            await ends(asyncio.create_task(tail.wait_beyond(Position(1, 0), NEVER, "本館1")))
            task = await waits(tail, Position(1, 5))
            with feed.lock:
                feed.epoch, feed.count = 2, 3
            await ends(task)
            assert (tail.head.position, tail.entries_after(2), cursors(tail.entries_after(3))) == (Position(2, 3), None, [])

    run(test)


def test_closing_lets_all_go_and_nobody_waits_afterwards() -> None:
    async def test() -> None:
        async with tail_of(Feed(), NEVER) as tail:
            tasks = [await waits(tail, Position(1, 0), f"窓口{number}") for number in range(5)]
            tail.close()
            for task in [*tasks, asyncio.create_task(tail.wait_beyond(Position(1, 0), NEVER, "また"))]:
                await ends(task)

    run(test)


def test_a_database_that_is_away_is_known_to_be_and_found_again() -> None:
    async def test() -> None:
        feed = Feed()
        async with tail_of(feed) as tail:
            task = await waits(tail, Position(1, 0))
            feed.is_away = True
            while not tail.is_failing:
                await asyncio.sleep(0.001)
            with pytest.raises(Unavailable):
                await tail.read()
            assert not task.done()
            feed.append()
            feed.is_away = False
            await ends(task)
            assert (tail.is_failing, cursors(tail.entries_after(0))) == (False, [1])

    run(test)


def test_who_is_shut_out_waits_no_longer() -> None:
    async def test() -> None:
        feed = Feed()
        async with tail_of(feed) as tail:
            revoked, other = await waits(tail, Position(1, 0), "本館1"), await waits(tail, Position(1, 0), "分館")
            feed.out = frozenset({"本館1"})
            await ends(revoked)
            assert (tail.is_shut_out("本館1"), tail.is_shut_out("分館"), other.done()) == (True, False, False)

    run(test)


def test_who_is_too_far_behind_is_sent_to_the_database() -> None:
    async def test() -> None:
        feed = Feed()
        async with tail_of(feed, NEVER) as tail:
            tail.committed(feed.append(KEPT))
            tail.committed(feed.append(1))
            await ends(asyncio.create_task(tail.wait_beyond(Position(1, KEPT), NEVER, "本館1")))
            assert tail.entries_after(0) is None
            assert cursors(tail.entries_after(1)) == list(range(2, 502))
            feed.append(KEPT + 1)
            await tail.read()
            assert (tail.entries_after(KEPT), cursors(tail.entries_after(2 * KEPT + 2))) == (None, [])

    run(test)


def test_an_entry_is_encoded_once_for_all_who_wait() -> None:
    async def test() -> None:
        feed, told = Feed(), []
        async with tail_of(feed, NEVER) as tail:

            async def hears(counter: str) -> None:
                await tail.wait_beyond(Position(1, 0), NEVER, counter)
                told.append(tail.entries_after(0))

            tasks = [asyncio.create_task(hears(f"窓口{number}")) for number in range(200)]
            while tail.waiting < 200:
                await asyncio.sleep(0)
            tail.committed(feed.append(2))
            async with asyncio.timeout(SOON):
                await asyncio.gather(*tasks)
        assert (told, feed.encoded) == ([b"1,2"] * 200, [1, 2])

    run(test)


def test_whoever_asks_from_any_place_adds_nothing_to_what_is_kept() -> None:
    async def test() -> None:
        feed = Feed()
        async with tail_of(feed, NEVER) as tail:
            tail.committed(feed.append(KEPT))
            await ends(asyncio.create_task(tail.wait_beyond(Position(1, 0), NEVER, "本館1")))
            tracemalloc.start()
            assert all(tail.entries_after(cursor) for cursor in range(KEPT))
            assert tracemalloc.get_traced_memory()[0] < KEPT * 100
            tracemalloc.stop()

    run(test)


def test_all_who_ask_while_one_look_is_under_way_share_the_next() -> None:
    async def test() -> None:
        feed = Feed()
        async with tail_of(feed, NEVER) as tail:
            before = feed.reads
            await asyncio.gather(*(tail.read() for _ in range(50)))
            assert feed.reads - before <= 2

    run(test)
