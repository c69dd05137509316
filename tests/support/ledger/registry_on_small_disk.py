"""Run by test_database.py as root of its own namespace: the server's SQLite on a disk that fills up, or is made read-only."""

from __future__ import annotations

import subprocess
import sys
from itertools import count
from pathlib import Path

from kiosk.domain.errors import Code
from kiosk.registry.database import open_database
from tests.support.error_code import code_of
from tests.support.ledger.registry_ledgers import TrialLedger
from tests.support.store.on_small_disk import fill, mount
from tests.support.wait import LIMIT


def main() -> None:
    what, disk = sys.argv[1], Path(sys.argv[2])
    mount(disk, "size=2m")
    trial = TrialLedger(open_database(f"sqlite:///{disk / 'registry.db'}"))
    counter = trial.counter("窓口1")
    trial.tell(counter.link(1, 1001))
    if what == "full":
        with (disk / "ballast").open("wb") as file:
            fill(file.fileno())
        code = code_of(lambda: [trial.tell(*(counter.link(1000 * n + m, 1000 * n + m) for m in range(100))) for n in count(1)])
        before = trial.ledger.head()
        (disk / "ballast").unlink()
    else:
        trial.database.close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=LIMIT)
        code = code_of(lambda: open_database(f"sqlite:///{disk / 'registry.db'}"))
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True, timeout=LIMIT)
        before = trial.ledger.head()
    assert trial.ledger.head() == before
    trial.tell(counter.link(2, 1002))
    whole = trial.links().items() >= {(1, 1001), (2, 1002)} and trial.ledger.verify().findings == ()
    sys.stdout.write(f"{Code(code).value} {'holds' if whole else 'lost'}\n")


if __name__ == "__main__":
    main()
