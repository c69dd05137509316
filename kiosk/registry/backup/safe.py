"""Which operations counters may forget: those that every backup holds that is kept, by whichever server.

Each server that keeps backups notes in the database what all of its own hold; the lowest of these notes is safe. A server that was given
up stops renewing its note, and counts no more after a while.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peewee import Database

from kiosk.domain.decide import Epochs
from kiosk.domain.wire import Position
from kiosk.ledger.database import ask
from kiosk.ledger.notes import drop_note, read_note, write_note
from kiosk.registry.backup.folder import Kept, safe_of

_PREFIX = "backups.safe."
_RENEWED_AFTER = timedelta(hours=1)
_GIVEN_UP_AFTER = timedelta(days=7)


def server_name(home: Path) -> str:
    """What distinguishes the servers over one database."""
    return hashlib.sha256(f"{socket.gethostname()}\x00{home.absolute()}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


def safe_with(database: Database, server: str, backups: Sequence[Kept] | None, epochs: Epochs, now: datetime) -> int:
    """Note what this server's backups hold, and return the cursor that is safe; within a transaction.

    `backups`: None if they cannot be seen now. What was noted of them holds on, since they may be put back once they can.
    """
    name = _PREFIX + server
    kept = read_note(database, name)
    mine = _note_of(kept, backups, epochs, now)
    if mine is None:
        if kept is not None:
            drop_note(database, name)
    elif kept is None or _is_other(kept, mine, now):
        write_note(database, name, mine)
    notes = ask(database, "SELECT value FROM meta WHERE substr(name, 1, ?) = ?", (len(_PREFIX), _PREFIX)).fetchall()
    told = [_decoded(str(value)) for (value,) in notes]
    return min((epochs.effective(position) for position, at in told if abs(now - at) < _GIVEN_UP_AFTER), default=0)


def _note_of(kept: str | None, backups: Sequence[Kept] | None, epochs: Epochs, now: datetime) -> str | None:
    if backups is None:
        return None if kept is None else _encoded(_decoded(kept)[0], now)
    return _encoded(safe_of(backups, epochs), now) if backups else None


def _is_other(kept: str, mine: str, now: datetime) -> bool:
    (before, at), (position, _) = _decoded(kept), _decoded(mine)
    return before != position or abs(now - at) > _RENEWED_AFTER


def _encoded(position: Position, now: datetime) -> str:
    return f"{position.epoch} {position.cursor} {now.astimezone(UTC).isoformat(timespec='seconds')}"


def _decoded(note: str) -> tuple[Position, datetime]:
    """What nobody of ours wrote counts as a backup of nothing, renewed just now: nothing is forgotten because of it."""
    try:
        epoch, cursor, at = note.split()
        return Position(int(epoch), int(cursor)), datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return Position(-1, 0), datetime.now(UTC)
