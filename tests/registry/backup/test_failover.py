"""The database lacks what was told, in another timeline than before: when an epoch begins by itself, and what of the one before holds.

That PostgreSQL's timeline counts up with a real promotion, and what counters do then: tests/trial/test_failover.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import Revocation
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.wire import LinkOperation, Position
from kiosk.ledger.database import ask
from kiosk.ledger.notes import write_note
from kiosk.registry.answers import Batch
from kiosk.registry.backup.keeper import BackupKeeper
from kiosk.registry.counters import Counters
from kiosk.registry.models import CounterState
from kiosk.registry.notes import TIMELINE
from tests.registry.backup.test_keeper import keeper_of
from tests.registry.backup.test_new_epoch import put_back
from tests.registry.conftest import NewMachine
from tests.support.backup.server_machine import SITE_KEY, ServerMachine, number, token

pytestmark = pytest.mark.linux("PostgreSQL")


class Server:
    """One process, with what it remembers of what it told."""

    def __init__(self, machine: ServerMachine) -> None:
        self.machine, self.ledger = machine, machine.ledger
        self.keeper = BackupKeeper(keeper_of(machine).plan, self.ledger, SITE_KEY, lambda: machine.now)
        self.keeper.check()

    @property
    def head(self) -> Position:
        return self.ledger.head().position

    def link(self, card: int, origin: Any = None) -> LinkOperation:
        """Returns the operation, which was accepted."""
        origin = origin or self.machine.origin(known=self.head)
        operation = LinkOperation(origin, token(card), number(card), Revocation.GOOD, by_guardian=False)
        self.send(operation)
        return operation

    def send(self, operation: LinkOperation) -> Position:
        (applied,), _ = self.ledger.apply([Batch((operation,))])
        answer = applied.answers[operation.origin.uuid]
        assert isinstance(answer, AcceptedAt), answer
        return answer.position

    def cut(self, epoch: int) -> int:
        return dict(self.ledger.head().epochs.cuts)[epoch]


@pytest.fixture
def machine(new_machine: NewMachine) -> ServerMachine:
    made = new_machine("postgresql").found()
    made.enrol("中央1")
    made.enrol("分館1")
    made.link(1, 2, 3)
    return made


def fail_over(machine: ServerMachine, rows: dict[str, Any]) -> None:
    """To a standby that has no more than this, and was promoted."""
    put_back(machine, rows)
    with machine.database.writing() as database:
        write_note(database, TIMELINE, "0 0 0")


def test_nothing_takes_the_place_of_what_was_told_before_an_epoch_begins(machine: ServerMachine) -> None:
    server = Server(machine)
    rows, held = machine.rows(), server.head
    lost = server.link(20)
    fail_over(machine, rows)
    with pytest.raises(Unavailable) as raised:
        server.link(30)
    assert (raised.value.code, server.head) == (Code.DATABASE_UNREACHABLE, held)
    server.keeper.check()
    assert server.head.epoch > held.epoch
    assert server.cut(held.epoch) == held.cursor, "all that is there holds"
    assert server.send(replace(lost, origin=replace(lost.origin, known=server.head))) == Position(server.head.epoch, held.cursor + 1)
    assert machine.is_whole()
    server.keeper.check()
    server.keeper.leave()


def test_another_server_that_had_gone_on_is_no_reason_to_lose_it(machine: ServerMachine) -> None:
    """It knew nothing of what was lost, and has put something in its place."""
    server, rows, held = Server(machine), machine.rows(), machine.ledger.head().position
    server.link(20)
    fail_over(machine, rows)
    other = Server(machine)
    assert other.head == held, "for it nothing is missing"
    other.link(30)
    other.link(31)
    server.keeper.check()
    assert (server.cut(held.epoch), server.head.cursor) == (held.cursor, held.cursor + 2)
    other.keeper.check()
    for one in (server, other):
        one.keeper.leave()


def test_who_was_shut_out_stays_shut_out(machine: ServerMachine) -> None:
    server, rows = Server(machine), machine.rows()
    Counters(server.ledger, lambda: machine.now).revoke("分館1")
    server.keeper.check()
    fail_over(machine, rows)
    assert machine.state_of("分館1") == CounterState.ACTIVE
    server.keeper.check()
    assert machine.state_of("分館1") == CounterState.REVOKED
    assert machine.is_whole()
    server.keeper.leave()


def test_a_counter_is_believed_once_in_a_failover(machine: ServerMachine) -> None:
    """What only it knows of was lost with the server that told it. A stolen secret begins no epoch after epoch."""
    server, held = Server(machine), machine.ledger.head().position
    fail_over(machine, machine.rows())
    server.keeper.check()
    assert server.head == held
    for _ in range(2):
        server.keeper.hear_ahead("中央1", replace(server.head, cursor=server.head.cursor + 5))
        server.keeper.check()
    assert len(server.ledger.head().epochs.cuts) == 1
    assert server.keeper.is_behind(), "and the second time left to people"
    server.keeper.leave()


@pytest.mark.parametrize("why", ["the timeline is the same", "counters may have forgotten it", "the head is not ours"])
def test_else_it_is_left_to_people(machine: ServerMachine, why: str) -> None:
    server, rows = Server(machine), machine.rows()
    server.link(20)
    if why == "counters may have forgotten it":
        server.keeper.back_up()
    server.keeper.check()
    if why == "the timeline is the same":
        put_back(machine, rows)
    else:
        fail_over(machine, rows)
    if why == "the head is not ours":
        with machine.database.writing() as database:
            ask(database, "UPDATE head SET safe = safe + 1")
    with pytest.raises(Refused) as raised:
        server.keeper.check()
    assert raised.value.code is Code.REGISTRY_PUT_BACK
    server.keeper.leave()
