"""How soon a card that is unlinked at one counter is refused by a tap at every other: real stores, real sync, over TLS.

    python -m tests.bench.registry_stops [COUNTERS [CARDS]]

`registry_wakeups` measures the server's part with 200 counters; here each counter also has to apply what it heard.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.registry.library import Library

LIMIT = 1.0
"""Seconds, at the 99th percentile."""


def measure(folder: Path, counters: int = 20, cards: int = 20) -> list[float]:
    """Seconds from the press to the tap that finds nothing, of each card at each other counter; sorted."""
    found = []
    with Library(folder, counters=counters, processes=2) as library:
        first, *others = library.counters
        for card in range(cards):
            token, number = card.to_bytes(32, "big"), f"21{card:08}"
            first.link(token, number)
            for known in [counter.ask("await_link", token=token.hex(), seconds=30) for counter in others]:
                known.result(35)
            stopped = [counter.ask("await_stop", token=token.hex(), seconds=30) for counter in others]
            began = time.monotonic()
            first.unlink(number)
            found += [at.result(35) - began for at in stopped]
    return sorted(found)


def told(found: Sequence[float], counters: int) -> str:
    median, most = found[len(found) // 2], found[len(found) * 99 // 100]
    shares = f"median {median * 1000:.0f} ms, 99 % {most * 1000:.0f} ms"
    return f"a card stops at {counters - 1} other counters: {shares} (limit {LIMIT * 1000:.0f})"


if __name__ == "__main__":
    counters, cards = (*map(int, sys.argv[1:]), *(20, 20)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        print(told(measure(Path(folder), counters, cards), counters))
