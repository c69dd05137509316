"""Benchmark of the server's storage on PostgreSQL: batches of 100 against a script under the same lock, and single operations of 20
counters, merged, against a sequence without a lock.

Usage: python -m tests.bench.registry_storage
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import psycopg

from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.domain.wire import LinkOperation, Origin, Position
from kiosk.registry.answers import Batch
from kiosk.registry.database import open_database
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.writer import Writer
from tests.bench.registry_bare import SETTINGS, SINCE, TABLES, Row, insert
from tests.support.postgres.cluster import PostgresCluster

BATCHES, ROUNDS, OPERATIONS = 20, 7, 100
WRITERS, SECONDS = 20, 3.0
BATCH, MERGED = 2.0, 1.0
"""What must be reached: at most so many times the script, at least so many times the sequence."""
MADE = datetime(2026, 11, 23, 3, tzinfo=UTC)
_numbers = count(1)


def rows(many: int) -> list[Row]:
    drawn = [(uuid4(), sha256(number.to_bytes(8, "big")).digest(), f"{number:010}") for number in (next(_numbers) for _ in range(many))]
    return [(str(uuid), token, number, body(str(uuid), token, number)) for uuid, token, number in drawn]


def body(uuid: str, token: bytes, number: str) -> str:
    return json.dumps([{"opened": {"token": token.hex(), "number": number, "since": SINCE, "counter": "窓口1", "operation": uuid}}])


def batch(counter: str, known: Position, many: int, sequences: Iterator[int]) -> Batch:
    return Batch(
        tuple(
            LinkOperation(
                Origin(uuid4(), counter, next(sequences), known, 0, MADE),
                LinkToken(token),
                LibraryCardNumber(number),
                Revocation.GOOD,
                False,
            )
            for _, token, number, _ in rows(many)
        ),
    )


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def batches(ledger: RegistryLedger, bare: Any) -> list[float]:
    """How many times as long as the script each round of batches took, one beside the other."""
    sequences, known = count(1), ledger.head().position
    ratios = []
    for _ in range(ROUNDS):
        ours = theirs = 0.0
        for _ in range(BATCHES):
            given, plain = batch("窓口A", known, OPERATIONS, sequences), rows(OPERATIONS)
            ours += seconds(lambda given=given: ledger.apply([given]))  # type: ignore[misc]
            theirs += seconds(lambda plain=plain: insert(bare, plain, "窓口1"))  # type: ignore[misc]
        ratios.append(ours / theirs)
        print(f"  100 operations: {ours / BATCHES * 1000:.2f} ms; the script {theirs / BATCHES * 1000:.2f} ms")
    return ratios


def rate(write: Callable[[int], Callable[[], object]]) -> float:
    """Operations per second of all writers, each of which waits for its answer before the next. `write(writer)` returns one's act."""
    begin, done = Barrier(WRITERS + 1), [0] * WRITERS

    def run(writer: int) -> None:
        act = write(writer)
        begin.wait()
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            act()
            done[writer] += 1

    threads = [Thread(target=run, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    begin.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)


def merged(ledger: RegistryLedger) -> float:
    writer, known = Writer(ledger), ledger.head().position

    def one(number: int) -> Callable[[], object]:
        sequences = count(1)
        return lambda: writer.submit(batch(f"窓口{number}", known, 1, sequences)).result()

    try:
        return rate(one)
    finally:
        writer.close()


def sequenced(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)
    connections = [psycopg.connect(url, autocommit=True) for _ in range(WRITERS)]
    for connection in connections:
        connection.execute(SETTINGS)

    def one(number: int) -> Callable[[], object]:
        return lambda: insert(connections[number], rows(1), "窓口1", sequence=True)

    try:
        return rate(one)
    finally:
        for connection in connections:
            connection.close()


def measure() -> dict[str, float]:
    with PostgresCluster(is_durable=True) as postgres, psycopg.connect(postgres.create_database(), autocommit=True) as bare:
        bare.execute(TABLES)
        bare.execute(SETTINGS)
        database = open_database(postgres.create_database())
        RegistryLedger.found(database, bytes(32), "bench", MADE)
        ledger = RegistryLedger(database, bytes(32), clock=lambda: datetime.now(UTC))
        times = statistics.median(batches(ledger, bare))
        ours, theirs = merged(ledger), sequenced(postgres.create_database())
        print(f"  single operations of {WRITERS} counters: {ours:.0f} a second; a sequence without a lock {theirs:.0f}")
        database.close()
    return {"batch": times, "merged": ours / theirs}


if __name__ == "__main__":
    found = measure()
    print(f"100 operations: {found['batch']:.2f} times the script (at most {BATCH})")
    print(f"single operations, merged: {found['merged']:.2f} times the rate of a sequence (at least {MERGED})")
