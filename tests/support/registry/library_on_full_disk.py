"""Run by test_server.py as root of its own namespace: a library whose server has a small disk, which is filled and emptied again.

Usage: python -m tests.support.registry.library_on_full_disk FOLDER ACTS. Prints what was seen as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.registry.caller import Caller
from tests.support.registry.library import Library
from tests.support.registry.sent_operations import Maker, batch
from tests.support.wait import LIMIT


def main(folder: Path, acts: int) -> None:
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=True, timeout=LIMIT)
    with Library(folder, home=disk / "server") as library:
        library.work(acts)
        library.settle()
        (other,) = library.server.enrol("other")
        fill(disk / "filler")
        library.work(acts)
        refused = ask(library, other.secret, other.authority)
        waiting = sum(counter.do("position")["pending"] for counter in library.counters)
        (disk / "filler").unlink()
        library.settle()
        library.check()
    print(json.dumps({"waiting": waiting, "refused": refused}))  # noqa: T201 - read by the test


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            return


def ask(library: Library, secret: str, authority: str) -> int:
    """What the server says to a batch for which there is no room."""
    caller, maker = Caller(library.server.url, authority.encode()), Maker("other")
    reply = caller.post("/v1/operations", secret, batch(*(maker.link() for _ in range(100))))
    caller.close()
    return reply.status


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
