"""What it costs a counter to take over the snapshot of a large library, beside a bare insert of the same rows.

Usage: python -m tests.bench.snapshot [LINKS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import PlacedLink
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.bench.snapshot_rows import rows

ROOT = Path(__file__).resolve().parents[2]
KEYS = Keys(bytes(32), bytes(range(32)))
LIMIT = 1200
RATIO, MEGABYTES, LOCK = 3.0, 250, 0.1
"""What must be reached: times a bare insert; of the whole process; seconds."""
T = TypeVar("T")


def measure(folder: Path, links: int) -> dict[str, float]:
    """Seconds of both, their ratio, megabytes of the process that took the snapshot over, and the longest lock in seconds: without
    what holder and watcher waited for a processor, and by the clock.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    snapshot_bare = [sys.executable, str(ROOT / "tests/bench/snapshot_bare.py"), str(folder / "bare.db"), str(links)]
    bare = float(subprocess.run(snapshot_bare, env=environment, capture_output=True, text=True, check=True, timeout=LIMIT).stdout)
    taking = [sys.executable, "-m", "tests.bench.snapshot", "take", str(folder / "ours"), str(links)]
    ran = subprocess.run(taking, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    figures: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return {"bare": bare, **figures, "ratio": figures["seconds"] / bare}


def take(folder: Path, links: int) -> dict[str, float]:
    """A first snapshot, and then a small one, so that all links of the first are erased. Whoever watches wants to write all the time."""
    with Repository(folder / "kiosk.db", KEYS, "窓口1", lambda: datetime.now(UTC)) as store:
        store.enrol("https://registry.example", "窓口1")
        store.begin_epoch(Epochs(1))
        with Watch(folder / "kiosk.db") as watch:
            seconds = load(store, links, 0)
            erased = load(store, 1000, links) + sum(_erased(store))
        found = sum(1 for _ in store.list_links())
    assert found == 1000, found
    megabytes = _most_megabytes()
    return {"seconds": seconds, "erased": erased, "megabytes": megabytes, "longest lock": watch.longest, "by the clock": watch.by_the_clock}


def _most_megabytes() -> float:
    """The most that this process has taken. Not `ru_maxrss`, which begins with what its parent had taken when it was started."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1024


def _erased(store: Repository) -> Iterator[float]:
    more = True
    while more:
        seconds, more = timed(store.erase_old)
        yield seconds


def load(store: Repository, links: int, first: int) -> float:
    """Seconds in the store, until the links are served."""
    hashed, summed = LinkHash(KEYS.site), LinkSum()
    cursor = first + links
    taken = 0.0
    for page in rows(links, first):
        for link, place in page:
            summed = summed.plus(hashed.of(link.token.digest, link.number.text, first + place))
        if store.staged() is None:
            store.stage_begin(_status(cursor, summed, hashed))
        placed = [PlacedLink(link, first + place) for link, place in page]
        begun = time.perf_counter()
        store.stage_page(placed, done=summed.count == links)
        taken += time.perf_counter() - begun
    while (sorted_one := timed(store.stage_sort))[1]:
        taken += sorted_one[0]
    seconds, is_whole = timed(lambda: store.stage_swap(_status(cursor, summed, hashed)))
    assert is_whole
    return taken + seconds


def _status(cursor: int, summed: LinkSum, hashed: LinkHash) -> LedgerStatus:
    now = datetime.now(UTC).replace(microsecond=0)
    digest = hashed.seal(summed).hex()
    return LedgerStatus(Position(1, cursor), summed.count, digest, Position(1, 0), Epochs(1), 0, 0, now, 0, retiring=False)


def timed(do: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    done = do()
    return time.perf_counter() - begun, done


class Watch:
    """`lock_watch.py` beside us."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("lock_watch.py")), str(path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.by_the_clock = self.longest = 0.0

    def __enter__(self) -> Watch:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(KEYS.database.hex() + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self.by_the_clock, self.longest = map(float, self._process.communicate(timeout=30)[0].split())


def told(figures: dict[str, float], links: int) -> Iterator[str]:
    of = f"a snapshot of {links:,} links"
    yield f"{of} / bare insert: {figures['ratio']:.2f} ({figures['seconds']:.1f} s / {figures['bare']:.1f} s; limit {RATIO})"
    yield f"{of}: the process takes {figures['megabytes']:.0f} MB (limit {MEGABYTES})"
    locks = f"{figures['longest lock'] * 1000:.0f} ms (limit {LOCK * 1000:.0f}), by the clock {figures['by the clock'] * 1000:.0f} ms"
    yield f"{of}: longest lock without waits for a processor {locks}"
    yield f"{of}: erased in {figures['erased']:.1f} s"


if __name__ == "__main__":
    if sys.argv[1:2] == ["take"]:
        print(json.dumps(take(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        with tempfile.TemporaryDirectory() as made:
            count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
            for line in told(measure(Path(made), count), count):
                print(line)
