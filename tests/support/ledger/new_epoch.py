"""A new epoch where the database stands, as a restore begins one."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.decide import Epochs
from kiosk.domain.new_epoch import epochs_after, number_after
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadTable
from kiosk.registry.row_sums import RowHash


def begin_epoch(database: RegistryDatabase, site_key: bytes, now: datetime, outlived: Epochs | None = None) -> Epochs:
    """`outlived`: what the machine knew of epochs before."""
    head = HeadTable(RowHash(site_key))
    with database.writing() as opened:
        row = head.lock(opened)
        number = number_after(max(row.epoch, 0 if outlived is None else outlived.current), int(now.timestamp()))
        return head.begin(opened, row, epochs_after(row.epochs, row.cursor, outlived, number)).epochs
