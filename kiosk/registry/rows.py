"""The rows of links, stops, feed and remembered operations: read for many at once, written for many at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from peewee import Database, PostgresqlDatabase

from kiosk.domain.decide import Change, OpenLink, Stop
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.registry_json import changes_json, read_changes
from kiosk.domain.wire import Operation
from kiosk.ledger.bulk import BYTES, TEXT, Value, among, array_text, execute, insert
from kiosk.ledger.database import ask
from kiosk.registry.backup.tables import columns_of, plain
from kiosk.registry.batch import Decided, Prefetched, Remembered
from kiosk.registry.notes import DOUBLED
from kiosk.registry.row_sums import RowHash, RowSums

_LINK = columns_of("link")
_STOP = columns_of("stop")
_FEED = columns_of("feed")
_OPERATION = columns_of("operation")
COUNTER = columns_of("counter")
SECRET, STATE, SEQUENCE = ([*COUNTER].index(name) for name in ("secret", "state", "sequence"))
Row = tuple[Any, ...]
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_SELECT_LINK = f"SELECT {', '.join(_LINK)} FROM link"  # noqa: S608 - our own names
_SELECT_STOP = "SELECT cursor, counter, sequence, token, number FROM stop"
_SELECT_FEED = "SELECT cursor, operation, counter, sequence, body FROM feed"


def ask_standing(database: Database, operations: Sequence[Operation]) -> Callable[[int], Prefetched]:
    """Ask what stands concerning these operations, and return what awaits the answers, given the floor."""
    tokens = sorted({operation.token.digest for operation in operations if operation.token is not None})
    numbers = sorted({operation.number.text for operation in operations})
    wanted, uuids = among(database, "uuid", TEXT, sorted({str(operation.origin.uuid) for operation in operations}))
    answered = execute(database, f"SELECT uuid, content, counter, sequence, cursor, code FROM operation WHERE {wanted}", uuids)  # noqa: S608
    links, stops = _ask_links(database, tokens, numbers), _ask_stops(database, tokens, numbers)
    places = sorted({(operation.origin.counter, operation.origin.sequence) for operation in operations})
    taken = execute(database, *_at_places(database, places)) if places else None
    wanted, names = among(database, "name", TEXT, sorted({DOUBLED + counter for counter, _ in places}))
    doubled = execute(database, f"SELECT name FROM meta WHERE {wanted}", names)  # noqa: S608 - our own names

    def standing(floor: int) -> Prefetched:
        remembered = [_remembered(row) for row in answered.fetchall()]
        return Prefetched(
            links=list(map(link_in, links.fetchall())),
            stops=[placed for placed in map(stop_in, stops.fetchall()) if placed.stop.cursor > floor],
            remembered={one.uuid: one for one in remembered},
            taken={(counter, sequence) for counter, sequence in (taken.fetchall() if taken else ())},
            doubled={name.removeprefix(DOUBLED) for (name,) in doubled.fetchall()},
        )

    return standing


def links_of(database: Database, tokens: Sequence[bytes], numbers: Sequence[str]) -> list[PlacedLink]:
    """The links of these tokens and of these numbers, each once."""
    return list(map(link_in, _ask_links(database, tokens, numbers).fetchall()))


def stops_of(database: Database, tokens: Sequence[bytes], numbers: Sequence[str]) -> list[PlacedStop]:
    """The stops of these tokens and of these numbers, each once."""
    return list(map(stop_in, _ask_stops(database, tokens, numbers).fetchall()))


def _at_places(database: Database, places: Sequence[tuple[str, int]]) -> tuple[str, list[Any]]:
    """The query for those counters and sequences that a remembered operation has, and its parameters."""
    if isinstance(database, PostgresqlDatabase):
        told = "unnest(%s::text[], %s::bigint[]) AS told (column1, column2)"
        values: list[Any] = [array_text(column) for column in zip(*places, strict=True)]
    else:
        told, values = f"(VALUES {', '.join(['(?, ?)'] * len(places))}) AS told", list(chain.from_iterable(places))
    # An IN would make SQLite read the whole index; CROSS JOIN makes it look up each place.
    at = "operation ON operation.counter = told.column1 AND operation.sequence = told.column2"
    joined = "JOIN" if isinstance(database, PostgresqlDatabase) else "CROSS JOIN"
    return f"SELECT operation.counter, operation.sequence FROM {told} {joined} {at}", values  # noqa: S608 - our own names


def _ask_links(database: Database, tokens: Sequence[bytes], numbers: Sequence[str]) -> Any:
    by_token, these = among(database, "token", BYTES, tokens)
    by_number, those = among(database, "number", TEXT, numbers)
    # UNION drops what is found twice. An OR would make SQLite read the table of two millions instead of two indexes.
    return execute(database, f"{_SELECT_LINK} WHERE {by_token} UNION {_SELECT_LINK} WHERE {by_number}", these + those)


def _ask_stops(database: Database, tokens: Sequence[bytes], numbers: Sequence[str]) -> Any:
    by_token, these = among(database, "token", BYTES, tokens)
    by_number, those = among(database, "number", TEXT, numbers)
    return execute(database, f"{_SELECT_STOP} WHERE {by_token} UNION {_SELECT_STOP} WHERE {by_number}", these + those)


def links_after(database: Database, token: bytes, limit: int) -> list[PlacedLink]:
    return list(map(link_in, ask(database, f"{_SELECT_LINK} WHERE token > ? ORDER BY token LIMIT ?", (token, limit)).fetchall()))


def stops_after(database: Database, cursor: int, limit: int) -> list[PlacedStop]:
    rows = ask(database, f"{_SELECT_STOP} WHERE cursor > ? ORDER BY cursor, part LIMIT ?", (cursor, limit)).fetchall()
    return list(map(stop_in, rows))


def stopping_counters(database: Database, since: int, most: int) -> list[tuple[str, int]]:
    """The counters that stopped cards in more than `most` operations after `since` (Unix seconds), and how many these were."""
    counted = (
        "SELECT stop.counter, count(DISTINCT stop.cursor) AS stopped FROM stop JOIN feed ON feed.cursor = stop.cursor WHERE feed.at > ?"
    )
    rows = ask(database, f"{counted} GROUP BY stop.counter HAVING count(DISTINCT stop.cursor) > ? ORDER BY 2 DESC, 1", (since, most))
    return [(str(counter), int(stopped)) for counter, stopped in rows.fetchall()]


def feed_after(database: Database, cursor: int, up_to: int, limit: int) -> list[FeedEntry]:
    """Entries after a cursor, up to another one."""
    rows = ask(database, f"{_SELECT_FEED} WHERE cursor > ? AND cursor <= ? ORDER BY cursor LIMIT ?", (cursor, up_to, limit)).fetchall()
    return list(map(entry_in, rows))


def write(database: Database, what: Decided, at: int, hashes: RowHash, sums: RowSums) -> RowSums:
    """Write all rows that are different; `at`: Unix seconds. Returns the sums of all rows then."""
    if what.closed:
        closed, tokens = among(database, "token", BYTES, [placed.link.token.digest for placed in what.closed])
        execute(database, f"DELETE FROM link WHERE {closed}", tokens)  # noqa: S608 - our own names
        sums = sums.and_then("link", removed=hashes.of("link", map(_link_row, what.closed)))
    # While the database writes the rows of one table, those of the next are made.
    for table, columns, rows in _new_rows(what, at):
        insert(database, table, columns, rows)
        sums = sums.and_then(table, added=hashes.of(table, rows))
    return sums


def _new_rows(what: Decided, at: int) -> Iterator[tuple[str, Mapping[str, str], Sequence[Sequence[Value]]]]:
    yield "link", _LINK, [_link_row(placed) for placed in what.opened]
    yield "stop", _STOP, _stop_rows(what.stops)
    yield "feed", _FEED, [_feed_row(entry, at) for entry in what.entries]
    yield "operation", _OPERATION, [_operation_row(one, at) for one in what.remembered]


def ask_counters(database: Database, names: Sequence[str] | None = None) -> Callable[[], list[Row]]:
    """Ask for the rows of these counters, or of all, and return what awaits them."""
    which, values = ("", []) if names is None else among(database, "name", TEXT, names)
    query = f"SELECT {', '.join(COUNTER)} FROM counter"  # noqa: S608 - our own names
    asked = execute(database, f"{query} WHERE {which}" if which else query, values)
    return lambda: [tuple(map(plain, row)) for row in asked.fetchall()]


def raise_sequences(database: Database, sequences: Mapping[str, int]) -> None:
    """Note the highest sequence of each counter."""
    if sequences:
        param = database.param
        values = ", ".join([f"(CAST({param} AS TEXT), CAST({param} AS BIGINT))"] * len(sequences))
        sql = "UPDATE counter SET sequence = told.column2 FROM (VALUES {}) AS told WHERE name = told.column1 AND sequence < told.column2"
        execute(database, sql.format(values), [value for pair in sorted(sequences.items()) for value in pair])


def link_in(row: tuple[Any, ...]) -> PlacedLink:
    """Raises Unavailable: store-damaged, for a row that this program did not write."""
    try:
        token, number, since, counter, operation, position = row
        link = OpenLink(LinkToken(token), LibraryCardNumber(number), datetime.fromisoformat(since), counter, UUID(operation))
        return PlacedLink(link, position)
    except (ValueError, TypeError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error


def stop_in(row: tuple[Any, ...]) -> PlacedStop:
    cursor, counter, sequence, token, number = row
    return PlacedStop(Stop(cursor, counter, sequence), None if token is None else LinkToken(token), LibraryCardNumber(number))


def entry_in(row: tuple[Any, ...]) -> FeedEntry:
    """Raises Unavailable: store-damaged."""
    cursor, operation, counter, sequence, body = row
    try:
        return FeedEntry(cursor, UUID(operation), counter, sequence, read_changes(json.loads(body)))
    except (ValueError, TypeError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error


def _remembered(row: tuple[Any, ...]) -> Remembered:
    uuid, content, counter, sequence, cursor, code = row
    try:
        return Remembered(UUID(uuid), bytes(content), counter, sequence, cursor, None if code is None else Code(code))
    except (ValueError, TypeError) as error:
        raise Unavailable(Code.STORE_DAMAGED) from error


def _link_row(placed: PlacedLink) -> tuple[bytes, str, str, str, str, int]:
    link = placed.link
    since = link.since.astimezone(UTC).isoformat(timespec="seconds")
    return link.token.digest, link.number.text, since, link.counter, str(link.operation), placed.cursor


def _stop_rows(stops: Sequence[PlacedStop]) -> list[tuple[int, int, bytes | None, str, str, int]]:
    rows: list[tuple[int, int, bytes | None, str, str, int]] = []
    for placed in stops:
        stop = placed.stop
        part = rows[-1][1] + 1 if rows and rows[-1][0] == stop.cursor else 0
        token = None if placed.token is None else placed.token.digest
        rows.append((stop.cursor, part, token, placed.number.text, stop.counter, stop.sequence))
    return rows


def _feed_row(entry: FeedEntry, at: int) -> tuple[int, str, str, int, int, str]:
    return entry.cursor, str(entry.operation), entry.counter, entry.sequence, at, encoded_changes(entry.changes)


def encoded_changes(changes: Sequence[Change]) -> str:
    """What the feed keeps of an entry."""
    return _COMPACT.encode(changes_json(changes))


def _operation_row(one: Remembered, at: int) -> tuple[str, bytes, str, int, int, int | None, str | None]:
    return str(one.uuid), one.content, one.counter, one.sequence, at, one.cursor, None if one.code is None else one.code.value
