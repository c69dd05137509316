"""Codes that enrol many counters: one row for each name that is still to be given away, all with one proof.

Their secret has 130 bits, so tries are not counted: whoever guesses would try for longer than the sun burns, and a hundred computers that
start together are no attack. A row is taken under the head's lock, each by one counter; a repeat finds the row of its own secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from peewee import Database

from kiosk.domain.enrolment_file import numbered
from kiosk.ledger.notes import drop_note, notes_after, parsed, write_note
from kiosk.registry.counter_names import read_counter_name
from kiosk.registry.models import CounterRow, EnrolmentCodeRow
from kiosk.registry.notes import CODE_FOR_MANY, CODE_MINUTES


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A code for many that was voided."""

    name: str
    uses: int
    """How many it had left."""


def free_names(database: Database, name: str, count: int, now: str) -> list[str]:
    """The next names that no counter has and no other code gives away. Raises Refused: counter-name."""
    mine = proof_of(database, name)
    taken = {row.name for row in CounterRow.select(CounterRow.name).execute(database)}
    serving = EnrolmentCodeRow.select().where(EnrolmentCodeRow.until > now).execute(database)
    taken |= {row.name for row in serving if mine is None or bytes(row.code) != mine}
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        if (one := read_counter_name(numbered(name, number))) not in taken:
            found.append(one)
    return found


def write_codes(database: Database, name: str, names: Sequence[str], proof: bytes, until: str, life: timedelta) -> None:
    """Within a transaction. The code for many of before is void; names that were given away for it stay known to its counters' repeats."""
    withdraw(database, name)
    for one in names:
        _delete(database, one)
        EnrolmentCodeRow.insert({"name": one, "code": proof, "until": until, "tries": 0}).execute(database)
    write_note(database, CODE_FOR_MANY + name, f"{proof.hex()} {life // timedelta(minutes=1)}")


def _delete(database: Database, name: str) -> None:
    EnrolmentCodeRow.delete().where(EnrolmentCodeRow.name == name).execute(database)
    drop_note(database, CODE_MINUTES + name)


def forget(database: Database, before: str) -> None:
    """Forget, within a transaction, all codes that ended before."""
    for row in list(EnrolmentCodeRow.select().where(EnrolmentCodeRow.until < before).execute(database)):
        _delete(database, row.name)
    for proof, name in names_by_proof(database).items():
        if not has_rows(database, proof):
            drop_note(database, CODE_FOR_MANY + name)


def forget_all(database: Database) -> None:
    """Forget every code, of one counter and for many, within a transaction."""
    for row in list(EnrolmentCodeRow.select().execute(database)):
        _delete(database, row.name)
    for name in names_by_proof(database).values():
        drop_note(database, CODE_FOR_MANY + name)


def withdraw(database: Database, name: str) -> int:
    """Void the code for many of this name, within a transaction. Returns how many uses it had left."""
    proof = proof_of(database, name)
    if proof is None:
        return 0
    drop_note(database, CODE_FOR_MANY + name)
    unused = (EnrolmentCodeRow.code == proof) & EnrolmentCodeRow.secret.is_null()
    return int(EnrolmentCodeRow.delete().where(unused).execute(database))


def void_codes_of(database: Database, counter: str) -> Withdrawn | None:
    """Void the code that was made for this counter, and the one for many by which it came or may come; within a transaction."""
    row = EnrolmentCodeRow.select().where(EnrolmentCodeRow.name == counter).get_or_none(database)
    if row is None:
        return None
    _delete(database, counter)
    name = names_by_proof(database).get(bytes(row.code))
    count = 0 if name is None else withdraw(database, name)
    return None if name is None or not count else Withdrawn(name, count)


def given_away_by(database: Database, counter: str, now: str) -> str | None:
    """The code for many by which a counter may still get this name; None if there is none."""
    unused = (EnrolmentCodeRow.name == counter) & EnrolmentCodeRow.secret.is_null() & (EnrolmentCodeRow.until > now)
    row = EnrolmentCodeRow.select().where(unused).get_or_none(database)
    return None if row is None else names_by_proof(database).get(bytes(row.code))


def has_rows(database: Database, proof: bytes) -> bool:
    """Whether there is, or was, such a code."""
    return bool(EnrolmentCodeRow.select().where(EnrolmentCodeRow.code == proof).exists(database))


def proof_of(database: Database, name: str) -> bytes | None:
    found = names_by_proof(database)
    return next((proof for proof, known in found.items() if known == name), None)


def names_by_proof(database: Database) -> dict[bytes, str]:
    """What the names of the counters begin with, of each code for many."""
    return {bytes.fromhex(noted.partition(" ")[0]): name for name, noted in notes_after(database, CODE_FOR_MANY).items()}


def life_of(database: Database, proof: bytes) -> timedelta | None:
    """How long the code for many was to serve; None if this is none, or was withdrawn. Raises Unavailable: store-damaged."""
    noted = [noted for noted in notes_after(database, CODE_FOR_MANY).values() if noted.startswith(f"{proof.hex()} ")]
    return timedelta(minutes=parsed(noted[0].partition(" ")[2], int)) if noted else None


def row_for(database: Database, proof: bytes, secret: bytes) -> EnrolmentCodeRow | None:
    """Within a transaction: the row that this counter has used, else the next that is free, else any; None if there is no such code."""
    rows = list(EnrolmentCodeRow.select().where(EnrolmentCodeRow.code == proof).execute(database))
    # desk-2 before desk-10.
    rows.sort(key=lambda row: (len(row.name), row.name))
    mine = [row for row in rows if row.secret is not None and bytes(row.secret) == secret]
    free = [row for row in rows if row.secret is None]
    return next(iter(mine or free or rows), None)
