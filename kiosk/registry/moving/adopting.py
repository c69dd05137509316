"""The audit trail of a counter that ran alone, taken into the ledger's with its links.

The rows follow one that names the counter and where its trail ended, each with the content it had; their places and hashes are the
ledger's. With the places 1, 2 … they give that end again (`ledger.audit.digest_of`), so that whoever doubts can compute it. A later backup
of the same store adds what has come since, and one that does not go on from there is refused: its links may have been undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from peewee import Database

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.ledger.audit import RELEASE, AuditedAct, AuditHead, AuditTrail
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.registry.counters import server_act
from kiosk.registry.notes import ADOPTED

_AT_ONCE = 1000
"""Rows of one statement."""


class TrailBehind(Exception):
    """The backup does not continue what was taken of the same store before: it is earlier, or of a copy. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class CounterTrail:
    store: str
    """What tells the counter's store from others."""
    counter: str
    head: AuditHead
    acts: Callable[[int], Iterator[AuditedAct]]
    """The rows behind this one."""
    hash_at: Callable[[int], bytes | None]


def rows_taken(database: Database, trail: CounterTrail) -> int:
    """How many of its rows the ledger has. Raises TrailBehind; Unavailable."""
    noted = read_note(database, f"{ADOPTED}{trail.store}")
    if noted is None:
        return 0
    taken = parsed(noted, AuditHead.decoded)
    if trail.hash_at(taken.rows) != taken.digest:
        raise TrailBehind
    return taken.rows


def released_since(database: Database, trail: CounterTrail) -> list[str]:
    """Masked numbers that the counter has unlinked since its links were taken before: in the ledger they stand. Raises TrailBehind."""
    after = rows_taken(database, trail)
    acts = trail.acts(after) if after else iter(())
    return [act.number or "" for act in acts if act.act == RELEASE and act.result == "done"]


def take_trail(database: Database, trail: CounterTrail, now: datetime, checked: str, head: AuditHead) -> AuditHead:
    """Add what is new of it behind `head`, where the ledger's ends, in the caller's transaction. `checked`: what was taken in besides.
    Returns where the ledger's ends then. Raises TrailBehind; Unavailable.
    """
    after, of_ledger = rows_taken(database, trail), AuditTrail(database)
    source = f"rows:{trail.head.rows - after} head:{trail.head.digest.hex()} store:{trail.store} counter:{'_'.join(trail.counter.split())}"
    head = of_ledger.add_all([server_act(now, AdministrativeAct.ADOPTED, f"{checked} {source}")], head)
    acts = trail.acts(after)
    while some := list(islice(acts, _AT_ONCE)):
        head = of_ledger.add_all(some, head)
    write_note(database, f"{ADOPTED}{trail.store}", trail.head.encoded())
    return head
