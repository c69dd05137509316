"""A relay between counters and the library's server that does to their connections what networks do.

TLS hides what passes, so faults are those of a network: bytes late, connections cut, nothing at all, and answers that get lost after their
request arrived, whereupon a counter asks again and the server hears everything twice. Which answers are lost is drawn from a seed.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Self

from tests.support.wait import LIMIT

_HOST = "127.0.0.1"
_APPLICATION_DATA, _HEADER = 23, 5
"""The type of a TLS record that carries data, or a handshake's end in TLS 1.3; and how long a record's header is (RFC 8446, 5.1)."""
_RESET = struct.pack("ii", 1, 0)
_DRAINED = 5.0
"""Seconds for which the server's half of a connection stays open after its answer was lost."""


@dataclass(slots=True)
class Records:
    """Counts the TLS records of application data in a stream."""

    count: int = 0
    _head: bytes = b""
    _left: int = 0

    def take(self, data: bytes) -> None:
        while data:
            if self._left:
                taken = min(self._left, len(data))
                self._left, data = self._left - taken, data[taken:]
                continue
            missing = _HEADER - len(self._head)
            self._head, data = self._head + data[:missing], data[missing:]
            if len(self._head) == _HEADER:
                self.count += self._head[0] == _APPLICATION_DATA
                self._left, self._head = int.from_bytes(self._head[3:], "big"), b""


@dataclass(slots=True, eq=False)
class _Connection:
    """One connection of a counter. Its first record of data ends the handshake (TLS 1.3), any other is part of a request."""

    counter: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    sent: Records = field(default_factory=Records)
    is_lost: bool = False

    @property
    def has_asked(self) -> bool:
        return self.sent.count > 1


class Relay:
    """Listens on a port of its own (`port`) for as long as it is open, and forwards to `target`. Use as a context manager."""

    def __init__(self, target: int, seed: int = 0, others: Sequence[int] = ()) -> None:
        """`others`: with these it takes turns, one connection each, and passes over who is not there, as a balancer does."""
        self.target, self.port = target, 0
        self._others = list(others)
        self.accepted = self.lost = self.cuts = 0
        self._draw = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._open: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_cut, self._losing, self._delay = False, 0.0, 0.0
        self._until_lost = 0
        """Answers until the next one that is lost."""
        self._flows = asyncio.Event()
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()
        self._loop.close()

    # --- what the network does ------------------------------------------------------------------------------------------

    def cut(self) -> None:
        """Reset every connection, and each new one until `mend`."""
        self._do(self._cut())

    def mend(self) -> None:
        """Forward again, without delay and without loss."""
        self._do(self._set(cut=False, losing=0.0, delay=0.0, flows=True))

    def freeze(self) -> None:
        """Nothing passes, in neither direction, and nobody is told: what a firewall does that drops packets."""
        self._do(self._set(flows=False))

    def delay(self, seconds: float) -> None:
        """Whatever passes is late by up to so much, drawn anew each time: connections overtake each other."""
        self._do(self._set(delay=seconds))

    def lose(self, share: float) -> None:
        """Of all answers this share is lost, although the server has heard what was asked."""
        self._do(self._set(losing=share))

    @property
    def connections(self) -> int:
        return len(self._open)

    # --- on the relay's own thread --------------------------------------------------------------------------------------

    def _do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT)

    async def _begin(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._serve, _HOST, 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for connection in list(self._open):
            _reset(connection)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _set(
        self, *, cut: bool | None = None, losing: float | None = None, delay: float | None = None, flows: bool | None = None
    ) -> None:
        self._is_cut = self._is_cut if cut is None else cut
        if losing is not None:
            self._losing = losing
            self._until_lost = self._gap()
        self._delay = self._delay if delay is None else delay
        if flows is not None:
            (self._flows.set if flows else self._flows.clear)()

    async def _cut(self) -> None:
        self._is_cut, self.cuts = True, self.cuts + 1
        for connection in list(self._open):
            _reset(connection)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        connection = _Connection(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(connection)
        try:
            if not self._is_cut:
                await self._forward(connection, reader)
        except OSError:
            pass  # whoever is at the other end is gone, or not there yet
        finally:
            _reset(connection)
            with suppress(OSError):
                await writer.wait_closed()
            self._open.discard(connection)
            self._tasks.discard(task)

    async def _forward(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        answers, connection.server = await self._reach()
        there = asyncio.ensure_future(self._requests(connection, reader, connection.server))
        back = asyncio.ensure_future(self._answers(connection, answers))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            if connection.is_lost:
                await asyncio.wait({back}, timeout=_DRAINED)
        finally:
            for half in (there, back):
                half.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            _abort(connection.server)
            with suppress(OSError):
                await connection.server.wait_closed()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in self._others:
            self._others.append(self.target)
            self.target = self._others.pop(0)
            with suppress(OSError):
                return await asyncio.open_connection(_HOST, self.target)
        return await asyncio.open_connection(_HOST, self.target)

    async def _requests(self, connection: _Connection, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._pause()
            connection.sent.take(data)
            server.write(data)
            await server.drain()

    async def _answers(self, connection: _Connection, answers: asyncio.StreamReader) -> None:
        while data := await answers.read(65536):
            await self._pause()
            if connection.is_lost:
                continue
            if self._losing and connection.has_asked:
                self._until_lost -= 1
                if not self._until_lost:
                    self._until_lost = self._gap()
                    connection.is_lost, self.lost = True, self.lost + 1
                    _abort(connection.counter)
                    continue
            connection.counter.write(data)
            await connection.counter.drain()

    def _gap(self) -> int:
        """Drawn, but never so many that a short trial loses none."""
        return self._draw.randint(1, max(1, round(2 / self._losing) - 1)) if self._losing else 0

    async def _pause(self) -> None:
        if self._delay:
            await asyncio.sleep(self._draw.uniform(0, self._delay))
        await self._flows.wait()


def _reset(connection: _Connection) -> None:
    _abort(connection.counter)
    if connection.server is not None:
        _abort(connection.server)


def _abort(writer: asyncio.StreamWriter) -> None:
    """End a connection as a router does that forgot it: with a reset, and whatever was under way is gone."""
    held = writer.get_extra_info("socket")
    with suppress(OSError):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
