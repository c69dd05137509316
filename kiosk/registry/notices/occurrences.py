"""Failures from their beginning to their end, and what each channel has told of them: notes of the database.

So nothing is told twice after a restart, nor by two servers over one database. Pure but for `load` and `save`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial

from peewee import Database

from kiosk.domain.json_fields import count_in, fields_of
from kiosk.ledger.notes import drop_note, notes_after, parsed, write_note
from kiosk.registry.notes import OCCURRENCE
from kiosk.registry.notices.conditions import Failure, Judged, Kind

_WAITED_FOR = 7 * 86_400
"""Seconds after its end in which an occurrence waits for channels that this server does not have."""


class Told(Enum):
    BEGUN = "begun"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Occurrence:
    failure: Failure
    since: int
    """When it was first seen, in Unix seconds."""
    over: int | None = None
    """When it was first not seen any more."""
    told: Mapping[str, Told] = field(default_factory=dict)
    """By channel."""

    def is_news(self, channel: str) -> bool:
        return self.told.get(channel) is not (Told.BEGUN if self.over is None else Told.OVER)

    def is_awaited(self, channels: Collection[str], now: int) -> bool:
        """Whether it goes on, or its end is still to be told: by one of these channels, or by one that another server has."""
        if self.over is None or any(map(self.is_news, channels)):
            return True
        # One that was taken out of registry.toml never tells it.
        return any(map(self.is_news, self.told)) and now - self.over < _WAITED_FOR

    def after_telling(self, channel: str, told: Told) -> Occurrence:
        return replace(self, told={**self.told, channel: told})


def advanced(known: Collection[Occurrence], judged: Judged, channels: Collection[str], now: int) -> list[Occurrence]:
    """The occurrences after a look: new ones begin, and what is over and told everywhere is forgotten. `channels`: this server's."""
    by_failure = {one.failure: one for one in known}
    begun = [Occurrence(failure, now) for failure in sorted(judged.present - by_failure.keys())]
    result = []
    for one in [*known, *begun]:
        if one.failure in judged.present:
            # It has come back before anybody was told that it was over: it goes on. Whoever was told hears of it as of a new one.
            back = {channel: told for channel, told in one.told.items() if told is not Told.OVER}
            one = replace(one, over=None, told=back) if one.over is not None else one
        elif one.over is None and judged.is_over(one.failure):
            one = replace(one, over=now)
        if one.is_awaited(channels, now):
            result.append(one)
    return result


def load(database: Database) -> list[Occurrence]:
    return [parsed(note, partial(_decoded, name)) for name, note in sorted(notes_after(database, OCCURRENCE).items())]


def save(database: Database, before: Collection[Occurrence], now: Collection[Occurrence]) -> None:
    """Within a transaction."""
    kept = {one.failure: one for one in before}
    for one in now:
        if kept.pop(one.failure, None) != one:
            write_note(database, OCCURRENCE + _name(one.failure), _encoded(one))
    for failure in kept:
        drop_note(database, OCCURRENCE + _name(failure))


def _name(failure: Failure) -> str:
    return f"{failure.kind} {failure.subject}"


def _encoded(one: Occurrence) -> str:
    told = {channel: said.value for channel, said in one.told.items()}
    return json.dumps({"since": one.since, "over": one.over, "told": told}, separators=(",", ":"))


def _decoded(name: str, note: str) -> Occurrence:
    """Raises ValueError."""
    kind, _, subject = name.partition(" ")
    fields = fields_of(json.loads(note))
    told = {channel: Told(said) for channel, said in fields_of(fields.get("told")).items()}
    over = None if fields.get("over") is None else count_in(fields, "over")
    return Occurrence(Failure(Kind(kind), subject), count_in(fields, "since"), over, told)
