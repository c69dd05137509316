"""The running program while a hundred programs misbehave at its interface for others: how long its windows stand still, and what taps take.

Usage: python -m tests.bench.local_api_window SECONDS FOLDER. It needs a display; `tests.bench.run` provides one. Prints one JSON object.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.domain.local_client import LocalClient, fresh_token, token_hash
from tests.bench.counter import Bench, tapping, wait_until
from tests.bench.snapshot_window import Heart
from tests.support import ROOT
from tests.support.local_api.asking import opened, told
from tests.support.local_api.counter import PAGE
from tests.support.ports import free_port

if TYPE_CHECKING:
    from kiosk.app.engine import Equipment
    from kiosk.store.repository import Repository

USUAL = 3


class BenchWithApi(Bench):
    port = 0

    def fill(self, repository: Repository) -> None:
        self.port, self.token = free_port(), fresh_token()
        repository.add_local_client(LocalClient("page", token_hash(self.token), (PAGE,)))

    @contextmanager
    def _equipment(self) -> Iterator[Equipment]:
        from kiosk.config import LocalApiSettings
        from kiosk.domain.states import When
        from kiosk.local_api.local_api_thread import LocalApiThread

        lending = replace(self.settings.lending, confirm_holder=When.NEVER)
        self.settings = replace(self.settings, lending=lending, local_api=LocalApiSettings(on=True))
        with super()._equipment() as equipment:
            yield replace(equipment, local_api=lambda post: LocalApiThread(self.port, equipment.repository, post))


class Page(threading.Thread):
    """The client that behaves: what it is told."""

    def __init__(self, bench: BenchWithApi) -> None:
        super().__init__(daemon=True)
        self._bench, self.numbers = bench, 0

    def run(self) -> None:
        with opened(self._bench.port, self._bench.token, PAGE) as page:
            while True:
                self.numbers += told(page)["event"] == "card-verified"


def measure(seconds: float, folder: Path) -> dict[str, Any]:
    """Seconds of each tap until the paint of its number, `usual` and `crowded`; for how long the windows stood still at most, `usual beat`
    and `crowded beat`; how the crowd `ended`. At last the page is told of a patron who stays.
    """
    bench = BenchWithApi(folder)
    with bench.running() as program, tapping(bench, program) as tap_once:
        wait_until(program, lambda counter: counter.facts.finding("local-api").outcome == "local-api.on")
        page = Page(bench)
        page.start()
        tap_once()
        heart = Heart()
        usual, crowded = [tap_once()[0] for _ in range(USUAL)], list[float]()
        usual_beat = heart.longest()
        command = [sys.executable, "-m", "tests.support.local_api.misbehaving", str(bench.port), PAGE, str(seconds)]
        crowd = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        while crowd.poll() is None:
            crowded.append(tap_once()[0])
        crowded_beat = heart.longest()
        before = page.numbers
        bench.readers.lay(bench.card)
        wait_until(program, lambda counter: page.numbers > before)
        ended = json.loads(crowd.communicate(timeout=10)[0].splitlines()[-1])
    return {"usual": usual, "crowded": crowded, "usual beat": usual_beat, "crowded beat": crowded_beat, "ended": ended}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(float(sys.argv[1]), Path(sys.argv[2]))))
