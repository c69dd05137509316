"""The store's audit trail, as its users see it; every way to alter one is in tests/ledger/test_audit.py."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber
from kiosk.ledger.audit import AuditHead
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository


@pytest.fixture
def trail(store: Repository) -> Repository:
    for number in range(1, 7):
        store.record(RecordAct(Act.USE, LibraryCardNumber(f"210406785{number}")))
    store.record(RecordAct(Act.REFUSAL, None, Code.CARD_EXPIRED))
    return store


def test_a_trail_as_it_was_written_holds(trail: Repository) -> None:
    assert trail.verify_audit() is None
    head = trail.audit_head()
    assert head.rows == 7
    trail.record(RecordAct(Act.USE))
    assert trail.audit_head().rows == 8
    assert trail.audit_head().digest != head.digest


def test_an_empty_trail_holds(store: Repository) -> None:
    assert store.verify_audit() is None
    assert store.audit_head() == AuditHead(0, bytes(32))


def test_tampering_is_found_where_it_was_done(trail: Repository, path: Path, keys: Keys) -> None:
    with closing(open_file(path, keys.database)) as connection:
        connection.execute("UPDATE audit SET operator = '17' WHERE place = 5")
        assert connection.total_changes
    assert trail.verify_audit() == 5
