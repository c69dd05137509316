"""What a backup says, record by record: what it is of, the files beside the database, the rows of each table, how many there were.

The same from every database: whole numbers (truth values as 0 and 1), texts, bytes, nothing. The schema's version says what the tables
mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.domain.decide import Epochs
from kiosk.domain.json_fields import Json, count_in, counted, digest_in, fields_of, list_in, pair_of, text_in, time_in, time_text
from kiosk.domain.key_chain import Generations, generations_json, read_generations
from kiosk.domain.wire import Position

Value = bytes | str | int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first record: what the backup is of, and where the ledger stood."""

    library: str
    schema: int
    """Version of the database's schema."""
    position: Position
    epochs: Epochs
    key_generation: int
    links: int
    digest: str
    """Of the links (`LinkHash.seal`), in hexadecimal."""
    made: datetime
    """UTC, whole seconds: the server's clock."""
    earlier: Generations = field(default=(), repr=False)
    """The site keys before the one it is sealed with, the first one first: without them no token can be computed from a card. Secret."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file beside the database that an empty machine needs. Secret."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one table, in the order of its primary key. Secret: tokens, numbers."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]] = field(repr=False)

    def of(self, *columns: str) -> Iterator[tuple[Value, ...]]:
        """These columns alone, of each row. Raises ValueError for one that is not there."""
        places = [self.columns.index(column) for column in columns]
        return (tuple(row[place] for place in places) for row in self.rows)


@dataclass(frozen=True, slots=True)
class End:
    """The last record: the rows of each table."""

    rows: Mapping[str, int]


Record = Manifest | KeptFile | Page | End


def encode(record: Record) -> bytes:
    """Raises ValueError for a column that mixes bytes with other values: it was changed behind the program."""
    fields: dict[str, object]
    match record:
        case Manifest():
            fields = {"manifest": _manifest_fields(record)}
        case KeptFile(name, content):
            fields = {"file": name, "content": content.hex()}
        case Page(table, columns, rows):
            in_bytes = [place for place in range(len(columns)) if any(isinstance(row[place], bytes) for row in rows)]
            fields = {"table": table, "columns": columns, "bytes": in_bytes, "rows": [_told(row, in_bytes) for row in rows]}
        case End(counts):  # pragma: no branch
            fields = {"end": dict(counts)}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def decode(encoded: bytes) -> Record:
    """Raises ValueError for what `encode` did not write."""
    try:
        fields = fields_of(json.loads(encoded))
        if "table" in fields:
            return _page(fields)
        if "manifest" in fields:
            return _manifest(fields_of(fields["manifest"]))
        if "file" in fields:
            return KeptFile(text_in(fields, "file"), bytes.fromhex(text_in(fields, "content")))
        counts = fields_of(fields.get("end"))
        return End({table: counted(count) for table, count in counts.items()})
    except (TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("no record") from error


def _told(row: tuple[Value, ...], in_bytes: list[int]) -> tuple[Value, ...] | list[Value]:
    if not in_bytes:
        return row
    told = list(row)
    for place in in_bytes:
        value = told[place]
        if value is not None:
            if not isinstance(value, bytes):
                raise ValueError("a column of bytes holds something else")
            told[place] = value.hex()
    return told


def _page(fields: Json) -> Page:
    columns = tuple(str(name) for name in list_in(fields, "columns"))
    in_bytes = [counted(place) for place in list_in(fields, "bytes")]
    rows = []
    for row in list_in(fields, "rows"):
        if not isinstance(row, list) or len(row) != len(columns):
            raise ValueError("a row of another length")
        for place in in_bytes:
            if row[place] is not None:
                row[place] = bytes.fromhex(row[place])
        rows.append(tuple(row))
    return Page(text_in(fields, "table"), columns, rows)


def _manifest_fields(manifest: Manifest) -> dict[str, object]:
    return {
        "library": manifest.library,
        "schema": manifest.schema,
        "cursor": manifest.position.cursor,
        "epoch": manifest.epochs.current,
        "cuts": manifest.epochs.cuts,
        "key-generation": manifest.key_generation,
        "links": manifest.links,
        "digest": manifest.digest,
        "made": time_text(manifest.made),
        **({"earlier-keys": generations_json(manifest.earlier)} if manifest.earlier else {}),
    }


def _manifest(fields: Json) -> Manifest:
    epoch = count_in(fields, "epoch")
    return Manifest(
        library=text_in(fields, "library"),
        schema=count_in(fields, "schema"),
        position=Position(epoch, count_in(fields, "cursor")),
        epochs=Epochs(epoch, tuple(pair_of(cut) for cut in list_in(fields, "cuts"))),
        key_generation=count_in(fields, "key-generation"),
        links=count_in(fields, "links"),
        digest=digest_in(fields, "digest"),
        made=time_in(fields, "made"),
        earlier=read_generations(fields["earlier-keys"]) if "earlier-keys" in fields else (),
    )
