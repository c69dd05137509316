"""Benchmark of a look-up among 2,000,000 links, with 1,000 operations on their way, against its baseline.

Usage: python -m tests.bench.lookup [LINKS]
"""

from __future__ import annotations

import gc
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository

BARE = Path(__file__).with_name("bare_lookup.py")
ROUNDS, LOOKUPS, PENDING = 5, 2000, 1000


def token(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def build(path: Path, keys: Keys, links: int) -> None:
    """Fast and not durable: in the order of the table's key, in one transaction."""
    open_store(path, keys).close()
    rows = sorted((token(number), number) for number in range(links))
    with closing(open_file(path, keys.database, settings=False)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        since = "2026-11-23T03:00:00+00:00"
        values = ((digest, f"{number:010}", since, "窓口1", f"{number:032x}", number + 1) for digest, number in rows)
        connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", values)
        connection.execute("INSERT INTO link_number SELECT number, token FROM link ORDER BY number")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open_store(path, keys) as store:
        store.enrol("https://registry.example", "窓口1")
        # Each closes a link that the feed brought, and every other one opens another.
        for number in range(PENDING // 2):
            store.close_link(uuid4(), LibraryCardNumber(f"{number:010}"), UnlinkReason.LOST)
            fresh, digits = LinkToken(token(links + number)), LibraryCardNumber(f"{links + number:010}")
            store.save_link(uuid4(), fresh, digits, revocation=Revocation.GOOD)


def open_store(path: Path, keys: Keys) -> Repository:
    return Repository(path, keys, "窓口1", lambda: datetime.now(UTC))


def ours(path: Path, keys: Keys, tokens: list[bytes]) -> list[int]:
    times, found = [], 0
    with open_store(path, keys) as store:
        assert store.pending_count() == PENDING
        # As in the program, where only the GUI thread collects garbage, between patrons.
        gc.disable()
        for digest in tokens:
            begun = time.perf_counter_ns()
            link = store.find(LinkToken(digest))
            times.append(time.perf_counter_ns() - begun)
            found += link is not None
        gc.enable()
        closed = {token(number) for number in range(PENDING // 2)}
        assert found == sum(digest not in closed for digest in tokens)
    return times


def bare(path: Path, keys: Keys, tokens: Path) -> list[int]:
    command = [sys.executable, str(BARE), str(path), str(tokens)]
    ran = subprocess.run(command, input=keys.database.hex(), capture_output=True, text=True, check=True, timeout=120)
    return [int(line) for line in ran.stdout.split()]


def measure(folder: Path, links: int) -> Iterator[tuple[str, float]]:
    """Medians and 99th percentiles in microseconds, of both kinds in turn so that both meet the same weather; and the ratio of the
    latter, in the median of the rounds.
    """
    keys, path, listed = Keys.fresh(), folder / "data" / "kiosk.db", folder / "tokens"
    build(path, keys, links)
    times: dict[str, list[int]] = {"bare": [], "ours": []}
    ratios = []
    for turn in range(ROUNDS):
        tokens = [token((turn * LOOKUPS + number) * 7919 % links) for number in range(LOOKUPS)]
        listed.write_text("\n".join(digest.hex() for digest in tokens))
        theirs, own = sorted(bare(path, keys, listed)), sorted(ours(path, keys, tokens))
        ratios.append(own[LOOKUPS * 99 // 100] / theirs[LOOKUPS * 99 // 100])
        times["bare"] += theirs
        times["ours"] += own
    for who, taken in times.items():
        taken.sort()
        yield f"{who} p50 µs", taken[len(taken) // 2] / 1000
        yield f"{who} p99 µs", taken[len(taken) * 99 // 100] / 1000
    yield "ratio p99", statistics.median(ratios)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, value in measure(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000):
            print(f"look-up: {name} {value:.2f}")
