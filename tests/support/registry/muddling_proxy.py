"""A reverse proxy that muddles answers up: it has the server's own certificate, so nobody can tell, and everything asked arrives.

What it may do to an answer: give the one before it once more (a cache that should not be one), or hold it back and give it in place of the
next. What each counter asked of each path is muddled up for itself, so that an answer has the right form and the wrong content.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Self

from tests.support.wait import LIMIT

_HOST = "127.0.0.1"
Kind = tuple[bytes, bytes]
"""Who asked, by the header that says so, and the path without its query."""


@dataclass(slots=True)
class _Kept:
    """The answers to one kind of question."""

    last: bytes = b""
    held: bytes = b""


@dataclass(slots=True)
class _Asked:
    head: bytes
    body: bytes = field(repr=False)

    @property
    def kind(self) -> Kind:
        lines = self.head.split(b"\r\n")
        shown = [line for line in lines if line.lower().startswith(b"authorization:")]
        return b"".join(shown), lines[0].split(b" ")[1].partition(b"?")[0]


class MuddlingProxy:
    """Use as a context manager. `port` is where counters ask."""

    def __init__(self, target: int, shown: ssl.SSLContext, seed: int) -> None:
        """`target`: the server's port. `shown`: a context with its certificate."""
        self.port, self.muddled = 0, 0
        self._target, self._shown, self._draw, self._share = target, shown, random.Random(seed), 0.0
        self._asking = ssl.create_default_context()
        self._asking.check_hostname, self._asking.verify_mode = False, ssl.CERT_NONE
        self._kept: dict[Kind, _Kept] = {}
        self._passed, self._next = 0, sys.maxsize
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="muddling-proxy", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(LIMIT)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(LIMIT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.close()

    def muddle(self, share: float) -> None:
        """From now on so many of the answers are not those that were asked for; 0: none."""
        self._share, self._passed = share, 0
        self._next = self._gap()

    def _gap(self) -> int:
        """How many answers until the next one that is muddled: drawn, but never so many that a short trial meets none."""
        return self._draw.randint(1, round(2 / self._share) - 1) if self._share else sys.maxsize

    async def _begin(self) -> None:
        self._server = await asyncio.start_server(self._serve, _HOST, 0, ssl=self._shown)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there: asyncio.StreamWriter | None = None
        try:
            answers, there = await asyncio.open_connection(_HOST, self._target, ssl=self._asking)
            while True:
                asked = _Asked(*await _message(reader))
                there.write(asked.head + asked.body)
                writer.write(self._chosen(asked.kind, b"".join(await _message(answers))))
                await writer.drain()
        except (OSError, EOFError, asyncio.IncompleteReadError):
            pass  # one of the two has gone
        finally:
            for one in (writer, there):
                if one is not None:
                    one.transport.abort()
                    with suppress(OSError):
                        await one.wait_closed()
            self._tasks.discard(task)

    def _chosen(self, kind: Kind, answer: bytes) -> bytes:
        kept = self._kept.setdefault(kind, _Kept())
        given = answer
        self._passed += 1
        if kept.last and self._passed >= self._next:
            self.muddled, self._next = self.muddled + 1, self._passed + self._gap()
            given = kept.held or kept.last
            kept.held = answer if self._draw.random() < 0.5 else b""
        kept.last = given
        return given


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a request or an answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head, await reader.readexactly(int(lengths[0].partition(b":")[2])) if lengths else b""
