"""A simulated library in a process of its own, of any size. Usage: python -m tests.bench.library PATRONS ITEMS [EACH]

Every patron starts with EACH further items on loan. Prints the port it listens on, then, for each line on standard input, how often
anything was lent and how much is on loan; exits at end of input.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta

from kiosk.demo.ils import KOHA, Borrower, Circulation, Copy, LibraryServer, Login, Rules, serving
from kiosk.demo.ils.model import Loan
from kiosk.demo.ils.server import now_in_japan

LOGIN = Login("kiosk", "secret")


def patron(number: int) -> str:
    return f"21{number:08}"


def item(number: int) -> str:
    return f"11{number:08}"


def on_loan(patron: int, place: int) -> str:
    """The barcode of what this patron has on loan from the beginning."""
    return f"12{patron:04}{place:04}"


def main(patrons: int, items: int, each: int = 0) -> None:
    later = now_in_japan().date() + timedelta(days=700)
    borrowers = [Borrower(patron(number), "竹内", f"芸子{number}", later) for number in range(patrons)]
    copies = [Copy(item(number), f"雪国の民家 第{number}巻") for number in range(items)]
    held = {on_loan(owner, place): patron(owner) for owner in range(patrons) for place in range(each)}
    copies += [Copy(number, f"越後の昔話 {number[2:6]} 第{number[6:]}集") for number in held]
    library = Circulation.of(borrowers, copies, Rules(loans=items + each))
    for number, owner in held.items():
        library.loans[number] = Loan(number, owner, now_in_japan().date() + timedelta(days=5))
    server = LibraryServer(library, replace(KOHA, expiry_field="PA"), login=LOGIN)
    with serving(server):
        print(server.port, flush=True)
        for _ in sys.stdin:
            seen = server.snapshot()
            print(json.dumps({"lent": sum(seen.executed.values()), "on loan": len(seen.loans)}), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
