"""What the server's writer does with many counters that send one operation each: threads that wait for their answers.

Usage: merging_writer.py URL THREADS SECONDS. Prints operations a second.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    # Started as a script; from here on the modules are named from the root of the checkout.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from kiosk.domain.model import Revocation
from kiosk.domain.wire import LinkOperation
from kiosk.registry.answers import Batch
from kiosk.registry.database import open_database
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.writer import Writer
from tests.support.registry.sent_operations import Maker, fresh_number, fresh_token


def main(url: str, threads: int, seconds: float) -> None:
    database = open_database(url)
    ledger = RegistryLedger(database, bytes(32), clock=lambda: datetime.now(UTC))
    head = ledger.head().position
    writer = Writer(ledger)

    def keep_sending(name: str) -> int:
        maker, done = Maker(name, (head.epoch, head.cursor)), 0
        while time.monotonic() < until:
            operation = LinkOperation(maker.origin(), fresh_token(), fresh_number(), Revocation.GOOD, False)
            writer.submit(Batch(name, (operation,))).result()
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        begun = time.monotonic()
        until = begun + seconds
        done = sum(pool.map(keep_sending, [f"counter{number}" for number in range(threads)]))
        print(done / (time.monotonic() - begun))
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
