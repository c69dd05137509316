"""How fast the library's server takes operations over HTTPS, beside bare statements on the same PostgreSQL.

Usage: python -m tests.bench.registry
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from kiosk.registry.database import open_database
from kiosk.registry.ledger import RegistryLedger
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.caller import Caller
from tests.support.registry.counter_process import Enrolled
from tests.support.registry.sent_operations import Maker, batch
from tests.support.registry.server_process import RegistryProcess

BATCHES, SIZE = 60, 100
ROUNDS, COUNTERS, SECONDS = 5, 20, 2.0
LINKS = 100_000
"""In the ledger before: of an empty one PostgreSQL plans otherwise."""
_HERE = Path(__file__).parent
_LIMIT = 120.0


def measure(folder: Path) -> Iterator[tuple[str, float]]:
    """What is measured, and each ratio to the baseline; both in turn, so that both meet the same weather."""
    with PostgresCluster(is_durable=True) as postgres:
        ours, theirs = postgres.create_database(), postgres.create_database()
        with RegistryProcess(folder / "server", ours) as server:
            asking = _Asking(server.url, server.enrol("east")[0])
            _begin(theirs)
            _fill(ours)
            _fill(theirs)
            yield from _batches(asking, theirs)
        yield from _singles(postgres.create_database(), theirs)


class _Asking:
    """A counter that sends batches over one connection."""

    def __init__(self, url: str, enrolled: Enrolled) -> None:
        self._secret, self._caller = enrolled.secret, Caller(url, enrolled.authority.encode())
        head = self._caller.get("/v1/feed", self._secret, epoch=0, cursor=0).json["status"]["head"]
        self._maker = Maker(enrolled.name, (head["epoch"], head["cursor"]))

    def body(self, size: int) -> bytes:
        return json.dumps(batch(*(self._maker.link() for _ in range(size)))).encode()

    def timed(self, body: bytes) -> float:
        begun = time.perf_counter()
        reply = self._caller.ask("POST", "/v1/operations", self._secret, body=body)
        taken = time.perf_counter() - begun
        assert reply.status == 200, reply.body
        assert all("accepted" in answer for answer in reply.json["answers"]), reply.body
        return taken


def _batches(asking: _Asking, theirs: str) -> Iterator[tuple[str, float]]:
    ours, bare = [], []
    command = [sys.executable, str(_HERE / "bare_batches.py"), theirs, str(SIZE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as script:
        assert script.stdin is not None
        assert script.stdout is not None
        for _ in range(BATCHES):
            script.stdin.write("one\n")
            bare.append(int(script.stdout.readline()) / 1e9)
            ours.append(asking.timed(asking.body(SIZE)))
    yield "ms of a batch", statistics.median(ours) * 1000
    yield "ms of a bare batch", statistics.median(bare) * 1000
    yield "batch ratio", statistics.median(ours) / statistics.median(bare)


def _singles(ours: str, theirs: str) -> Iterator[tuple[str, float]]:
    _begin(ours)
    _fill(ours)
    merged, bare = [], []
    for _ in range(ROUNDS):
        bare.append(_rate("bare_sequence.py", theirs))
        merged.append(_rate("merging_writer.py", ours))
    yield "operations a second", statistics.median(merged)
    yield "bare operations a second", statistics.median(bare)
    yield "single ratio", statistics.median(one / other for one, other in zip(merged, bare, strict=True))


def _rate(program: str, url: str) -> float:
    command = [sys.executable, str(_HERE / program), url, str(COUNTERS), str(SECONDS)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=_LIMIT).stdout)


def _begin(url: str) -> None:
    """The tables of a new server."""
    database = open_database(url)
    RegistryLedger.found(database, "0" * 32, datetime.now(UTC))
    database.close()


def _fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        token = "sha256(int8send(n))"
        connection.execute(
            f"INSERT INTO link SELECT {token}, 'old' || n, '2026-11-23T00:00:00+00:00', 'east', gen_random_uuid(), 0"  # noqa: S608
            f" FROM generate_series(1, {LINKS}) AS r(n)"
        )
        connection.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, value in measure(Path(folder)):
            print(f"registry: {name} {value:.2f}", flush=True)
