"""A list taken into the ledger: all of it in one transaction, in a new epoch; what contradicts the ledger, and what breaks off, changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import pytest

from kiosk.domain.calendar import day_in_japan
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.model import Revocation
from kiosk.domain.moving_list import Cause
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.registry_wire import Deferred
from kiosk.domain.wire import LinkOperation, Position
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.registry import presence
from kiosk.registry.answers import Contact
from kiosk.registry.database import open_database
from kiosk.registry.ledger import RETENTION
from kiosk.registry.moving.gathered import Gathered
from kiosk.registry.moving.moving_in import Clashing, LedgerAltered, MadeTooEarly, MovedIn, compare, move_in
from kiosk.registry.remembered_file import RememberedFile
from tests.registry.conftest import NewMachine, with_ledger
from tests.support.backup.server_machine import ServerMachine, number, token


@pytest.fixture
def on_sqlite(new_machine: NewMachine) -> ServerMachine:
    """The same ledger, where it does not matter in which database it is."""
    return with_ledger(new_machine())


def gathered(*cards: int) -> Gathered:
    """Cards with their own numbers, in lines 1, 2 …"""
    rows = Gathered()
    for line, card in enumerate(cards, 1):
        rows.add(line, token(card).digest, number(card).text)
    return rows


def take_in(machine: ServerMachine, rows: Gathered, made: date | None = None) -> MovedIn:
    machine.later(seconds=1)
    return move_in(machine.database, machine.site_key, rows, RememberedFile(machine.keys).load(), machine.now, made)


def standing(machine: ServerMachine) -> set[str]:
    return {row[1] for row in machine.rows()["link"]}


def numbers(cards: Iterable[int]) -> set[str]:
    return {number(card).text for card in cards}


def test_all_links_stand_in_a_new_epoch_and_the_order_goes_on(machine: ServerMachine) -> None:
    """Links 1, 2, 4 … 7 were there."""
    before = machine.ledger.head()
    assert take_in(machine, gathered(2, *range(100, 150))) == MovedIn(50, 1, int(machine.now.timestamp()))
    head = machine.ledger.head()
    assert standing(machine) == numbers([1, 2, 4, 5, 6, 7, *range(100, 150)])
    assert head.position == Position(int(machine.now.timestamp()), before.position.cursor + 1)
    assert head.epochs.cuts == ((before.position.epoch, before.position.cursor),)
    assert machine.is_whole()
    machine.remember()
    machine.unlink(120)
    assert standing(machine) == numbers([1, 2, 4, 5, 6, 7, *(card for card in range(100, 150) if card != 120)])
    assert machine.is_whole()


def test_it_is_written_down_without_what_was_in_it(on_sqlite: ServerMachine) -> None:
    moved = take_in(on_sqlite, gathered(100, 101))
    with on_sqlite.database.reading() as database:
        last = AuditTrail(database).page(len(on_sqlite.rows()["audit"]) - 1)[-1]
    assert (last.act, last.counter, last.number, last.checked) == ("moved-in", "registry", None, f"epoch:{moved.epoch} cursor:9 taken:2")


def test_every_link_has_an_operation_of_its_own(on_sqlite: ServerMachine) -> None:
    """A replacement names the links that staff were shown by the operations that opened them."""
    take_in(on_sqlite, gathered(*range(100, 120)))
    opened = [row[4] for row in on_sqlite.rows()["link"]]
    assert len(set(opened)) == len(opened)


def test_what_stands_already_begins_no_epoch(on_sqlite: ServerMachine) -> None:
    before = on_sqlite.rows()
    assert take_in(on_sqlite, gathered(1, 2, 4)) == MovedIn(0, 3)
    assert on_sqlite.rows() == before


@pytest.mark.parametrize("does", ["compare", "move in"])
def test_of_what_was_forgotten_no_list_of_before_is_taken(on_sqlite: ServerMachine, does: str) -> None:
    """Number 3 was unlinked as lost 40 days ago, which is forgotten: it would be linked again without a word."""
    unlinked = on_sqlite.now
    on_sqlite.later(days=40)
    on_sqlite.ledger.compact()
    since = on_sqlite.now - RETENTION

    def act(made: date | None) -> MovedIn:
        if does == "compare":
            return compare(on_sqlite.database, gathered(3, 100), made)
        return take_in(on_sqlite, gathered(3, 100), made)

    before = on_sqlite.rows()
    for made in (None, day_in_japan(unlinked), day_in_japan(since)):
        with pytest.raises(MadeTooEarly) as refused:
            act(made)
        assert refused.value.first == day_in_japan(since) + timedelta(days=1)
    assert on_sqlite.rows() == before
    assert act(day_in_japan(since) + timedelta(days=1)).taken == 2


@pytest.mark.parametrize("does", ["compare", "move in"])
def test_what_contradicts_the_ledger_is_told_by_its_line(machine: ServerMachine, does: str) -> None:
    """Number 3 was unlinked as lost: a list of before must not revive it, nor give its card another number."""
    rows = gathered(1, 100)
    rows.add(3, token(2).digest, number(101).text)
    rows.add(4, token(102).digest, number(4).text)
    rows.add(5, token(3).digest, number(103).text)
    rows.add(6, token(104).digest, number(3).text)
    before = machine.rows()
    act = partial(compare, machine.database) if does == "compare" else partial(take_in, machine)
    with pytest.raises(Clashing) as refused:
        act(rows)
    assert [(fault.line, fault.cause) for fault in refused.value.faults.all()] == [
        (3, Cause.CARD_LINKED),
        (4, Cause.NUMBER_LINKED),
        (5, Cause.STOPPED),
        (6, Cause.STOPPED),
    ]
    assert machine.rows() == before


def test_a_dry_run_says_what_would_be_taken(on_sqlite: ServerMachine) -> None:
    before = on_sqlite.rows()
    assert compare(on_sqlite.database, gathered(1, 100, 101)) == MovedIn(2, 1)
    assert on_sqlite.rows() == before


def test_what_a_counter_did_offline_before_is_decided_afterwards(on_sqlite: ServerMachine) -> None:
    known = on_sqlite.ledger.head().position
    take_in(on_sqlite, gathered(100, 101))
    fits = LinkOperation(on_sqlite.origin("中央1", known), token(200), number(200), Revocation.GOOD, by_guardian=False)
    clashes = LinkOperation(on_sqlite.origin("中央1", known), token(201), number(100), Revocation.GOOD, by_guardian=False)
    assert on_sqlite.send(fits, clashes) == [Deferred(), Deferred()], "until the counters have sent what they stopped"
    for counter in ("中央1", "分館1"):
        on_sqlite.ledger.heard_all({counter: Contact(on_sqlite.ledger.head().position, pending=0, version="0.1.0", differs=False)})
    assert on_sqlite.send(fits, clashes) == [AcceptedAt(on_sqlite.ledger.head().position), RefusedFor(Code.NUMBER_LINKED_ELSEWHERE)]


def test_what_breaks_off_in_the_middle_has_not_happened(machine: ServerMachine) -> None:
    """As when PostgreSQL's primary fails, or SQLite's disk does."""
    rows = gathered(*range(100, 130))
    fails_at(machine, number(115).text)
    before = machine.rows()
    with pytest.raises((KioskError, RuntimeError)):
        take_in(machine, rows)
    machine.close()
    assert machine.rows() == before
    with machine.database.writing() as database:
        ask(database, "DROP TRIGGER failing ON link" if machine.database.is_postgresql else "DROP TRIGGER failing")
    assert take_in(machine, rows).taken == 30
    assert machine.is_whole()


def fails_at(machine: ServerMachine, wanted: str) -> None:
    """From the row with this number on."""
    with machine.database.writing() as database:
        if machine.database.is_postgresql:
            ends = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END"
            ask(database, f"CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$ {ends} $$")
            when, does = f"FOR EACH ROW WHEN (NEW.number = '{wanted}')", "EXECUTE FUNCTION failing()"
        else:
            when, does = f"WHEN NEW.number = '{wanted}'", "BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        ask(database, f"CREATE TRIGGER failing BEFORE INSERT ON link {when} {does}")


def test_no_other_machines_server_may_run(new_machine: NewMachine) -> None:
    """On this one its lock says so."""
    machine = new_machine("postgresql").found()
    other = open_database(machine.url)
    other.read(presence.announce)
    with pytest.raises(KioskError) as refused:
        take_in(machine, gathered(100))
    assert refused.value.code is Code.REGISTRY_SERVING
    other.read(presence.withdraw)
    other.close()
    assert take_in(machine, gathered(100)).taken == 1


def test_over_a_ledger_that_was_altered_nothing_is_taken(on_sqlite: ServerMachine) -> None:
    """A new epoch takes what stands for what holds."""
    with on_sqlite.database.writing() as database:
        ask(database, "UPDATE head SET safe = 7")
    before = on_sqlite.rows()
    with pytest.raises(LedgerAltered):
        take_in(on_sqlite, gathered(100))
    assert on_sqlite.rows() == before


def test_a_backup_holds_it_and_one_of_before_says_that_it_is_lacking(machine: ServerMachine) -> None:
    earlier = machine.back_up()
    take_in(machine, gathered(*range(100, 110)))
    machine.remember()
    later = machine.back_up()
    restored = machine.restore(later.path)
    assert (restored.lacking, restored.lost_lists) == (0, ())
    assert numbers(range(100, 110)) <= standing(machine)
    restored = machine.restore(earlier.path)
    assert (restored.lacking, [lost.links for lost in restored.lost_lists]) == (0, [10]), "no counter sends it again"
    assert numbers(range(100, 110)).isdisjoint(standing(machine))
    assert machine.is_whole()


def test_one_list_after_another(on_sqlite: ServerMachine) -> None:
    epochs = []
    for first in (100, 200, 300):
        epochs.append(take_in(on_sqlite, gathered(*range(first, first + 5))).epoch)
        on_sqlite.remember()
    assert all(earlier < later for earlier, later in pairwise(filter(None, epochs)))
    on_sqlite.later(days=40)
    on_sqlite.ledger.compact()
    assert len(standing(on_sqlite)) == 6 + 15
    assert on_sqlite.is_whole()
