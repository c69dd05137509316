"""The running program while the snapshot of a large library is taken over: how long its windows stand still, taps and acts take.

Usage: python -m tests.bench.snapshot_window LINKS FOLDER. It needs a display; `tests.bench.run` provides one. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain.decide import Epochs
from kiosk.domain.model import LibraryCardNumber, UnlinkReason
from tests.bench.counter import Bench, tapping
from tests.bench.snapshot import load

if TYPE_CHECKING:
    from kiosk.store.repository import Repository

USUAL = 10
ACT_EVERY = 0.1


class EnrolledBench(Bench):
    repository: Repository

    def fill(self, repository: Repository) -> None:
        self.repository = repository
        repository.enrol("https://registry.example", "窓口1")
        repository.begin_epoch(Epochs(1))


class Loader(threading.Thread):
    """What the thread that syncs does, without a server."""

    def __init__(self, store: Repository, links: int) -> None:
        super().__init__()
        self._store, self._links = store, links
        self.failed: Exception | None = None

    def run(self) -> None:
        try:
            load(self._store, self._links, 0)
            load(self._store, 1000, self._links)
            while self._store.erase_old():
                pass
        except Exception as error:
            self.failed = error


class Staff(threading.Thread):
    """Unlinks numbers that nobody has."""

    def __init__(self, store: Repository) -> None:
        super().__init__()
        self._store, self.ended = store, threading.Event()
        self.times = list[float]()

    def run(self) -> None:
        while not self.ended.wait(ACT_EVERY):
            number = LibraryCardNumber(f"9{len(self.times):09}")
            begun = time.perf_counter()
            self._store.close_link(uuid.uuid4(), number, UnlinkReason.LOST)
            self.times.append(time.perf_counter() - begun)


class Heart:
    """Beats of a 5 ms timer of the GUI thread, each with what the threads had by then waited for a processor."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._beats: list[tuple[float, float]] = []
        self._waited: dict[int | None, float] = {}
        self._timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._beats.append((time.perf_counter(), self._waits())))
        self._timer.start()

    def longest(self) -> float:
        """The longest time between two beats since the last question, in seconds, but for what this process waited for a processor."""
        pairs, self._beats = pairwise(self._beats), []
        return max(later[0] - earlier[0] - (later[1] - earlier[1]) for earlier, later in pairs)

    def _waits(self) -> float:
        """Seconds for which threads of this process were ready to run and did not, those that have ended included."""
        for thread in threading.enumerate():
            told = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text("ascii")
            self._waited[thread.native_id] = int(told.split()[1]) / 1e9
        return sum(self._waited.values())


def measure(links: int, folder: Path) -> dict[str, object]:
    """Seconds of each tap until the paint of its number, `usual` and while it `loads`; of each of the `acts` meanwhile; for how long the
    windows stood still at most, `usual beat` and `loads beat`.
    """
    bench = EnrolledBench(folder)
    with bench.running() as program, tapping(bench, program) as tap_once:
        tap_once()
        heart = Heart()
        loader, staff = Loader(bench.repository, links), Staff(bench.repository)
        staff.start()
        usual, loads = [tap_once()[0] for _ in range(USUAL)], list[float]()
        usual_beat = heart.longest()
        loader.start()
        while loader.is_alive():
            loads.append(tap_once()[0])
        loads_beat = heart.longest()
        staff.ended.set()
        staff.join()
    if loader.failed is not None:
        raise loader.failed
    return {"usual": usual, "loads": loads, "acts": staff.times, "usual beat": usual_beat, "loads beat": loads_beat}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), Path(sys.argv[2]))), flush=True)
