"""Operations still to be sent to the registry. Entries are written in the transaction of the act."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import ModelDelete, fn

from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import OutboxRow


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One entry. `uuid` identifies the operation and makes resending idempotent. `body` is secret: it contains token and number."""

    uuid: UUID
    kind: str
    """open or close."""
    body: dict[str, Any] = field(repr=False)
    created: datetime
    tries: int


class Outbox:
    """The outbox. Entries are written even without a registry, so that one connected later learns every open link.

    Without a registry nothing may be kept of a closed link: its entry is withdrawn, and the outbox contains exactly the open links. With a
    registry every act is sent, since an entry may already be in transit.
    """

    def __init__(self, database: CipherDatabase, has_registry: bool) -> None:
        self._database = database
        self._has_registry = has_registry

    def add(self, operation: UUID, kind: str, body: dict[str, Any], created: str) -> None:
        text = json.dumps(body, sort_keys=True)
        OutboxRow.insert(uuid=str(operation), kind=kind, body=text, created=created, tries=0).execute(self._database)

    def withdraw(self, opened_by: str) -> bool:
        """Delete the entry that opened a link, unless a registry may know of the link or of one it replaced. Returns whether it was
        deleted.
        """
        if self._has_registry:
            return False
        entry = OutboxRow.uuid == opened_by
        unheard = (OutboxRow.tries == 0) & (fn.json_extract(OutboxRow.body, "$.replaces").is_null())
        return bool(ModelDelete(OutboxRow).where(entry & unheard).execute(self._database))

    def holds(self, operation: str) -> bool:
        """Whether the registry has not confirmed this operation yet; False without a registry."""
        return self._has_registry and bool(OutboxRow.select().where(OutboxRow.uuid == operation).count(self._database))

    def count(self) -> int:
        """Number of operations the registry has not confirmed; 0 without a registry."""
        return int(OutboxRow.select().count(self._database)) if self._has_registry else 0

    def entries(self) -> list[OutboxEntry]:
        """All entries, in the order in which they have to be sent."""
        rows = OutboxRow.select().order_by(OutboxRow.place).execute(self._database)
        return [OutboxEntry(UUID(row.uuid), row.kind, json.loads(row.body), datetime.fromisoformat(row.created), row.tries) for row in rows]
