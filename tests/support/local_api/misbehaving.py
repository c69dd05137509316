"""A hundred programs that misbehave in ten ways. Usage: python -m tests.support.local_api.misbehaving PORT ORIGIN SECONDS

Each does it again and again. A line says when all have come; then follows one JSON object: how often each way ended how (the status that
was answered, or "-" for none).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

EACH = 10
PATIENCE = 3.0
LARGE = 10_000_000
PART = 65_536
_UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Crowd:
    def __init__(self, port: int, origin: str) -> None:
        self._port, self._host, self._origin = port, f"Host: 127.0.0.1:{port}\r\n", f"Origin: {origin}\r\n"
        self.ended: Counter[str] = Counter()
        self._here = 0

    async def live(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._again(way, end) for way in self._ways() for _ in range(EACH)))

    def _ways(self) -> list[Callable[[Streams], Awaitable[None]]]:
        return [
            *(self.without_token, self.with_a_wrong_token, self.from_a_wrong_origin, self.by_another_name, self.slowly),
            *(self.without_reading, self.at_length, self.at_length_by_websocket, self.silent_websocket, self.nonsense),
        ]

    async def _again(self, way: Callable[[Streams], Awaitable[None]], end: float) -> None:
        while time.monotonic() < end:
            status = "-"
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                self._here += 1
                if self._here == EACH * len(self._ways()):
                    sys.stdout.write("here\n")
                    sys.stdout.flush()
                try:
                    async with asyncio.timeout(PATIENCE):
                        await way((reader, writer))
                        status = (await reader.readline()).decode("latin-1").split(" ")[1:2][0]
                except IndexError:
                    pass
                finally:
                    writer.close()
            self.ended[f"{way.__name__} {status}"] += 1
            await asyncio.sleep(0)

    async def _say(self, streams: Streams, *lines: str) -> None:
        streams[1].write("".join(["GET /v1/events HTTP/1.1\r\n", *lines, "\r\n"]).encode())
        await streams[1].drain()

    async def without_token(self, streams: Streams) -> None:
        await self._say(streams, self._host)

    async def with_a_wrong_token(self, streams: Streams) -> None:
        await self._say(streams, self._host, f"Authorization: Bearer kioskv-{secrets.token_urlsafe(32)}\r\n")

    async def from_a_wrong_origin(self, streams: Streams) -> None:
        await self._say(streams, self._host, "Origin: https://elsewhere.example\r\n", _UPGRADE)

    async def by_another_name(self, streams: Streams) -> None:
        await self._say(streams, "Host: lib.example.jp\r\n", self._origin)

    async def slowly(self, streams: Streams) -> None:
        for letter in "GET /v1/events HTTP/1.1\r\nA: ":
            streams[1].write(letter.encode())
            await streams[1].drain()
            await asyncio.sleep(0.2)

    async def without_reading(self, streams: Streams) -> None:
        for _ in range(200):
            await self._say(streams, self._host)
        await asyncio.sleep(PATIENCE)

    async def at_length(self, streams: Streams) -> None:
        await self._say(streams, self._host, f"Content-Length: {LARGE}\r\n")
        for _ in range(LARGE // PART):
            streams[1].write(bytes(PART))
            await streams[1].drain()
        streams[1].write(bytes(LARGE % PART))

    async def at_length_by_websocket(self, streams: Streams) -> None:
        await self._say(streams, self._host, self._origin, _UPGRADE)
        streams[1].write(b"\x81\xff" + LARGE.to_bytes(8, "big") + bytes(4))
        for _ in range(LARGE // PART):
            streams[1].write(bytes(PART))
            await streams[1].drain()

    async def silent_websocket(self, streams: Streams) -> None:
        await self._say(streams, self._host, self._origin, _UPGRADE)
        await asyncio.sleep(PATIENCE)

    async def nonsense(self, streams: Streams) -> None:
        streams[1].write(secrets.token_bytes(5000) + b"\r\n\r\n")
        await streams[1].drain()


if __name__ == "__main__":
    crowd = Crowd(int(sys.argv[1]), sys.argv[2])
    asyncio.run(crowd.live(float(sys.argv[3])))
    sys.stdout.write(json.dumps(crowd.ended))
