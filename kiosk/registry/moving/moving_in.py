"""Takes the links of a list, or of a counter that ran alone, into the ledger: all of them or none, in one transaction, with which a new
epoch begins.

The list is one entry of the order, which says nothing of its links: counters take a snapshot, as in every new epoch. An entry for each of a
million links would be sent to nobody. Nothing of the order is lost, so the epoch before holds up to its end; what counters have stopped
without the server's knowledge they send first, and it counts.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from peewee import Database

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.calendar import day_in_japan
from kiosk.domain.errors import KioskError
from kiosk.domain.feed import FeedEntry
from kiosk.domain.moving_list import Cause
from kiosk.domain.new_epoch import epochs_after, number_after
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.bulk import insert
from kiosk.ledger.database import ask
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.registry.backup.tables import allow_pauses, columns_of
from kiosk.registry.batch import Decided
from kiosk.registry.counters import server_act, told
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadRow, HeadTable
from kiosk.registry.models import SERVER
from kiosk.registry.moving.adopting import CounterTrail, rows_taken, take_trail
from kiosk.registry.moving.faults import Faults
from kiosk.registry.moving.gathered import Gathered
from kiosk.registry.notes import MOVED_IN, STOPS_SINCE
from kiosk.registry.presence import refuse_if_served
from kiosk.registry.remembered import Remembered, latest_epoch
from kiosk.registry.row_sums import RowHash
from kiosk.registry.rows import links_of, stops_of, write

_AT_ONCE = 4000
"""Rows of one statement."""
_CACHE_KB = 64 * 1024
"""The index of a million numbers."""


class Clashing(Exception):
    """Lines of the list contradict the ledger, which has not changed."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults


class MadeTooEarly(Exception):
    """The list may hold what was unlinked in the ledger so long ago that this is forgotten. Nothing has changed."""

    def __init__(self, first: date) -> None:
        super().__init__()
        self.first = first
        """The first day of which lists can be taken."""


class LedgerAltered(Exception):
    """The ledger was changed behind the program: with a new epoch that would be taken for what holds."""


@dataclass(frozen=True, slots=True)
class MovedIn:
    taken: int
    present: int
    """Links of the list that stood before."""
    epoch: int | None = None
    """The one that has begun; None if nothing was taken."""


def first_day(database: Database) -> date | None:
    """Lists made before may hold what is forgotten to have been unlinked. None: nothing is."""
    noted = read_note(database, STOPS_SINCE)
    return None if noted is None else day_in_japan(datetime.fromtimestamp(parsed(noted, int), UTC)) + timedelta(days=1)


def compare(database: RegistryDatabase, rows: Gathered, made: date | None = None, trail: CounterTrail | None = None) -> MovedIn:
    """What `move_in` would do, which changes nothing. Raises Clashing, MadeTooEarly, TrailBehind; Unavailable."""
    with database.reading() as snapshot:
        allow_pauses(snapshot)
        _check_day(snapshot, made)
        if trail is not None:
            rows_taken(snapshot, trail)
        new = _new(snapshot, rows, rows.in_order_of_tokens())
    return MovedIn(len(new), len(rows) - len(new))


def move_in(
    database: RegistryDatabase,
    site_key: bytes,
    rows: Gathered,
    kept: Remembered | None,
    now: datetime,
    made: date | None = None,
    trail: CounterTrail | None = None,
) -> MovedIn:
    """No server may run on the database. `kept`: what this machine remembers of the ledger, which continues it. `made`: the day of the
    list, in Japan; None if that is not known. `trail`: of the counter whose links these are.

    Raises Clashing, MadeTooEarly, TrailBehind, LedgerAltered; Refused: registry-serving; Unavailable. Then the ledger has not changed.
    """
    order = rows.in_order_of_tokens()
    widen_cache(database)
    with database.writing() as transaction:
        allow_pauses(transaction)
        refuse_if_served(transaction)
        hashes = RowHash(site_key)
        heads = HeadTable(hashes)
        row = heads.lock(transaction)
        if not row.is_sealed:
            raise LedgerAltered
        _check_day(transaction, made)
        has_acts = trail is not None and rows_taken(transaction, trail) < trail.head.rows
        new = _new(transaction, rows, order)
        if not new:
            if trail is not None and has_acts:
                heads.write(transaction, replace(row, trail=take_trail(transaction, trail, now, "taken:0", row.trail)))
            return MovedIn(0, len(rows))
        number = number_after(max(row.epoch, latest_epoch(kept)), int(now.timestamp()))
        epochs = epochs_after(row.epochs, row.cursor, None if kept is None else kept.epochs, number)
        begun = _Writing(transaction, site_key, hashes, heads.begin(transaction, row, epochs), now).write(rows, new)
        write_note(transaction, f"{MOVED_IN}{number}", f"{begun.cursor} {len(new)}")
        checked = f"epoch:{number} cursor:{begun.cursor} taken:{len(new)}"
        if trail is None:
            end = AuditTrail(transaction).add_all([server_act(now, AdministrativeAct.MOVED_IN, checked)], row.trail)
        else:
            end = take_trail(transaction, trail, now, checked, row.trail)
        heads.write(transaction, replace(begun, trail=end))
    with suppress(KioskError):  # what was taken in stands
        database.tidy()
    return MovedIn(len(new), len(rows) - len(new), number)


def widen_cache(database: RegistryDatabase) -> None:
    """Before all links are written. With SQLite's 2 MB each row of the index of numbers, which come in no order, would be a page written to
    its log.
    """
    if not database.is_postgresql:
        database.read(lambda opened: ask(opened, f"PRAGMA cache_size = -{_CACHE_KB}"))


def _check_day(database: Database, made: date | None) -> None:
    first = first_day(database)
    if first is not None and (made is None or made < first):
        raise MadeTooEarly(first)


def _new(database: Database, rows: Gathered, order: array[int]) -> array[int]:
    """The places of the rows that are not in the ledger. Raises Clashing."""
    if not _holds_anything(database):
        return order
    new, faults = array("I"), Faults()
    for some in _chunks(order):
        tokens, numbers = [rows.token(place) for place in some], [rows.number(place) for place in some]
        links, stops = links_of(database, tokens, numbers), stops_of(database, tokens, numbers)
        number_of = {placed.link.token.digest: placed.link.number.text for placed in links}
        linked = set(number_of.values())
        stopped = {key for placed in stops for key in (placed.token and placed.token.digest, placed.number.text)}
        for place, token, number in zip(some, tokens, numbers, strict=True):
            if number_of.get(token) == number:
                continue
            if token in number_of:
                faults.add(rows.line(place), Cause.CARD_LINKED)
            elif number in linked:
                faults.add(rows.line(place), Cause.NUMBER_LINKED)
            elif token in stopped or number in stopped:
                faults.add(rows.line(place), Cause.STOPPED)
            else:
                new.append(place)
    if faults:
        raise Clashing(faults)
    return new


def _holds_anything(database: Database) -> bool:
    return any(ask(database, f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in ("link", "stop"))  # noqa: S608 - our own names


def _chunks(places: array[int]) -> Iterator[array[int]]:
    return (places[first : first + _AT_ONCE] for first in range(0, len(places), _AT_ONCE))


@dataclass(frozen=True, slots=True)
class _Writing:
    database: Database
    site_key: bytes
    hashes: RowHash
    row: HeadRow
    """In the new epoch, with nothing in it yet."""
    now: datetime

    def write(self, rows: Gathered, new: array[int]) -> HeadRow:
        """Returns what the head says then."""
        cursor, since = self.row.cursor + 1, told(self.now)
        entry = FeedEntry(cursor, uuid4(), SERVER, cursor, ())
        sums = write(self.database, Decided(entries=[entry]), int(self.now.astimezone(UTC).timestamp()), self.hashes, self.row.sums)
        links, of, columns, operation_of = self.row.links, LinkHash(self.site_key).of, columns_of("link"), _operations()
        for some in _chunks(new):
            written = [
                (rows.token(place), rows.number(place), *(rows.opened(place) or (since, SERVER)), operation_of(place), cursor)
                for place in some
            ]
            insert(self.database, "link", columns, written)
            sums = sums.and_then("link", added=self.hashes.of("link", written))
            links += LinkSum(len(written), sum(of(token, number, cursor) for token, number, *_ in written))
        return replace(self.row, cursor=cursor, links=links, sums=sums)


def _operations() -> Callable[[int], str]:
    """A UUID for each place, as if an operation had opened its link: random ones (version 4) that differ in their last 32 bits only."""
    first = uuid4().int & ~0xFFFFFFFF
    return lambda place: str(UUID(int=first | place))
