"""What another counter of the library has done at the server."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from kiosk.domain.model import LibraryCardNumber, Revocation, UnlinkReason
from kiosk.domain.wire import LinkOperation, Origin, UnlinkOperation
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.sync.scripted_registry import ScriptedRegistry


def made_elsewhere(server: ScriptedRegistry, sequence: int) -> Origin:
    return Origin(uuid4(), "窓口2", sequence, server.ledger.position, 0, datetime.now(UTC).replace(microsecond=0))


def linked_elsewhere(server: ScriptedRegistry, count: int, begun: int = 1) -> None:
    for sequence in range(begun, begun + count):
        server.ledger.take(
            LinkOperation(made_elsewhere(server, sequence), fresh_token(), fresh_number(), Revocation.GOOD, by_guardian=False)
        )


def stopped_elsewhere(server: ScriptedRegistry, number: LibraryCardNumber) -> None:
    server.ledger.take(UnlinkOperation(made_elsewhere(server, server.ledger.position.cursor + 1), number, UnlinkReason.LOST, None))
