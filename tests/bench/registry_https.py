"""Benchmark of the library's server as a counter meets it: batches of 100 over HTTPS, against a script of set-based statements that
writes the same rows under the same lock of the same PostgreSQL. Both in turn, so that both meet the same weather.

Usage: python -m tests.bench.registry_https
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg

from tests.bench.registry_bare import SETTINGS, TABLES, insert
from tests.bench.registry_storage import rows
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.caller import Caller
from tests.support.registry.counter_process import Enrolled
from tests.support.registry.sent_operations import Maker, batch
from tests.support.registry.server_process import RegistryProcess

BATCHES, SIZE = 120, 100
LIMIT = 2.0
"""What must be reached: at most so many times the script."""


class _Asking:
    """A counter that sends batches over one connection."""

    def __init__(self, url: str, enrolled: Enrolled) -> None:
        self._secret, self.caller = enrolled.secret, Caller(url, enrolled.authority.encode())
        head = self.caller.get("/v1/feed", self._secret, epoch=0, cursor=0).json["status"]["head"]
        self._maker = Maker(enrolled.name, (head["epoch"], head["cursor"]))

    def seconds(self) -> float:
        body = json.dumps(batch(*(self._maker.link() for _ in range(SIZE)))).encode()
        begun = time.perf_counter()
        reply = self.caller.ask("POST", "/v1/operations", self._secret, body=body)
        taken = time.perf_counter() - begun
        assert reply.status == 200, reply.body
        assert all("accepted" in answer for answer in reply.json["answers"]), reply.body
        return taken


def measure(folder: Path) -> Iterator[tuple[str, float]]:
    with PostgresCluster(is_durable=True) as postgres, psycopg.connect(postgres.create_database(), autocommit=True) as bare:
        bare.execute(TABLES)
        bare.execute(SETTINGS)
        with RegistryProcess(folder / "server", postgres.create_database()) as server:
            asking = _Asking(server.url, server.enrol("east")[0])
            ours, theirs = [], []
            with closing(asking.caller):
                for _ in range(BATCHES):
                    given, begun = rows(SIZE), time.perf_counter()
                    insert(bare, given, "east")
                    theirs.append(time.perf_counter() - begun)
                    ours.append(asking.seconds())
    yield "ms of a batch", statistics.median(ours) * 1000
    yield "ms of the script", statistics.median(theirs) * 1000
    yield "ratio", statistics.median(ours) / statistics.median(theirs)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, value in measure(Path(folder)):
            print(f"{SIZE} operations over HTTPS: {name} {value:.2f}", flush=True)
