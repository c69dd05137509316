"""Single facts about the store itself."""

from __future__ import annotations

from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import MetaRow

AUDIT_HEAD = "audit.head"
RECOVERY_SHEET = "recovery.confirmed"


def read_note(database: CipherDatabase, name: str) -> str | None:
    for (value,) in MetaRow.select(MetaRow.value).where(MetaRow.name == name).tuples().execute(database):
        return str(value)
    return None


def write_note(database: CipherDatabase, name: str, value: str) -> None:
    MetaRow.insert(name=name, value=value).on_conflict_replace().execute(database)
