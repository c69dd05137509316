"""What the library's server is still to be told. Entries are written in the transaction of the act they tell of."""

from __future__ import annotations

import json
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import ModelDelete, fn

from kiosk.domain.dataclass import dataclass
from kiosk.store.cipher import CipherDatabase
from kiosk.store.models import OutboxRow


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """`uuid` names the operation: the server may be told it any number of times. `body` is secret: it holds token and number."""

    uuid: UUID
    kind: str
    """open or close."""
    body: dict[str, Any] = field(repr=False)
    created: datetime
    tries: int


class Outbox:
    """Entries are written even where no server is connected, so that one connected later learns of every open link.

    Without a server nothing may be kept of a link that is closed again. So its entry is withdrawn, and the outbox then holds the open
    links and nothing else. With a server every act is told, since an entry may be on its way already.
    """

    def __init__(self, database: CipherDatabase, has_registry: bool) -> None:
        self._database = database
        self._has_registry = has_registry

    def add(self, operation: UUID, kind: str, body: dict[str, Any], created: str) -> None:
        text = json.dumps(body, sort_keys=True)
        OutboxRow.insert(uuid=str(operation), kind=kind, body=text, created=created, tries=0).execute(self._database)

    def withdraw(self, opened_by: str) -> bool:
        """Drop the entry of the operation that opened a link, if no server can have heard of the link or of one it replaced."""
        if self._has_registry:
            return False
        entry = OutboxRow.uuid == opened_by
        unheard = (OutboxRow.tries == 0) & (fn.json_extract(OutboxRow.body, "$.replaces").is_null())
        return bool(ModelDelete(OutboxRow).where(entry & unheard).execute(self._database))

    def holds(self, operation: str) -> bool:
        """Whether a connected server has still to confirm this operation."""
        return self._has_registry and bool(OutboxRow.select().where(OutboxRow.uuid == operation).count(self._database))

    def count(self) -> int:
        """How much a connected server has still to confirm; nothing waits where there is none."""
        return int(OutboxRow.select().count(self._database)) if self._has_registry else 0

    def entries(self) -> list[OutboxEntry]:
        """All of them, the oldest first: the order in which they have to be told."""
        rows = OutboxRow.select().order_by(OutboxRow.place).execute(self._database)
        return [OutboxEntry(UUID(row.uuid), row.kind, json.loads(row.body), datetime.fromisoformat(row.created), row.tries) for row in rows]
