"""What is safe in the head of a ledger without any backup."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.wire import Position
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadTable
from kiosk.registry.row_sums import RowHash


def keep_safe(database: RegistryDatabase, site_key: bytes, safe: Position) -> None:
    """As if every backup that is kept held this, restated in the running epoch."""
    with database.writing() as opened:
        head = HeadTable(RowHash(site_key))
        row = head.lock(opened)
        head.write(opened, replace(row, safe=min(row.epochs.effective(safe), row.cursor)))
