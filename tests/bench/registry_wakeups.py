"""How fast an unlinking reaches many counters that wait, and what a wait costs the server: `kiosk serve` as a process, over TLS.

    python -m tests.bench.registry_wakeups [COUNTERS [UNLINKINGS [PAUSE]]]

The counters live in this process, on the same cores as the server. A pause of 0 unlinks as fast as it is answered: under load.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import ssl
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kiosk.domain.counter_secret import fresh_secret, secret_hash
from kiosk.registry.models import CounterRow, CounterState
from tests.support.registry.sent_operations import Maker, batch, fresh_number
from tests.support.registry.sites import AtHome, as_process

REACHES, WAIT, LIMIT = 1.0, 25, 60.0
"""Seconds in which an unlinking has to reach all, at the 99th percentile; of a wait; of anything here."""


@dataclass(frozen=True, slots=True)
class Wakeups:
    counters: int
    unlinkings: int
    seconds: Sequence[float]
    """From the moment before an unlinking is sent until a counter has read of it; one for each counter and unlinking, sorted."""
    cpu: float
    """Seconds of the server for each of them."""
    memory: float
    """Bytes of the server for each connection that waits."""

    def percentile(self, share: float) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * share))]

    def told(self) -> str:
        shares = ", ".join(
            f"{name} {self.percentile(share) * 1000:.0f} ms" for name, share in (("median", 0.5), ("99 %", 0.99), ("all", 1))
        )
        costs = f"{self.cpu * 1000:.2f} ms of CPU a wake-up, {self.memory / 1024:.0f} KB a connection"
        return f"unlinking to {self.counters} waiting counters: {shares} (limit {REACHES * 1000:.0f}); {costs}"


@dataclass
class Listener:
    """A counter that waits for news on a connection of its own."""

    port: int
    context: ssl.SSLContext
    secret: str
    position: tuple[int, int]
    heard: dict[str, float] = field(default_factory=dict)
    """When it heard of each operation."""
    waits: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, until: int) -> None:
        """Until so many operations were heard of."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.context, server_hostname="127.0.0.1")
        while len(self.heard) < until:
            epoch, cursor = self.position
            path = f"/v1/feed?epoch={epoch}&cursor={cursor}&wait={WAIT}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.secret}\r\n\r\n".encode())
            self.waits.set()
            told = json.loads(await _body(reader))
            now = time.monotonic()
            for entry in told["entries"]:
                self.heard[entry["operation"]] = now
                self.position = epoch, entry["cursor"]
        writer.close()


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200 "), head
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return await reader.readexactly(length)


def measure(site: AtHome, counters: int, unlinkings: int, pause: float) -> Wakeups:
    secret_of = {f"窓口{number}": fresh_secret() for number in range(counters)}
    _enrol(site, secret_of)
    return asyncio.run(_measure(site, list(secret_of.values()), unlinkings, pause))


def _enrol(site: AtHome, secret_of: dict[str, str]) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with site.registry.ledger.acting():
        for name, secret in secret_of.items():
            row = {"name": name, "secret": secret_hash(secret), "state": CounterState.ACTIVE.value, "enrolled": now, "changed": now}
            CounterRow.insert({**row, "sequence": 0, "key_generation": 0}).execute(site.registry.ledger.database.database)


async def _measure(site: AtHome, counter_secrets: list[str], unlinkings: int, pause: float) -> Wakeups:
    counter = site.counter()
    maker = Maker(counter.name, counter.position())
    context = ssl.create_default_context(cadata=site.authority.decode())
    port = int(site.url.rpartition(":")[2])
    process = site.process
    before = resident(process)
    listeners = [Listener(port, context, secret, maker.known) for secret in counter_secrets]
    listening = [asyncio.create_task(listener.listen(unlinkings)) for listener in listeners]
    await asyncio.gather(*(listener.waits.wait() for listener in listeners))
    await asyncio.sleep(2.0)
    memory = resident(process) - before
    sent: dict[str, float] = {}
    used = cpu(process)
    for _ in range(unlinkings):
        unlink = maker.unlink(fresh_number())
        sent[unlink["uuid"]] = time.monotonic()
        reply = await asyncio.to_thread(counter.post, "/v1/operations", batch(unlink))
        assert "accepted" in reply.json["answers"][0]
        await asyncio.sleep(pause)
    async with asyncio.timeout(LIMIT):
        await asyncio.gather(*listening)
    used = cpu(process) - used
    seconds = sorted(heard - sent[uuid] for listener in listeners for uuid, heard in listener.heard.items())
    assert len(seconds) == len(listeners) * unlinkings
    return Wakeups(len(listeners), unlinkings, seconds, used / len(seconds), memory / len(listeners))


def resident(process: int) -> int:
    """Bytes of memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu(process: int) -> float:
    """Seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    given = dict(enumerate(map(float, sys.argv[1:])))
    counters, unlinkings, pause = int(given.get(0, 200)), int(given.get(1, 20)), given.get(2, 0.5)
    with tempfile.TemporaryDirectory() as folder, as_process("", Path(folder) / secrets.token_hex(4)) as site:
        print(measure(site, counters, unlinkings, pause).told())


if __name__ == "__main__":
    main()
