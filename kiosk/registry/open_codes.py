"""The codes that may still enrol a counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import Database

from kiosk.registry.codes_for_many import names_by_proof
from kiosk.registry.models import EnrolmentCodeRow

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that nobody has used yet."""

    name: str
    """Of the counter it was made for; what their names begin with, if for many."""
    until: datetime
    uses: int = 1
    """How many counters it still serves."""
    is_for_many: bool = False


def open_codes(database: Database, now: datetime) -> list[OpenCode]:
    """In the order of their counters' names."""
    many = names_by_proof(database)
    codes: dict[object, OpenCode] = {}
    for row in EnrolmentCodeRow.select().order_by(EnrolmentCodeRow.name).execute(database):
        until, proof = datetime.fromisoformat(row.until), bytes(row.code)
        if row.secret is not None or row.tries >= MOST_TRIES or until <= now:
            continue
        if proof in many:
            uses = codes[proof].uses if proof in codes else 0
            codes[proof] = OpenCode(many[proof], until, uses + 1, is_for_many=True)
        else:
            codes[row.name] = OpenCode(row.name, until)
    return list(codes.values())
