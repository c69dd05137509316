"""A pretend library in a process of its own, as large as asked for. Usage: python -m tests.bench.library PATRONS ITEMS

Says on which port it listens, then, for each line on standard input, how often anything was lent and how much is on loan; ends with it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta

from kiosk.demo.ils import KOHA, Borrower, Circulation, Copy, LibraryServer, Login, Rules, serving
from kiosk.demo.ils.server import now_in_japan

LOGIN = Login("kiosk", "secret")


def patron(number: int) -> str:
    return f"21{number:08}"


def item(number: int) -> str:
    return f"11{number:08}"


def main(patrons: int, items: int) -> None:
    later = now_in_japan().date() + timedelta(days=700)
    borrowers = [Borrower(patron(number), "竹内", f"芸子{number}", later) for number in range(patrons)]
    copies = [Copy(item(number), f"雪国の民家 第{number}巻") for number in range(items)]
    server = LibraryServer(Circulation.of(borrowers, copies, Rules(loans=items)), replace(KOHA, expiry_field="PA"), login=LOGIN)
    with serving(server):
        print(server.port, flush=True)
        for _ in sys.stdin:
            seen = server.snapshot()
            print(json.dumps({"lent": sum(seen.executed.values()), "on loan": len(seen.loans)}), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
